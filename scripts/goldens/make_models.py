"""Writes test/fixtures/models/<id>.{safetensors,json}: Keras's numbers for seven small convnets.

Each model runs twice, in float32 (the golden values) and in float64 (how far float32 rounding alone
moves each tensor: `distance` in the JSON, so that tests can choose a tolerance with a reason).
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
from dataclasses import dataclass, field
from typing import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import Input, layers
from safetensors.numpy import save

import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "models"
STEPS = 10
SAMPLE = 8192


@dataclass(frozen=True)
class Golden:
    id: str
    input_shape: tuple[int, int, int]
    batch: int
    classes: int
    build: Callable[[], keras.Model]
    optimizer: dict
    loss: str = "sparseCategoricalCrossentropy"
    from_logits: bool = False
    parameter_counts: list[int] | None = None
    """Parameters per layer that has any, where the table of the mission states them."""


ADAM = {"name": "adam", "learningRate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}


def sgd(learning_rate: float, momentum: float = 0.0, nesterov: bool = False) -> dict:
    return {"name": "sgd", "learningRate": learning_rate, "momentum": momentum, "nesterov": nesterov}


def a1() -> keras.Model:
    return keras.Sequential(
        [
            Input((28, 56, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(5, (3, 2), strides=(2, 3), activation="relu"),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def a3() -> keras.Model:
    return keras.Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def a5() -> keras.Model:
    return keras.Sequential(
        [
            Input((128, 128, 3)),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(128, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def a6() -> keras.Model:
    return keras.Sequential(
        [
            Input((32, 32, 3)),
            layers.Flatten(),
            layers.Dense(4000, activation="relu"),
            layers.Dense(10),
        ]
    )


def a7() -> keras.Model:
    return keras.Sequential(
        [
            Input((32, 32, 3)),
            layers.ZeroPadding2D(2),
            layers.Conv2D(32, 5, activation="relu"),
            layers.ZeroPadding2D(1),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def bn() -> keras.Model:
    """Batch norm, a residual sum, a concatenation, L2 on every convolution kernel."""

    def conv(filters: int, kernel: int, **options) -> layers.Layer:
        return layers.Conv2D(filters, kernel, padding="same", kernel_regularizer=keras.regularizers.L2(1e-3), **options)

    image = Input((16, 16, 3))
    block = conv(8, 3, use_bias=False)(image)
    block = layers.BatchNormalization()(block)
    block = layers.ReLU()(block)
    residual = conv(8, 3, use_bias=False)(block)
    residual = layers.BatchNormalization()(residual)
    x = layers.ReLU()(layers.Add()([residual, block]))
    x = layers.AveragePooling2D(2)(x)
    x = layers.Concatenate()([x, conv(4, 1, activation="relu")(x)])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(5, activation="softmax")(x))


GOLDENS = [
    Golden("a1", (28, 56, 3), 8, 3, a1, ADAM, parameter_counts=[224, 245, 363]),
    Golden("a3", (28, 28, 1), 8, 10, a3, ADAM, parameter_counts=[640, 36928, 204928, 1290]),
    Golden("a5", (128, 128, 3), 2, 2, a5, {**ADAM, "epsilon": 0.01}, loss="binaryCrossentropy"),
    Golden("a6", (32, 32, 3), 4, 10, a6, sgd(1e-2), from_logits=True),
    Golden("a7", (32, 32, 3), 8, 10, a7, sgd(3e-3), from_logits=True),
    Golden("a8", (32, 32, 3), 8, 10, a7, sgd(3e-3, momentum=0.9, nesterov=True), from_logits=True),
    Golden("bn", (16, 16, 3), 8, 5, bn, ADAM),
]


@dataclass
class Run:
    """What one precision measured."""

    parameters: list[dict]
    tensors: dict[str, np.ndarray]
    loss_per_step: list[float] = field(default_factory=list)


def parameters_of(model: keras.Model) -> list[keras.Variable]:
    """In creation order, each layer's own together (batch norm: gamma, beta, mean, variance)."""
    return [weight for layer in model.layers for weight in layer.weights]


def optimizer_of(spec: dict) -> keras.optimizers.Optimizer:
    if spec["name"] == "adam":
        return keras.optimizers.Adam(
            spec["learningRate"], beta_1=spec["beta1"], beta_2=spec["beta2"], epsilon=spec["epsilon"]
        )
    return keras.optimizers.SGD(spec["learningRate"], spec["momentum"], spec["nesterov"])


def loss_of(golden: Golden) -> keras.losses.Loss:
    if golden.loss == "binaryCrossentropy":
        return keras.losses.BinaryCrossentropy(from_logits=golden.from_logits)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=golden.from_logits)


def labels_of(golden: Golden) -> np.ndarray:
    labels = formula.labels(golden.batch, golden.classes)
    return labels.astype(np.float32)[:, None] if golden.loss == "binaryCrossentropy" else labels


