"""Keras's activations by svertka's names: the functions, and what to draw for their options. One line an activation."""

import random
from typing import Callable

import keras

a = keras.activations

FUNCTIONS: dict[str, Callable] = {
    "linear": a.linear,
    "relu": a.relu,
    "relu6": a.relu6,
    "leakyRelu": a.leaky_relu,
    "elu": a.elu,
    "selu": a.selu,
    "gelu": a.gelu,
    "silu": a.silu,
    "swish": a.silu,
    "hardSwish": a.hard_swish,
    "mish": a.mish,
    "sigmoid": a.sigmoid,
    "hardSigmoid": a.hard_sigmoid,
    "tanh": a.tanh,
    "softplus": a.softplus,
    "softmax": a.softmax,
    "logSoftmax": a.log_softmax,
    "celu": a.celu,
    "exponential": a.exponential,
    "hardShrink": a.hard_shrink,
    "hardTanh": a.hard_tanh,
    "logSigmoid": a.log_sigmoid,
    "softShrink": a.soft_shrink,
    "softsign": a.softsign,
    "sparsePlus": a.sparse_plus,
    "sparseSigmoid": a.sparse_sigmoid,
    "squareplus": a.squareplus,
    "tanhShrink": a.tanh_shrink,
    # Keras has no defaults for it; these are svertka's.
    "threshold": lambda x, threshold=0.0, default_value=0.0: a.threshold(x, threshold, default_value),
}

OPTIONS: dict[str, list[str]] = {
    "relu": ["negativeSlope", "maxValue", "threshold"],
    "leakyRelu": ["negativeSlope"],
    "elu": ["alpha"],
    "gelu": ["approximate"],
    "celu": ["alpha"],
    "hardShrink": ["threshold"],
    "softShrink": ["threshold"],
    "squareplus": ["b"],
    "threshold": ["threshold", "defaultValue"],
}


def draws(dice: random.Random) -> dict[str, tuple[str, Callable]]:
    """Keras's word for an option, and a value of it."""
    # Two decimals: no threshold is an input, which are odd multiples of 1/128. None is below 0, which Keras's layer refuses.
    return {
        "negativeSlope": ("negative_slope", lambda: round(dice.uniform(0.01, 0.5), 2)),
        "maxValue": ("max_value", lambda: round(dice.uniform(0.6, 2), 2)),
        "threshold": ("threshold", lambda: round(dice.uniform(0.01, 0.5), 2)),
        "alpha": ("alpha", lambda: round(dice.uniform(0.1, 1.5), 2)),
        "approximate": ("approximate", lambda: dice.random() < 0.5),
        "b": ("b", lambda: round(dice.uniform(0.1, 6), 2)),
        "defaultValue": ("default_value", lambda: round(dice.uniform(-1, 1), 2)),
    }
