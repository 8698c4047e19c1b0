"""Writes test/fixtures/training/{initializers,regularizers,constraints}.json: how weights begin, what punishes and bounds them.

An initialiser is random: its numbers are statistics of Keras's sample, and what Keras's documentation promises.
"""

import random
import sys
from typing import Iterator

import make_training  # before Keras: it sets the environment
from make_training import SOURCE, camel, generator, number, save, tensor

import keras
import numpy as np
import tensorflow as tf
from keras.src.initializers.random_initializers import compute_fans

CASES = 10
# The deviation of a standard normal distribution cut at two deviations.
TRUNCATED = 0.87962566103423978

# --- initialisers ---


def weight_shape(dice: random.Random) -> tuple[int, ...]:
    """A kernel of a dense layer or of a convolution in one to three axes, of some ten thousand numbers."""
    window = dice.choice([(), (3,), (3, 2), (3, 3), (2, 2, 3)])
    cells = int(np.prod(window, dtype=int))
    inner = dice.randint(8, 40)
    return (*window, inner, max(4, dice.randint(9_000, 15_000) // (cells * inner)))


def scaled(scale: float, mode: str, distribution: str, shape: tuple[int, ...]) -> dict:
    """keras.initializers.VarianceScaling: the deviation is sqrt(scale / n), n the fan that `mode` names."""
    fan_in, fan_out = compute_fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    deviation = (scale / max(1.0, fan)) ** 0.5
    reach = {"uniform": 3**0.5, "truncated_normal": 2 / TRUNCATED}.get(distribution)
    return {"mean": 0, "deviation": deviation, **({} if reach is None else {"low": -reach * deviation, "high": reach * deviation})}


def draws(dice: random.Random) -> dict[str, tuple]:
    """Name here: Keras's initialiser, options, and what its documentation promises of a shape."""
    k = keras.initializers
    mean, spread = round(dice.uniform(-1, 1), 2), round(dice.uniform(0.02, 1), 2)
    low, width = round(dice.uniform(-1, 0.5), 2), round(dice.uniform(0.1, 1), 2)
    scale = round(dice.uniform(0.3, 4), 2)
    mode = dice.choice(["fan_in", "fan_out", "fan_avg"])
    distribution = dice.choice(["truncated_normal", "untruncated_normal", "uniform"])
    high = round(low + width, 2)

    def fixed(family: type, scale: float, mode: str, distribution: str) -> tuple:
        return family(), {}, lambda shape: scaled(scale, mode, distribution, shape)

    return {
        "zeros": (k.Zeros(), {}, lambda _: {"mean": 0, "deviation": 0}),
        "ones": (k.Ones(), {}, lambda _: {"mean": 1, "deviation": 0}),
        "constant": (k.Constant(mean), {"value": mean}, lambda _: {"mean": mean, "deviation": 0}),
        "randomUniform": (
            k.RandomUniform(low, high),
            {"minval": low, "maxval": high},
            lambda _: {"mean": (low + high) / 2, "deviation": (high - low) / 12**0.5, "low": low, "high": high},
        ),
        "randomNormal": (k.RandomNormal(mean, spread), {"mean": mean, "stddev": spread}, lambda _: {"mean": mean, "deviation": spread}),
        "truncatedNormal": (
            k.TruncatedNormal(mean, spread),
            {"mean": mean, "stddev": spread},
            lambda _: {"mean": mean, "deviation": TRUNCATED * spread, "low": mean - 2 * spread, "high": mean + 2 * spread},
        ),
        "varianceScaling": (
            k.VarianceScaling(scale, mode, distribution),
            {"scale": scale, "mode": {"fan_in": "fanIn", "fan_out": "fanOut", "fan_avg": "fanAverage"}[mode],
             "distribution": camel({distribution: 0}).popitem()[0]},
            lambda shape: scaled(scale, mode, distribution, shape),
        ),
        "glorotUniform": fixed(k.GlorotUniform, 1, "fan_avg", "uniform"),
        "glorotNormal": fixed(k.GlorotNormal, 1, "fan_avg", "truncated_normal"),
        "heUniform": fixed(k.HeUniform, 2, "fan_in", "uniform"),
        "heNormal": fixed(k.HeNormal, 2, "fan_in", "truncated_normal"),
        "lecunUniform": fixed(k.LecunUniform, 1, "fan_in", "uniform"),
        "lecunNormal": fixed(k.LecunNormal, 1, "fan_in", "truncated_normal"),
        # A matrix with orthonormal columns or rows: the mean square of its numbers is gain² / the longer side.
        "orthogonal": (k.Orthogonal(scale), {"gain": scale}, lambda shape: {
            "mean": 0, "deviation": scale / max(np.prod(shape[:-1]), shape[-1]) ** 0.5}),
    }  # fmt: skip


def initializer_cases(name: str) -> Iterator[dict]:
    dice = random.Random(name)
    for _ in range(CASES):
        initializer, options, promise = draws(dice)[name]
        shape = weight_shape(dice)
        if name == "orthogonal":
            # A shorter side of at most 48: enough for a test, and quick.
            shape = (*shape[:-1], min(shape[-1], 48))
        sample = np.asarray(initializer(shape), np.float64)
        case = {
            "initializer": name,
            "options": options,
            "shape": list(shape),
            "formula": {key: number(value) for key, value in promise(shape).items()},
            "mean": number(sample.mean()),
            "deviation": number(sample.std()),
            "deciles": [number(value) for value in np.quantile(sample, np.arange(1, 10) / 10)],
        }
        if name == "orthogonal":
            matrix = sample.reshape(-1, shape[-1])
            gram = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
            np.testing.assert_allclose(gram, options["gain"] ** 2 * np.eye(len(gram)), atol=1e-4)
        yield case


def make_initializers() -> None:
    names = list(draws(random.Random(0)))
    save("initializers", {"source": SOURCE, "cases": [case for name in names for case in initializer_cases(name)]})


# --- regularisers ---

REGULARIZERS = {
    "l1": lambda dice: (round(dice.uniform(1e-3, 0.3), 4),),
    "l2": lambda dice: (round(dice.uniform(1e-3, 0.3), 4),),
    "l1l2": lambda dice: (round(dice.uniform(1e-3, 0.3), 4), round(dice.uniform(1e-3, 0.3), 4)),
}


def small_shape(dice: random.Random) -> tuple[int, ...]:
    return tuple(dice.randint(1, 4) for _ in range(dice.randint(1, 4)))


def regularizer_case(name: str, index: int, dice: random.Random) -> dict:
    numbers = REGULARIZERS[name](dice) if index > 0 else ((0.01, 0.01) if name == "l1l2" else (0.01,))
    makers = {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2, "l1l2": keras.regularizers.L1L2}
    weight = generator(f"{name}/{index}").normal(size=small_shape(dice)).astype(np.float32)
    x = tf.Variable(weight)
    with tf.GradientTape() as tape:
        value = makers[name](*numbers)(x)
    return {
        "regularizer": name,
        # The first has Keras's defaults.
        "numbers": [] if index == 0 else list(numbers),
        "weight": tensor(weight),
        "value": number(value.numpy()),
        "gradient": tensor(tape.gradient(value, x).numpy()),
    }


def make_regularizers() -> None:
    cases = []
    for name in REGULARIZERS:
        dice = random.Random(name)
        cases += [regularizer_case(name, index, dice) for index in range(CASES)]
    save("regularizers", {"source": SOURCE, "cases": cases})


# --- constraints ---


def constraint_of(name: str, index: int, dice: random.Random, axes: list[int]):
    """The options, the first with Keras's defaults, and Keras's constraint."""
    k = keras.constraints
    low, width = round(dice.uniform(0.1, 1), 2), round(dice.uniform(0.1, 1), 2)
    rate = round(dice.uniform(0.2, 1), 2)
    own = {
        "maxNorm": {"maximum": round(low + width, 2)},
        "unitNorm": {},
        "minMaxNorm": {"minimum": low, "maximum": round(low + width, 2), "rate": rate},
        "nonNegative": {},
    }[name]
    options = {} if index == 0 or name == "nonNegative" else {**own, "axes": axes}
    given = {"axis": options["axes"]} if "axes" in options else {}
    if name == "maxNorm":
        return options, k.MaxNorm(options.get("maximum", 2), **given)
    if name == "unitNorm":
        return options, k.UnitNorm(**given)
    if name == "minMaxNorm":
        return options, k.MinMaxNorm(options.get("minimum", 0.0), options.get("maximum", 1.0), options.get("rate", 1.0), **given)
    return options, k.NonNeg()


def constraint_case(name: str, index: int, dice: random.Random) -> dict:
    shape = (3, 4) if index == 0 else small_shape(dice)
    axes = sorted(dice.sample(range(len(shape)), dice.randint(1, len(shape))))
    options, constraint = constraint_of(name, index, dice, axes)
    weight = generator(f"{name}/{index}").normal(size=shape).astype(np.float32)
    return {"constraint": name, "options": options, "weight": tensor(weight), "after": tensor(np.asarray(constraint(weight)))}


def make_constraints() -> None:
    cases = []
    for name in ("maxNorm", "unitNorm", "minMaxNorm", "nonNegative"):
        dice = random.Random(name)
        cases += [constraint_case(name, index, dice) for index in range(CASES)]
    save("constraints", {"source": SOURCE, "cases": cases})


MAKERS = {"initializers": make_initializers, "regularizers": make_regularizers, "constraints": make_constraints}

if __name__ == "__main__":
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(0)
    for maker in sys.argv[1:] or MAKERS:
        MAKERS[maker]()
