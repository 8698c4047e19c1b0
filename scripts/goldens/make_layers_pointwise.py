"""Writes test/fixtures/layers/<layer>.json for activations, normalisations and merges, forwards and backwards.

Keras 3 in float64 (tf.nn.local_response_normalization has float32 only), random configurations from a fixed seed.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import functools
import json
import pathlib
import random
import sys
from dataclasses import dataclass, field
from typing import Callable, Iterator

import activations
import keras
import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "layers"


@dataclass
class Case:
    options: dict | None
    shapes: list[tuple[int, ...]]
    """With the batch."""
    layer: Callable
    """A Keras layer, or a function of the inputs."""
    training: bool = False
    names: dict[str, str] = field(default_factory=dict)
    """Keras's weight names to svertka's, where they differ."""
    positive: bool = False


LAYERS: dict[str, tuple[str, Callable[[random.Random], Iterator[Case]]]] = {}


def layer(name: str, source: str) -> Callable:
    def register(cases: Callable) -> Callable:
        LAYERS[name] = (source, cases)
        return cases

    return register


def shape(dice: random.Random, rank: int | None = None, channels: int | None = None) -> tuple[int, ...]:
    rank = dice.randint(1, 4) if rank is None else rank
    axes = [dice.randint(1, 3) for _ in range(rank)]
    if channels is not None:
        axes[-1] = channels
    return (dice.randint(1, 3), *axes)


# Activations ---------------------------------------------------------------------------------------


def value_layer(name: str, function: Callable) -> None:
    @layer(name, f"keras.activations.{function.__name__}")
    def cases(dice: random.Random) -> Iterator[Case]:
        for _ in range(10):
            yield Case(None, [shape(dice)], function)


for word, function in {
    "elu": keras.activations.elu,
    "selu": keras.activations.selu,
    "gelu": lambda x: keras.activations.gelu(x, approximate=False),
    "silu": keras.activations.silu,
    "hardSwish": keras.activations.hard_swish,
    "mish": keras.activations.mish,
    "hardSigmoid": keras.activations.hard_sigmoid,
    "softplus": keras.activations.softplus,
    "relu": keras.activations.relu,
    "relu6": keras.activations.relu6,
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "softmax": keras.activations.softmax,
    "logSoftmax": keras.activations.log_softmax,
}.items():
    value_layer(word, function)


@layer("leakyRelu", "keras.layers.LeakyReLU")
def leaky_relu(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        alpha = round(dice.uniform(0.01, 0.5), 3)
        yield Case({"alpha": alpha}, [shape(dice)], keras.layers.LeakyReLU(negative_slope=alpha, dtype="float64"))


@layer("activation", "keras.activations")
def activation(dice: random.Random) -> Iterator[Case]:
    draws = activations.draws(dice)
    for name, function in activations.FUNCTIONS.items():
        for index in range(10):
            # The first with the defaults.
            drawn = [option for option in activations.OPTIONS.get(name, []) if index > 0 and dice.random() < 0.7]
            ours = {option: draws[option][1]() for option in drawn}
            theirs = {draws[option][0]: value for option, value in ours.items()}
            size = shape(dice, rank=dice.randint(1, 2))
            yield Case({"name": name, **ours}, [size], lambda x, f=function, t=theirs: f(x, **t))
    for name in ("softmax", "logSoftmax"):
        for axis in (1, 2, -2, -3):
            size = shape(dice, rank=3)
            yield Case({"name": name, "axis": axis}, [size], lambda x, f=activations.FUNCTIONS[name], a=axis: f(x, axis=a))


@layer("prelu", "keras.layers.PReLU")
def prelu(dice: random.Random) -> Iterator[Case]:
    for _ in range(12):
        size = shape(dice)
        rank = len(size) - 1
        shared = sorted(dice.sample(range(1, rank + 1), dice.randint(0, rank)))
        options = {"sharedAxes": shared} if shared else {}
        yield Case(options, [size], keras.layers.PReLU(shared_axes=shared or None, dtype="float64"))


@layer("maxout", "tensorflow_addons.layers.Maxout's formula in TensorFlow: reshape and reduce_max")
def maxout(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        units, pieces = dice.randint(1, 3), dice.randint(1, 4)
        size = shape(dice, channels=units * pieces)
        yield Case(
            {"units": units},
            [size],
            lambda x, u=units, p=pieces: tf.reduce_max(tf.reshape(x, [*x.shape[:-1], u, p]), -1),
        )


# Normalisations ------------------------------------------------------------------------------------


def affine(dice: random.Random) -> dict:
    return {word: False for word in ("center", "scale") if dice.random() < 0.25} | (
        {"epsilon": dice.choice([1e-5, 1e-2])} if dice.random() < 0.4 else {}
    )


@layer("batchNormalization", "keras.layers.BatchNormalization")
def batch_normalization(dice: random.Random) -> Iterator[Case]:
    for index in range(14):
        options = affine(dice) | ({"momentum": 0.7} if dice.random() < 0.5 else {})
        # The sixth case is a batch of one example with one cell: its variance is 0.
        size = (1, 3) if index == 5 else (dice.randint(2, 4), *shape(dice)[1:])
        built = keras.layers.BatchNormalization(dtype="float64", **options)
        names = {"moving_mean": "movingMean", "moving_variance": "movingVariance"}
        yield Case(options, [size], built, training=index % 2 == 1, names=names)


@layer("layerNormalization", "keras.layers.LayerNormalization")
def layer_normalization(dice: random.Random) -> Iterator[Case]:
    for index in range(14):
        size = shape(dice, rank=1 if index == 0 else dice.randint(2, 4))
        rank = len(size) - 1
        axes = sorted(dice.sample(range(1, rank + 1), dice.randint(1, rank)))
        axis = dice.choice([axes, axes, axes[-1], -1, [a - rank - 1 for a in axes]])
        options = affine(dice) | ({} if axis == -1 else {"axis": axis})
        # Keras reads the axes of a list as they come.
        yield Case(options, [size], keras.layers.LayerNormalization(dtype="float64", **options))


@layer("groupNormalization", "keras.layers.GroupNormalization")
def group_normalization(dice: random.Random) -> Iterator[Case]:
    for _ in range(12):
        groups, width = dice.randint(1, 4), dice.randint(1, 3)
        size = shape(dice, rank=dice.randint(2, 4), channels=groups * width)
        options = affine(dice) | {"groups": groups}
        yield Case(options, [size], keras.layers.GroupNormalization(dtype="float64", **options))
    size = (2, 2, 2, 32)
    yield Case({}, [size], keras.layers.GroupNormalization(dtype="float64"))


@layer("instanceNormalization", "keras.layers.GroupNormalization(groups=-1)")
def instance_normalization(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        options = affine(dice)
        size = shape(dice, rank=dice.randint(2, 4))
        yield Case(options, [size], keras.layers.GroupNormalization(groups=-1, dtype="float64", **options))


@layer("localResponseNormalization", "tf.nn.local_response_normalization")
def local_response_normalization(dice: random.Random) -> Iterator[Case]:
    for index in range(10):
        options = {} if index == 0 else {
            "depthRadius": dice.randint(0, 4),
            "bias": round(dice.uniform(0.5, 2), 2),
            "alpha": dice.choice([1.0, 0.1, 0.01]),
            "beta": dice.choice([0.5, 0.75, 1.0]),
        }  # fmt: skip
        theirs = {"depth_radius" if name == "depthRadius" else name: value for name, value in options.items()}
        size = shape(dice, rank=3, channels=dice.randint(1, 8))
        yield Case(
            options,
            [size],
            lambda x, t=theirs: tf.cast(tf.nn.local_response_normalization(tf.cast(x, tf.float32), **t), tf.float64),
        )


# Merges --------------------------------------------------------------------------------------------


def stretched(dice: random.Random, size: tuple[int, ...]) -> tuple[int, ...]:
    return (size[0], *(1 if dice.random() < 0.4 else axis for axis in size[1:]))


def fold(function: Callable) -> Callable:
    return lambda *xs: functools.reduce(function, xs)


def merges(word: str, keras_layer: Callable, most: int, stretching: Callable | None = None) -> None:
    """`stretching` does what the layer does; Keras's own `ops.add` takes a second input [b, 1, 1, 1] for a bias over the
    channels when there are b of them, and adds it to the wrong axis (3.15)."""
    always_stretches = word == "multiply"

    @layer(word, f"keras.layers.{keras_layer.__name__}")
    def same(dice: random.Random) -> Iterator[Case]:
        for _ in range(10):
            size = shape(dice)
            count = dice.randint(2, most)
            sizes = [stretched(dice, size) if always_stretches and i > 0 else size for i in range(count)]
            yield Case(None, sizes, lambda *xs: keras_layer(dtype="float64")(list(xs)))

    if always_stretches:
        return

    @layer(f"{word}Of", f"keras.layers.{keras_layer.__name__}, by TensorFlow's broadcasting operations")
    def other(dice: random.Random) -> Iterator[Case]:
        for _ in range(10):
            size = shape(dice)
            sizes = [stretched(dice, size) for _ in range(dice.randint(2, most))]
            yield Case({"broadcast": True}, sizes, stretching)


merges("add", keras.layers.Add, 4, fold(tf.add))
merges("subtract", keras.layers.Subtract, 2, fold(tf.subtract))
merges("multiply", keras.layers.Multiply, 3)
merges("average", keras.layers.Average, 4, lambda *xs: functools.reduce(tf.add, xs) / len(xs))
merges("maximum", keras.layers.Maximum, 4, fold(tf.maximum))
merges("minimum", keras.layers.Minimum, 4, fold(tf.minimum))


@layer("concatenate", "keras.layers.Concatenate")
def concatenate(dice: random.Random) -> Iterator[Case]:
    for index in range(12):
        size = shape(dice)
        rank = len(size) - 1
        axis = -1 if index == 0 else dice.choice([*range(1, rank + 1), *range(-rank, 0)])
        place = axis if axis > 0 else rank + 1 + axis
        sizes = [
            tuple(dice.randint(1, 3) if at == place else dim for at, dim in enumerate(size))
            for _ in range(dice.randint(2, 4))
        ]
        built = keras.layers.Concatenate(axis=axis, dtype="float64")
        yield Case({} if index == 0 else {"axis": axis}, sizes, lambda *xs, l=built: l(list(xs)))


# Running -------------------------------------------------------------------------------------------


def numbers(generator: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Odd multiples of 1/128: exact in float32, short in JSON, and never at the corner of an activation."""
    return (np.floor(generator.normal(size=size) * 64) + 0.5) / 64