def run(golden: Golden, precision: str) -> Run:
    keras.utils.clear_session()
    keras.config.set_floatx(precision)
    keras.config.set_dtype_policy(precision)
    model = golden.build()
    parameters = parameters_of(model)
    for k, variable in enumerate(parameters):
        variable.assign(formula.parameter(k, variable.name, tuple(variable.shape)))
    described = [describe(variable) for variable in parameters]
    check_counts(golden, model)

    x = tf.constant(formula.model_input((golden.batch, *golden.input_shape)), precision)
    y = labels_of(golden)
    loss, optimizer = loss_of(golden), optimizer_of(golden.optimizer)
    trainable = [variable for variable in parameters if variable.trainable]
    optimizer.build(trainable)

    def step() -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            total = tf.add_n([loss(y, model(x, training=True)), *model.losses])
        gradients = tape.gradient(total, [variable.value for variable in trainable])
        optimizer.apply(gradients, trainable)
        return total, gradients

    result = Run(described, {"forward": model(x, training=False).numpy()})
    compiled = tf.function(step)
    for index in range(STEPS):
        total, gradients = compiled()
        result.loss_per_step.append(float(total))
        if index == 0:
            numbers = [k for k, variable in enumerate(parameters) if variable.trainable]
            result.tensors |= {f"gradient/{k}": g.numpy() for k, g in zip(numbers, gradients)}
    result.tensors |= {f"after/{k}": variable.numpy() for k, variable in enumerate(parameters)}
    assert all(tensor.dtype == precision for tensor in result.tensors.values())
    return result


def describe(variable: keras.Variable) -> dict:
    return {
        "name": "/".join(variable.path.split("/")[-2:]),
        "shape": list(variable.shape),
        "kind": variable.name,
        "trainable": variable.trainable,
        "norm": norm(variable.numpy()),
    }


def check_counts(golden: Golden, model: keras.Model) -> None:
    counts = [layer.count_params() for layer in model.layers if layer.weights]
    if golden.parameter_counts not in (None, counts):
        raise AssertionError(f"{golden.id}: parameters {counts}, expected {golden.parameter_counts}")


def norm(tensor: np.ndarray) -> float:
    return float(np.linalg.norm(tensor.astype(np.float64).ravel()))


def sample(tensor: np.ndarray) -> np.ndarray:
    """The whole tensor, or of a large one the flat elements floor(j * size / SAMPLE)."""
    if tensor.size <= SAMPLE:
        return np.ascontiguousarray(tensor)
    return tensor.ravel()[np.arange(SAMPLE) * tensor.size // SAMPLE]


def stored(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Samples at even distances, and of large tensors a second one at hashed places.

    The even distance can be a multiple of the last axis, so that one column is all it sees: a5's
    first dense kernel (every 24th element, 6 columns, a dead unit) and a7's (every 20th, 10 columns).
    """
    hashed = {
        f"hashed/{name}": tensor.ravel()[formula.places(SAMPLE, tensor.size)]
        for name, tensor in tensors.items()
        if tensor.size > SAMPLE
    }
    return {name: sample(tensor) for name, tensor in tensors.items()} | hashed


def summarise(name: str, single: Run, double: Run) -> dict:
    tensor = single.tensors[name]
    return {
        "shape": list(tensor.shape),
        "norm": norm(tensor),
        "count": min(tensor.size, SAMPLE),
        "distance": norm(tensor - double.tensors[name]),
    }


def write(golden: Golden, single: Run, double: Run) -> None:
    document = {
        "id": golden.id,
        "source": f"Keras {keras.__version__} / TensorFlow {tf.__version__}, float32, CPU",
        "batch": golden.batch,
        "inputShape": list(golden.input_shape),
        "classes": golden.classes,
        "labels": formula.labels(golden.batch, golden.classes).tolist(),
        "loss": golden.loss,
        "fromLogits": golden.from_logits,
        "optimizer": golden.optimizer,
        "parameters": single.parameters,
        "lossValue": single.loss_per_step[0],
        "steps": STEPS,
        "lossPerStep": single.loss_per_step,
        "lossPerStepFloat64": double.loss_per_step,
        "tensors": {name: summarise(name, single, double) for name in single.tensors},
    }
    (OUT / f"{golden.id}.safetensors").write_bytes(save(stored(single.tensors)))
    (OUT / f"{golden.id}.json").write_text(text_of(document))


def text_of(document: dict) -> str:
    """JSON with one line per field, parameter and tensor, so that a diff can be read."""

    def lines(value: object) -> str:
        if isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values()):
            return "{\n" + ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n  }"
        if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
            return "[\n" + ",\n".join(f"    {json.dumps(v)}" for v in value) + "\n  ]"
        return json.dumps(value, allow_nan=False)

    return "{\n" + ",\n".join(f"  {json.dumps(k)}: {lines(v)}" for k, v in document.items()) + "\n}\n"


def report(golden: Golden, single: Run, double: Run) -> None:
    def relative(name: str) -> float:
        size = norm(double.tensors[name])
        return norm(single.tensors[name] - double.tensors[name]) / size if size else math.nan

    worst = max(single.tensors, key=lambda name: np.nan_to_num(relative(name)))
    print(
        f"{golden.id}: {sum(math.prod(p['shape']) for p in single.parameters)} parameters,"
        f" loss {single.loss_per_step[0]:.6f} -> {single.loss_per_step[-1]:.6f},"
        f" furthest from float64: {worst} ({relative(worst):.1e})",
        flush=True,
    )


def main(ids: list[str]) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(0)
    OUT.mkdir(parents=True, exist_ok=True)
    for golden in GOLDENS:
        if not ids or golden.id in ids:
            single, double = run(golden, "float32"), run(golden, "float64")
            write(golden, single, double)
            report(golden, single, double)


if __name__ == "__main__":
    main(sys.argv[1:])
