"""Writes test/fixtures/training/*.json: Keras's losses, metrics, schedules, optimisers and whole trainings.

Random numbers are numpy's with fixed seeds; nine significant digits, so that float32 comes back exactly.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# oneDNN picks its kernels by CPU; Eigen's are the same everywhere.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import json
import math
import pathlib
import sys
import tempfile
import zlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "training"


def number(value: float):
    """JSON has no NaN or infinity."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    short = float(f"{value:.9g}")
    return int(short) if short.is_integer() and abs(short) < 1e9 else short


def tensor(array, dtype: str = "f32") -> dict:
    array = np.asarray(array)
    return {"dtype": dtype, "shape": list(array.shape), "data": [number(value) for value in array.reshape(-1)]}


def labels_tensor(array: np.ndarray) -> dict:
    return tensor(array, "i32" if array.dtype.kind == "i" else "f32")


def camel(options: dict) -> dict:
    """Keras's option names as svertka has them."""
    special = {"clipnorm": "clipNorm", "clipvalue": "clipValue", "global_clipnorm": "globalClipNorm"}

    def one(name: str) -> str:
        first, *rest = name.split("_")
        return special.get(name, first + "".join(part.capitalize() for part in rest))

    return {one(name): value for name, value in options.items()}


def generator(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def save(name: str, document: dict) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    cases = ",\n".join(json.dumps(case, separators=(",", ":")) for case in document["cases"])
    head = json.dumps({key: value for key, value in document.items() if key != "cases"})
    path = OUT / f"{name}.json"
    path.write_text(f'{head[:-1]}, "cases": [\n{cases}\n]}}\n')
    print(f"{path.name}: {len(document['cases'])} cases, {path.stat().st_size} bytes")


SOURCE = f"Keras {keras.__version__} on TensorFlow {tf.__version__}"

# --- losses ---

# What labels a loss takes, what outputs, and the options to try.
LOSSES = {
    "sparse_categorical_crossentropy": ("classes", "categorical", [{}]),
    "categorical_crossentropy": ("distribution", "categorical", [{}, {"label_smoothing": 0.1}, {"label_smoothing": 0.4}]),
    "binary_crossentropy": ("binary", "binary", [{}, {"label_smoothing": 0.2}]),
    "binary_focal_crossentropy": (
        "binary",
        "binary",
        [
            {},
            {"gamma": 3.5},
            {"apply_class_balancing": True},
            {"gamma": 0.0},
            {"apply_class_balancing": True, "alpha": 0.7, "gamma": 1.0, "label_smoothing": 0.1},
        ],
    ),
    "categorical_focal_crossentropy": (
        "one_hot",
        "categorical",
        [{}, {"gamma": 1.0}, {"alpha": 0.6, "gamma": 2.5}, {"label_smoothing": 0.1}, {"gamma": 0.0}],
    ),
    "mean_squared_error": ("values", "none", [{}]),
    "mean_absolute_error": ("values", "none", [{}]),
    "mean_absolute_percentage_error": ("values", "none", [{}]),
    "mean_squared_logarithmic_error": ("positive", "none", [{}]),
    "huber": ("values", "none", [{}, {"delta": 0.3}, {"delta": 2.0}]),
    "log_cosh": ("values", "none", [{}]),
    "hinge": ("signs", "none", [{}]),
    "squared_hinge": ("signs", "none", [{}]),
    "categorical_hinge": ("one_hot", "none", [{}]),
    "kl_divergence": ("distribution", "distribution", [{}]),
    "cosine_similarity": ("values", "none", [{}]),
    "poisson": ("positive", "positive", [{}]),
}

SHAPES = [(4, 3), (1, 5), (3, 2), (2, 2, 3), (2, 1, 2, 2), (3, 4), (2, 4), (3, 3), (4, 2), (2, 3, 2)]

LOSS_CLASSES = {
    "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
    "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    "binary_crossentropy": keras.losses.BinaryCrossentropy,
    "binary_focal_crossentropy": keras.losses.BinaryFocalCrossentropy,
    "categorical_focal_crossentropy": keras.losses.CategoricalFocalCrossentropy,
    "mean_squared_error": keras.losses.MeanSquaredError,
    "mean_absolute_error": keras.losses.MeanAbsoluteError,
    "mean_absolute_percentage_error": keras.losses.MeanAbsolutePercentageError,
    "mean_squared_logarithmic_error": keras.losses.MeanSquaredLogarithmicError,
    "huber": keras.losses.Huber,
    "log_cosh": keras.losses.LogCosh,
    "hinge": keras.losses.Hinge,
    "squared_hinge": keras.losses.SquaredHinge,
    "categorical_hinge": keras.losses.CategoricalHinge,
    "kl_divergence": keras.losses.KLDivergence,
    "cosine_similarity": keras.losses.CosineSimilarity,
    "poisson": keras.losses.Poisson,
}


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def labels_for(kind: str, shape: tuple, rng: np.random.Generator, index: int) -> np.ndarray:
    classes = rng.integers(0, shape[-1], shape[:-1]).astype(np.int32)
    match kind:
        case "classes":
            return classes
        case "one_hot":
            return np.eye(shape[-1], dtype=np.float32)[classes]
        case "distribution":
            return softmax(rng.normal(size=shape)).astype(np.float32)
        case "binary":
            return rng.integers(0, 2, shape).astype(np.float32)
        case "signs":
            # Every other case with 0 and 1, which Keras turns into signs.
            bits = rng.integers(0, 2, shape).astype(np.float32)
            return bits if index % 2 == 0 else 2 * bits - 1
        case "positive":
            return rng.uniform(0.1, 3, shape).astype(np.float32)
        case _:
            return rng.normal(size=shape).astype(np.float32)


def output_for(kind: str, shape: tuple, rng: np.random.Generator) -> np.ndarray:
    match kind:
        case "categorical" | "distribution":
            return softmax(rng.normal(size=shape)).astype(np.float32)
        case "binary":
            return rng.uniform(0.02, 0.98, shape).astype(np.float32)
        case "positive":
            return rng.uniform(0.1, 3, shape).astype(np.float32)
        case _:
            return rng.normal(size=shape).astype(np.float32)


def loss_case(name: str, index: int) -> dict:
    rng = generator(f"{name}/{index}")
    label_kind, family, choices = LOSSES[name]
    shape = SHAPES[index % len(SHAPES)]
    if name in ("mean_absolute_percentage_error",):
        shape = shape[:2]
    # Each option with each ending: probabilities as they are, behind an activation, or logits.
    turns = 3 if family in ("categorical", "binary") else 1
    options = dict(choices[index // turns % len(choices)])
    labels = labels_for(label_kind, shape, rng, index)
    if name == "mean_absolute_percentage_error":
        labels = np.sign(labels) * (np.abs(labels) + 0.2)
    ending = "values"
    if family in ("categorical", "binary"):
        ending = ["logits", "probabilities", "softmax" if family == "categorical" else "sigmoid"][index % 3]
    fed = output_for(family, shape, rng) if ending in ("values", "probabilities") else (2 * rng.normal(size=shape)).astype(np.float32)
    if name == "mean_squared_logarithmic_error":
        fed = rng.uniform(-0.2, 3, shape).astype(np.float32)
    weights = rng.uniform(0, 2, shape[0]).astype(np.float32) if index % 4 == 3 else None
    keras_options = {**options, **({"from_logits": True} if ending == "logits" else {})}
    loss = LOSS_CLASSES[name](**keras_options)
    x = tf.Variable(fed)
    with tf.GradientTape() as tape:
        output = keras.activations.get(ending)(x) if ending in ("softmax", "sigmoid") else tf.identity(x)
        broadcast = None if weights is None else weights.reshape((-1,) + (1,) * (len(shape) - 2))
        value = loss(labels, output, sample_weight=broadcast)
    return {
        "loss": name,
        "options": camel(keras_options),
        "ending": ending,
        "x": tensor(fed),
        "labels": labels_tensor(labels),
        **({} if weights is None else {"sampleWeights": tensor(weights)}),
        "value": number(value.numpy()),
        "gradient": tensor(tape.gradient(value, x).numpy()),
    }


def make_losses() -> None:
    """At least ten of each; more where each option meets each ending."""
    counts = {name: max(10, 3 * len(choices) + 1) for name, (_, _, choices) in LOSSES.items()}
    save("losses", {"source": SOURCE, "cases": [loss_case(name, index) for name in LOSSES for index in range(counts[name])]})


# --- metrics ---

METRICS = [
    ("accuracy", {}, "binary", (6, 1)),
    ("accuracy", {}, "one_hot", (6, 4)),
    ("accuracy", {}, "classes", (6, 4)),
    ("accuracy", {}, "classes", (2, 3, 4)),
    ("binary_accuracy", {"threshold": 0.3}, "binary", (5, 3)),
    ("categorical_accuracy", {}, "one_hot", (7, 3)),
    ("sparse_categorical_accuracy", {}, "classes", (7, 3)),
    ("top_k_categorical_accuracy", {"k": 2}, "one_hot", (6, 5)),
    ("sparse_top_k_categorical_accuracy", {"k": 3}, "classes", (6, 5)),
    ("sparse_top_k_categorical_accuracy", {}, "classes", (3, 7)),
    ("precision", {}, "binary", (6, 1)),
    ("precision", {"threshold": 0.7}, "binary", (6, 3)),
    ("precision", {}, "one_hot", (6, 3)),
    ("recall", {}, "binary", (6, 1)),
    ("recall", {"threshold": 0.25}, "binary", (6, 3)),
    ("auc", {}, "binary", (20, 1)),
    ("auc", {}, "binary", (5, 3)),
    ("auc", {"num_thresholds": 11}, "binary", (20, 1)),
    ("auc", {"curve": "PR"}, "binary", (20, 1)),
    ("auc", {"curve": "PR", "num_thresholds": 17}, "binary", (6, 3)),
    ("auc", {"from_logits": True}, "binary", (12, 1)),
    ("f1_score", {"average": "macro"}, "one_hot", (9, 3)),
    ("f1_score", {"average": "micro"}, "one_hot", (9, 3)),
    ("f1_score", {"average": "weighted"}, "one_hot", (9, 3)),
    ("f1_score", {"average": "none"}, "one_hot", (9, 3)),
    ("f1_score", {"average": "macro", "threshold": 0.4}, "binary", (9, 2)),
    ("mean_squared_error", {}, "values", (5, 3)),
    ("mean_absolute_error", {}, "values", (5, 2)),
    ("confusion_matrix", {}, "classes", (8, 4)),
]


def random_metric(name: str, rng: np.random.Generator) -> tuple[dict, str, tuple]:
    """Options, labels and shape of one more configuration."""
    rows, classes = int(rng.integers(2, 8)), int(rng.integers(2, 6))
    threshold = round(float(rng.uniform(0.1, 0.9)), 2)
    match name:
        case "accuracy":
            kind = str(rng.choice(["binary", "one_hot", "classes"]))
            return {}, kind, (rows, 1 if kind == "binary" else classes)
        case "binary_accuracy" | "precision" | "recall":
            return {"threshold": threshold}, "binary", (rows, int(rng.integers(1, 4)))
        case "categorical_accuracy":
            return {}, "one_hot", (rows, classes)
        case "sparse_categorical_accuracy" | "confusion_matrix":
            return {}, "classes", (rows, classes)
        case "top_k_categorical_accuracy" | "sparse_top_k_categorical_accuracy":
            kind = "one_hot" if name.startswith("top") else "classes"
            return {"k": int(rng.integers(1, classes + 1))}, kind, (rows, classes)
        case "auc":
            options = {"num_thresholds": int(rng.integers(3, 80)), "curve": str(rng.choice(["ROC", "PR"]))}
            return {**options, **({"from_logits": True} if rng.random() < 0.3 else {})}, "binary", (2 * rows + 2, 1)
        case "f1_score":
            average = str(rng.choice(["macro", "micro", "weighted", "none"]))
            with_threshold = {"threshold": threshold} if rng.random() < 0.4 else {}
            return {"average": average, **with_threshold}, "binary" if with_threshold else "one_hot", (rows, classes)
        case _:
            return {}, "values", (rows, classes)


for metric_name in dict.fromkeys(name for name, _, _, _ in METRICS):
    present = sum(name == metric_name for name, _, _, _ in METRICS)
    metric_rng = np.random.default_rng(zlib.crc32(f"more {metric_name}".encode()))
    METRICS += [(metric_name, *random_metric(metric_name, metric_rng)) for _ in range(10 - present)]


def keras_metric(name: str, options: dict, kind: str):
    options = {key: (None if value == "none" else value) for key, value in options.items()}
    if "threshold" in options and name in ("precision", "recall"):
        options["thresholds"] = options.pop("threshold")
    classes = {
        "binary_accuracy": keras.metrics.BinaryAccuracy,
        "categorical_accuracy": keras.metrics.CategoricalAccuracy,
        "sparse_categorical_accuracy": keras.metrics.SparseCategoricalAccuracy,
        "top_k_categorical_accuracy": keras.metrics.TopKCategoricalAccuracy,
        "sparse_top_k_categorical_accuracy": keras.metrics.SparseTopKCategoricalAccuracy,
        "precision": keras.metrics.Precision,
        "recall": keras.metrics.Recall,
        "auc": keras.metrics.AUC,
        "f1_score": keras.metrics.F1Score,
        "mean_squared_error": keras.metrics.MeanSquaredError,
        "mean_absolute_error": keras.metrics.MeanAbsoluteError,
    }
    if name == "accuracy":
        return {
            "binary": keras.metrics.BinaryAccuracy,
            "one_hot": keras.metrics.CategoricalAccuracy,
            "classes": keras.metrics.SparseCategoricalAccuracy,
        }[kind]()
    return classes[name](**options)


def metric_case(index: int, weighted: bool = False) -> dict:
    """The running value after each batch; weighted, an example counts as much as a number in [0, 2), which may be 0."""
    name, options, kind, shape = METRICS[index]
    rng = generator(f"{name}/{index}")
    weigh = generator(f"weights/{name}/{index}")
    metric = None if name == "confusion_matrix" else keras_metric(name, options, kind)
    matrix = np.zeros((shape[-1], shape[-1]), np.float64 if weighted else np.int64)
    batches = []
    for batch in range(3):
        # The last batch is smaller, as in an epoch.
        size = (max(1, shape[0] // 2), *shape[1:]) if batch == 2 else shape
        labels = labels_for(kind, size, rng, 0)
        if options.get("from_logits"):
            output = (2 * rng.normal(size=size)).astype(np.float32)
        elif kind in ("one_hot", "classes"):
            output = output_for("categorical", size, rng)
        else:
            output = output_for("binary" if kind == "binary" else "none", size, rng)
        weights = None
        if weighted:
            weights = (2 * weigh.random(size[0]) * (weigh.random(size[0]) < 0.8)).astype(np.float32)
        if metric is None:
            matrix += tf.math.confusion_matrix(labels, output.argmax(axis=-1), size[-1], weights=weights, dtype=matrix.dtype).numpy()
            value = matrix.tolist()
        else:
            # These broadcast along the other axes of the outputs, those of the means along the means of an example.
            spread = name in ("auc", "precision", "recall") or len(shape) > 2
            metric.update_state(labels, output, sample_weight=weights[:, None] if weighted and spread else weights)
            result = np.asarray(metric.result())
            value = number(result) if result.shape == () else [number(one) for one in result]
        given = {"weights": tensor(weights)} if weighted else {}
        batches.append({"labels": labels_tensor(labels), "output": tensor(output), **given, "value": value})
    return {"metric": name, "options": camel(options), "batches": batches}


def make_metrics() -> None:
    save("metrics", {"source": SOURCE, "cases": [metric_case(index) for index in range(len(METRICS))]})


def make_weighted_metrics() -> None:
    """Six of each, with weights of examples."""
    names = [name for name, _, _, _ in METRICS]
    chosen = [index for index, name in enumerate(names) if names[:index].count(name) < 6]
    save("weighted_metrics", {"source": SOURCE, "cases": [metric_case(index, weighted=True) for index in chosen]})


# --- schedules ---

SCHEDULES = [
    ("exponential_decay", keras.optimizers.schedules.ExponentialDecay, {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9}),
    ("exponential_decay", keras.optimizers.schedules.ExponentialDecay, {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("inverse_time_decay", keras.optimizers.schedules.InverseTimeDecay, {"initial_learning_rate": 0.2, "decay_steps": 5, "decay_rate": 0.5}),
    ("inverse_time_decay", keras.optimizers.schedules.InverseTimeDecay, {"initial_learning_rate": 0.2, "decay_steps": 5, "decay_rate": 0.5, "staircase": True}),
    ("polynomial_decay", keras.optimizers.schedules.PolynomialDecay, {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("polynomial_decay", keras.optimizers.schedules.PolynomialDecay, {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.01, "power": 2.0}),
    ("polynomial_decay", keras.optimizers.schedules.PolynomialDecay, {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "power": 0.5, "cycle": True}),
    ("piecewise_constant_decay", keras.optimizers.schedules.PiecewiseConstantDecay, {"boundaries": [5, 12, 20], "values": [0.1, 0.05, 0.02, 0.001]}),
    ("cosine_decay", keras.optimizers.schedules.CosineDecay, {"initial_learning_rate": 0.1, "decay_steps": 25}),
    ("cosine_decay", keras.optimizers.schedules.CosineDecay, {"initial_learning_rate": 0.1, "decay_steps": 25, "alpha": 0.1}),
    ("cosine_decay", keras.optimizers.schedules.CosineDecay, {"initial_learning_rate": 0.0, "decay_steps": 20, "warmup_target": 0.1, "warmup_steps": 8}),
    ("cosine_decay", keras.optimizers.schedules.CosineDecay, {"initial_learning_rate": 0.02, "decay_steps": 20, "alpha": 0.05, "warmup_target": 0.1, "warmup_steps": 5}),
    ("cosine_decay_restarts", keras.optimizers.schedules.CosineDecayRestarts, {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.0}),
    ("cosine_decay_restarts", keras.optimizers.schedules.CosineDecayRestarts, {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.05}),
    ("cosine_decay_restarts", keras.optimizers.schedules.CosineDecayRestarts, {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
]



def random_schedule(name: str, rng: np.random.Generator) -> dict:
    """Options of one more configuration."""
    rate = round(float(rng.uniform(0.01, 0.5)), 3)
    steps = int(rng.integers(3, 40))
    share = round(float(rng.uniform(0.3, 0.95)), 2)
    is_special = bool(rng.random() < 0.5)
    match name:
        case "exponential_decay" | "inverse_time_decay":
            return {"initial_learning_rate": rate, "decay_steps": steps, "decay_rate": share, "staircase": is_special}
        case "polynomial_decay":
            power = float(rng.choice([0.5, 1.0, 2.0, 3.0]))
            return {"initial_learning_rate": rate, "decay_steps": steps, "end_learning_rate": rate / 20, "power": power, "cycle": is_special}
        case "piecewise_constant_decay":
            count = int(rng.integers(1, 5))
            boundaries = sorted(int(step) for step in rng.choice(np.arange(1, 60), count, replace=False))
            return {"boundaries": boundaries, "values": [round(float(value), 4) for value in rng.uniform(0.001, 0.2, count + 1)]}
        case "cosine_decay":
            warmup = {"warmup_target": round(rate * 1.5, 4), "warmup_steps": int(rng.integers(1, 12))} if is_special else {}
            return {"initial_learning_rate": rate, "decay_steps": steps, "alpha": round((1 - share) / 4, 3), **warmup}
        case _:
            return {"initial_learning_rate": rate, "first_decay_steps": steps, "t_mul": float(rng.choice([1.0, 1.5, 2.0])), "m_mul": share, "alpha": round((1 - share) / 4, 3)}


for schedule_name, schedule_class in {name: made for name, made, _ in SCHEDULES}.items():
    present = sum(name == schedule_name for name, _, _ in SCHEDULES)
    schedule_rng = np.random.default_rng(zlib.crc32(schedule_name.encode()))
    SCHEDULES += [(schedule_name, schedule_class, random_schedule(schedule_name, schedule_rng)) for _ in range(10 - present)]

STEPS = [*range(0, 31), 47, 64, 100]


def restarts(options: dict) -> list[int]:
    """Steps on which a period begins, rounded to whole steps on both sides."""
    at, length, found = 0.0, float(options["first_decay_steps"]), []
    while at <= STEPS[-1]:
        at += length
        length *= options.get("t_mul", 2.0)
        found += [math.floor(at), math.ceil(at)]
    return found


def one_cycle(step: int, largest: float, total: int, part: float = 0.3, div: float = 25.0, final: float = 1e4) -> float:
    """PyTorch's OneCycleLR, two phases, cosine: from its documentation, since PyTorch is not installed here."""

    def anneal(start: float, end: float, fraction: float) -> float:
        return end + (start - end) / 2 * (math.cos(math.pi * fraction) + 1)

    first, top, last = largest / div, part * total - 1, total - 1
    step = min(step, last)
    if step <= top:
        return anneal(first, largest, step / top)
    return anneal(largest, first / final, (step - top) / (last - top))


ONE_CYCLES = [(0.1, 30, 0.3, 25.0, 1e4)] + [
    (round(0.02 * k, 2), 20 + 3 * k, round(0.15 + 0.05 * k, 2), 5.0 * k, 10.0**k if k < 5 else 100.0) for k in range(1, 10)
]


def make_schedules() -> None:
    cases = []
    for name, schedule, options in SCHEDULES:
        made = schedule(**options)
        steps = STEPS
        if name == "cosine_decay_restarts":
            # Where a period begins Keras's float32 logarithm may count the step to the period before.
            steps = [step for step in STEPS if step not in restarts(options)]
        values = [number(np.float32(made(step))) for step in steps]
        cases.append({"schedule": name, "options": camel(options), "steps": steps, "values": values})
    step_rng = np.random.default_rng(zlib.crc32(b"step_decay"))
    for _ in range(10):
        options = {name: value for name, value in random_schedule("exponential_decay", step_rng).items() if name != "staircase"}
        made = keras.optimizers.schedules.ExponentialDecay(**options, staircase=True)
        values = [number(np.float32(made(step))) for step in STEPS]
        cases.append({"schedule": "step_decay", "options": camel(options), "steps": STEPS, "values": values})
    for largest, total, part, div, final in ONE_CYCLES:
        options = {"maximalLearningRate": largest, "totalSteps": total}
        if total != 30:
            options |= {"warmupFraction": part, "divFactor": div, "finalDivFactor": final}
        values = [number(one_cycle(step, largest, total, part, div, final)) for step in range(total)]
        cases.append({"schedule": "one_cycle", "options": options, "steps": list(range(total)), "values": values})
    save("schedules", {"source": f"{SOURCE}; one_cycle from PyTorch's documentation", "cases": cases})


# --- optimisers ---

SGD, ADAM = keras.optimizers.SGD, keras.optimizers.Adam
OPTIMIZERS = [
    (SGD, {}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.9}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    (SGD, {"learning_rate": 0.05, "clipnorm": 0.5}),
    (SGD, {"learning_rate": 0.05, "global_clipnorm": 0.7}),
    (SGD, {"learning_rate": 0.05, "clipvalue": 0.3}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.8, "weight_decay": 0.1}),
    (keras.optimizers.Adagrad, {"learning_rate": 0.05}),
    (keras.optimizers.Adagrad, {"learning_rate": 0.05, "initial_accumulator_value": 0.5, "epsilon": 1e-3}),
    (keras.optimizers.Adadelta, {"learning_rate": 1.0}),
    (keras.optimizers.Adadelta, {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4}),
    (keras.optimizers.RMSprop, {"learning_rate": 0.01}),
    (keras.optimizers.RMSprop, {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.7}),
    (keras.optimizers.RMSprop, {"learning_rate": 0.01, "centered": True, "epsilon": 1e-3}),
    (keras.optimizers.RMSprop, {"learning_rate": 0.01, "centered": True, "momentum": 0.5, "epsilon": 1e-3}),
    (ADAM, {}),
    (ADAM, {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    (ADAM, {"learning_rate": 0.02, "amsgrad": True, "beta_2": 0.7}),
    (ADAM, {"learning_rate": 0.02, "clipnorm": 0.2}),
    (ADAM, {"learning_rate": 0.02, "global_clipnorm": 0.2}),
    (ADAM, {"learning_rate": 0.02, "clipvalue": 0.1}),
    (keras.optimizers.AdamW, {"learning_rate": 0.02}),
    (keras.optimizers.AdamW, {"learning_rate": 0.02, "weight_decay": 0.2, "global_clipnorm": 0.5}),
    (keras.optimizers.Adamax, {"learning_rate": 0.02}),
    (keras.optimizers.Adamax, {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.9, "clipvalue": 0.2}),
    (keras.optimizers.Nadam, {"learning_rate": 0.02}),
    (keras.optimizers.Nadam, {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3, "weight_decay": 0.05}),
    (keras.optimizers.Lion, {"learning_rate": 0.01}),
    (keras.optimizers.Lion, {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.1}),
    (ADAM, {"learning_rate": ("cosine_decay", {"initial_learning_rate": 0.05, "decay_steps": 15})}),
    (SGD, {"learning_rate": ("exponential_decay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.7}), "momentum": 0.9}),
    (keras.optimizers.AdamW, {"learning_rate": ("cosine_decay", {"initial_learning_rate": 0.0, "decay_steps": 12, "warmup_target": 0.05, "warmup_steps": 5}), "clipnorm": 0.5}),
    (SGD, {"learning_rate": 0.05, "gradient_accumulation_steps": 3}),
    (ADAM, {"learning_rate": 0.02, "gradient_accumulation_steps": 4, "global_clipnorm": 0.3}),
    (ADAM, {"learning_rate": 0.02, "use_ema": True, "ema_momentum": 0.8}),
]

# Each optimiser with each clipping, with decay, with schedules.
for maker, rate in [
    (SGD, 0.05), (keras.optimizers.Adagrad, 0.05), (keras.optimizers.Adadelta, 1.0), (keras.optimizers.RMSprop, 0.01),
    (ADAM, 0.02), (keras.optimizers.AdamW, 0.02), (keras.optimizers.Adamax, 0.02), (keras.optimizers.Nadam, 0.02),
    (keras.optimizers.Lion, 0.01),
]:  # fmt: skip
    for extra in [
        {},
        {"clipvalue": 0.15},
        {"clipnorm": 0.4},
        {"global_clipnorm": 0.6},
        {"weight_decay": 0.05},
        {"learning_rate": ("exponential_decay", {"initial_learning_rate": 2 * rate, "decay_steps": 6, "decay_rate": 0.8})},
        {"learning_rate": ("polynomial_decay", {"initial_learning_rate": rate, "decay_steps": 15}), "clipnorm": 0.5, "weight_decay": 0.02},
        {"use_ema": True, "ema_momentum": 0.9},
        {"gradient_accumulation_steps": 2, "clipvalue": 0.2},
    ]:
        options = {"learning_rate": rate, **extra}
        if (maker, options) not in OPTIMIZERS:
            OPTIMIZERS.append((maker, options))

KERAS_SCHEDULES = {name: schedule for name, schedule, _ in SCHEDULES}


def optimizer_run() -> tuple[list, list]:
    """The weights that every optimiser begins with, and the gradients of twenty steps."""
    rng = generator("optimizers")
    start = [rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=(4,)).astype(np.float32)]
    return start, [[(rng.normal(size=value.shape) * 0.5).astype(np.float32) for value in start] for _ in range(20)]


def optimizer_case(index: int) -> dict:
    maker, options = OPTIMIZERS[index]
    given, named = dict(options), dict(options)
    if isinstance(options.get("learning_rate"), tuple):
        name, schedule = options["learning_rate"]
        given["learning_rate"] = KERAS_SCHEDULES[name](**schedule)
        named["learning_rate"] = {"schedule": name, "options": camel(schedule)}
    optimizer = maker(**given)
    start, gradients = optimizer_run()
    variables = [keras.Variable(value, name=f"w{i}") for i, value in enumerate(start)]
    optimizer.build(variables)
    for step in gradients:
        optimizer.apply([tf.constant(gradient) for gradient in step], variables)
    averages = [np.asarray(average) for average in optimizer._model_variables_moving_average] if options.get("use_ema") else None
    return {
        "optimizer": maker.__name__.lower(),
        "options": camel(named),
        "after": [tensor(np.asarray(variable)) for variable in variables],
        **({} if averages is None else {"averages": [tensor(average) for average in averages]}),
    }


def make_optimizers() -> None:
    start, gradients = optimizer_run()
    common = {
        "start": [tensor(value) for value in start],
        "gradients": [[[number(one) for one in gradient.reshape(-1)] for gradient in step] for step in gradients],
    }
    save("optimizers", {"source": SOURCE, **common, "cases": [optimizer_case(index) for index in range(len(OPTIMIZERS))]})


# --- whole trainings ---


def small_net(options: dict) -> keras.Model:
    constraint = keras.constraints.MaxNorm(1.0) if options.get("constraint") else None
    head = options.get("head", "softmax")
    parts = [keras.Input((5,)), layers.Dense(6, activation="relu", name="dense", kernel_constraint=constraint)]
    if options.get("batchNormalization"):
        parts.append(layers.BatchNormalization(name="batchNormalization"))
    parts.append(layers.Dense(1 if head == "sigmoid" else 3, activation=head, name="dense_1"))
    return keras.Sequential(parts)


FITS = [
    {"name": "plain", "optimizer": ("sgd", {"learning_rate": 0.1})},
    {"name": "class weights", "optimizer": ("adam", {"learning_rate": 0.05}), "classWeights": {"0": 2.0, "2": 0.5}},
    {"name": "sample weights", "optimizer": ("adam", {"learning_rate": 0.05}), "sampleWeights": True, "validation": True},
    {"name": "binary class weights", "head": "sigmoid", "optimizer": ("adam", {"learning_rate": 0.05}), "classWeights": {"1": 3.0}, "validation": True},
    {"name": "schedule, odd batches", "optimizer": ("adam", {"learning_rate": ("cosine_decay", {"initial_learning_rate": 0.1, "decay_steps": 9})}), "batchSize": 7},
    {"name": "accumulation", "optimizer": ("adam", {"learning_rate": 0.05, "gradient_accumulation_steps": 2})},
    {"name": "averages", "optimizer": ("adam", {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.9})},
    {"name": "constraint", "optimizer": ("sgd", {"learning_rate": 0.3}), "constraint": True},
    {"name": "batch norm", "optimizer": ("adam", {"learning_rate": 0.05}), "batchNormalization": True, "validation": True},
    {"name": "frozen", "optimizer": ("adam", {"learning_rate": 0.05}), "batchNormalization": True, "frozen": ["dense", "batchNormalization"], "validation": True},
    {"name": "split", "optimizer": ("adam", {"learning_rate": 0.05}), "validationSplit": 0.25},
    {"name": "early stopping", "optimizer": ("adam", {"learning_rate": 0.2}), "epochs": 12, "validation": True, "earlyStopping": {"patience": 1, "restore_best_weights": True}},
    {"name": "plateau", "optimizer": ("adam", {"learning_rate": 0.2}), "epochs": 8, "validation": True, "plateau": {"patience": 1, "factor": 0.5, "min_delta": 0.02, "cooldown": 1}},
]

KERAS_NAMES = {"sgd": SGD, "adam": ADAM}


def fit_case(options: dict) -> dict:
    rng = generator(options["name"])
    count, head = 24, options.get("head", "softmax")
    x = rng.normal(size=(count, 5)).astype(np.float32)
    y = rng.integers(0, 3, count).astype(np.int32) if head == "softmax" else rng.integers(0, 2, (count, 1)).astype(np.float32)
    validation = (rng.normal(size=(10, 5)).astype(np.float32), y[:10])
    weights = rng.uniform(0, 2, count).astype(np.float32)
    model = small_net(options)
    start = {}
    for variable in model.weights:
        name = variable.path.split("sequential", 1)[-1].split("/", 1)[-1]
        kind = name.rsplit("/", 1)[1]
        shift = 0.5 if kind in ("moving_variance", "gamma") else 0
        value = (np.abs(rng.normal(size=variable.shape)) + shift if shift else rng.normal(size=variable.shape) * 0.4).astype(np.float32)
        variable.assign(value)
        start[name] = value
    for name in options.get("frozen", []):
        model.get_layer(name).trainable = False
    maker, given = options["optimizer"]
    given, named = dict(given), dict(given)
    if isinstance(given.get("learning_rate"), tuple):
        schedule, own = given["learning_rate"]
        given["learning_rate"] = KERAS_SCHEDULES[schedule](**own)
        named["learning_rate"] = {"schedule": schedule, "options": camel(own)}
    loss = "sparse_categorical_crossentropy" if head == "softmax" else "binary_crossentropy"
    metrics = ["accuracy"] if head == "softmax" else ["accuracy", keras.metrics.AUC(name="auc"), keras.metrics.Precision(name="precision")]
    model.compile(KERAS_NAMES[maker](**given), loss, metrics=metrics)
    callbacks = []
    if "earlyStopping" in options:
        callbacks.append(keras.callbacks.EarlyStopping(**options["earlyStopping"]))
    if "plateau" in options:
        callbacks.append(keras.callbacks.ReduceLROnPlateau(**options["plateau"]))
    class_weights = options.get("classWeights")
    history = model.fit(
        x,
        y,
        batch_size=options.get("batchSize", 8),
        epochs=options.get("epochs", 4),
        shuffle=False,
        verbose=0,
        sample_weight=weights if options.get("sampleWeights") else None,
        class_weight=None if class_weights is None else {int(key): value for key, value in class_weights.items()},
        validation_data=validation if options.get("validation") else None,
        validation_split=options.get("validationSplit", 0.0),
        callbacks=callbacks,
    )
    after = {variable.path.split("sequential", 1)[-1].split("/", 1)[-1]: np.asarray(variable) for variable in model.weights}
    return {
        **{key: value for key, value in options.items() if key not in ("optimizer", "sampleWeights", "validation", "earlyStopping", "plateau")},
        **{key: camel(options[key]) for key in ("earlyStopping", "plateau") if key in options},
        "optimizer": {"name": maker, "options": camel(named)},
        "x": tensor(x),
        "y": labels_tensor(y),
        **({"sampleWeights": tensor(weights)} if options.get("sampleWeights") else {}),
        **({"validation": {"x": tensor(validation[0]), "y": labels_tensor(validation[1])}} if options.get("validation") else {}),
        "start": {name: tensor(value) for name, value in start.items()},
        "after": {name: tensor(value) for name, value in after.items()},
        "history": {name: [number(value) for value in values] for name, values in history.history.items()},
    }


def make_fits() -> None:
    save("fits", {"source": SOURCE, "cases": [fit_case(options) for options in FITS]})


# --- event files ---


def record_bytes(event) -> str:
    """The record of an event as TensorFlow writes it, in hexadecimal."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "record"
        with tf.io.TFRecordWriter(str(path)) as writer:
            writer.write(event.SerializeToString())
        return path.read_bytes().hex()


def make_events() -> None:
    """Records of scalars, and the header of a file."""
    cases = []
    for wall_time, step, scalars in [(1700000000.5, 0, {"epoch_loss": 0.75}), (1700000001.25, 300, {"epoch_loss": 0.5, "epoch_accuracy": 0.875})]:
        event = tf.compat.v1.Event(wall_time=wall_time, step=step)
        for tag, value in scalars.items():
            event.summary.value.add(tag=tag, simple_value=value)
        cases.append({"wallTime": wall_time, "step": step, "scalars": scalars, "bytes": record_bytes(event)})
    header = tf.compat.v1.Event(wall_time=1700000000.5, file_version="brain.Event:2")
    cases.append({"wallTime": 1700000000.5, "header": True, "bytes": record_bytes(header)})
    save("events", {"source": SOURCE, "cases": cases})


MAKERS = {
    "losses": make_losses,
    "metrics": make_metrics,
    "weighted_metrics": make_weighted_metrics,
    "schedules": make_schedules,
    "optimizers": make_optimizers,
    "fits": make_fits,
    "events": make_events,
}

if __name__ == "__main__":
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(0)
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()