def tensor(value) -> dict:
    array = np.asarray(value, np.float64)
    data = [float(f"{entry:.9g}") for entry in array.ravel()]
    return {"shape": list(array.shape), "data": [int(x) if x.is_integer() else x for x in data]}


def own_weights(case: Case) -> list:
    return case.layer.weights if isinstance(case.layer, keras.Layer) else []


def run(case: Case, seed: int) -> dict:
    generator = np.random.default_rng(seed)
    inputs = [tf.constant(numbers(generator, size), tf.float64) for size in case.shapes]
    if isinstance(case.layer, keras.Layer):
        case.layer.build(inputs[0].shape)
    named = [(case.names.get(weight.name, weight.name), weight) for weight in own_weights(case)]
    for name, weight in named:
        value = numbers(generator, tuple(weight.shape))
        weight.assign(np.abs(value) + 0.5 if name in ("gamma", "movingVariance") else value)
    weights = [{"name": name, **tensor(weight)} for name, weight in named]
    trainable = [(name, weight) for name, weight in named if weight.trainable]
    arguments = {"training": True} if case.training else {}
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = case.layer(*inputs, **arguments)
    output_gradient = numbers(generator, tuple(output.shape))
    targets = [*inputs, *(weight.value for _, weight in trainable)]
    gradients = tape.gradient(output, targets, tf.constant(output_gradient), tf.UnconnectedGradients.ZERO)
    document = {
        "options": case.options,
        "mode": "training" if case.training else "inference",
        "inputs": [tensor(x) for x in inputs],
        "weights": weights,
        "output": tensor(output),
        "outputGradient": tensor(output_gradient),
        "inputGradients": [tensor(g) for g in gradients[: len(inputs)]],
        "weightGradients": [
            {"name": name, **tensor(g)} for (name, _), g in zip(trainable, gradients[len(inputs) :])
        ],
    }
    if case.training:
        document["states"] = [{"name": name, **tensor(w)} for name, w in named if not w.trainable]
    return document


def main(names: list[str]) -> None:
    keras.backend.set_floatx("float64")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (source, cases) in LAYERS.items():
        if names and name not in names:
            continue
        dice = random.Random(name)
        documents = [json.dumps(run(case, seed), allow_nan=False) for seed, case in enumerate(cases(dice))]
        head = f'{{\n  "layer": {json.dumps(name)},\n  "source": {json.dumps(f"Keras {keras.__version__} / TensorFlow {tf.__version__}, {source}")},\n  "cases": [\n    '
        path = OUT / f"{name}.json"
        path.write_text(head + ",\n    ".join(documents) + "\n  ]\n}\n")
        print(f"{name}: {len(documents)} cases, {path.stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
