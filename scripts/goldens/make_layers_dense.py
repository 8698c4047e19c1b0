"""Writes test/fixtures/layers/dense.json, and noise.json: what Keras's layers that draw random numbers do to ones."""

import json
import random
import sys
from typing import Iterator

import make_layers_pointwise as goldens  # before Keras: it sets the environment
from make_layers_pointwise import Case

import keras
import numpy as np
import tensorflow as tf


@goldens.layer("dense", "keras.layers.Dense")
def dense(dice: random.Random) -> Iterator[Case]:
    for index in range(14):
        options = {"units": dice.randint(1, 6)}
        if dice.random() < 0.3:
            options["useBias"] = False
        if dice.random() < 0.6:
            options["activation"] = dice.choice(["relu", "tanh", "sigmoid", "softmax", "gelu", "elu"])
        known = {{"useBias": "use_bias"}.get(name, name): value for name, value in options.items()}
        size = (dice.randint(1, 4), 1 if index == 0 else dice.randint(2, 9))
        yield Case(options, [size], keras.layers.Dense(**known, dtype="float64"))


# Random layers -------------------------------------------------------------------------------------

NOISE = {
    "dropout": (keras.layers.Dropout, "rate", None),
    "spatialDropout1d": (keras.layers.SpatialDropout1D, "rate", 1),
    "spatialDropout2d": (keras.layers.SpatialDropout2D, "rate", 2),
    "spatialDropout3d": (keras.layers.SpatialDropout3D, "rate", 3),
    "gaussianNoise": (keras.layers.GaussianNoise, "stddev", None),
    "gaussianDropout": (keras.layers.GaussianDropout, "rate", None),
}
# So many numbers that a deviation of a few percent is none of chance.
CELLS = 6000


def noise_shape(dice: random.Random, axes: int | None) -> tuple[int, ...]:
    """A batch of four; spatial dropouts draw one number per channel and example, and get channels enough."""
    if axes is None:
        rank = dice.randint(1, 4)
        inner = [dice.randint(2, 4) for _ in range(rank - 1)]
        return (4, *inner, CELLS // (4 * int(np.prod(inner, dtype=int))))
    return (4, *(dice.randint(1, 2) for _ in range(axes)), CELLS // 4)


def noise_case(word: str, index: int, dice: random.Random) -> dict:
    """Statistics of Keras's result on ones in training; its inference is compared here, since it must be the input."""
    maker, option, axes = NOISE[word]
    value = round(dice.uniform(0.05, 0.7), 2)
    shape = noise_shape(dice, axes)
    built = maker(value, seed=index, dtype="float64")
    x = tf.ones(shape, tf.float64)
    y = np.asarray(built(x, training=True))
    np.testing.assert_array_equal(built(x, training=False), x)
    return {
        "layer": word,
        "options": {option: value},
        "shape": list(shape),
        "mean": float(f"{y.mean():.9g}"),
        "deviation": float(f"{y.std():.9g}"),
        "zeros": float(f"{(y == 0).mean():.9g}"),
        "near": float(f"{(np.abs(y - 1) < y.std()).mean():.9g}"),
    }


def make_noise() -> None:
    cases = []
    for word in NOISE:
        dice = random.Random(word)
        cases += [json.dumps(noise_case(word, index, dice)) for index in range(10)]
    source = f"Keras {keras.__version__} / TensorFlow {tf.__version__}"
    path = goldens.OUT.parent / "noise.json"
    path.write_text(f'{{\n  "source": {json.dumps(source)},\n  "cases": [\n    ' + ",\n    ".join(cases) + "\n  ]\n}\n")
    print(f"noise: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    names = sys.argv[1:] or ["dense", "noise"]
    if "dense" in names:
        goldens.main(["dense"])
    if "noise" in names:
        make_noise()
