"""Writes test/fixtures/operators/<operator>.json for activations and merges: see make_operators.py, which this extends."""

import sys
from typing import Callable

import make_operators  # before TensorFlow: it sets its environment
from make_operators import SPECIAL, binary, f32, operator, unary, values

import keras
import numpy as np
import tensorflow as tf

NAMES: list[str] = []


def own(name: str, source: str):
    NAMES.append(name)
    return operator(name, source)


own("elu", "keras.activations.elu")(lambda: unary(keras.activations.elu, {"alpha": 1.0}, {"alpha": 0.5}))
own("selu", "keras.activations.selu")(lambda: unary(keras.activations.selu))
own("gelu", "keras.activations.gelu")(
    lambda: unary(keras.activations.gelu, {"approximate": False}, {"approximate": True})
)
own("silu", "keras.activations.silu")(lambda: unary(keras.activations.silu))
own("hardSwish", "keras.activations.hard_swish")(lambda: unary(keras.activations.hard_swish))
own("mish", "keras.activations.mish")(lambda: unary(keras.activations.mish))
own("hardSigmoid", "keras.activations.hard_sigmoid")(lambda: unary(keras.activations.hard_sigmoid))
own("exponential", "keras.activations.exponential")(lambda: unary(keras.activations.exponential))
own("hardTanh", "keras.activations.hard_tanh")(lambda: unary(keras.activations.hard_tanh))
own("logSigmoid", "keras.activations.log_sigmoid")(lambda: unary(keras.activations.log_sigmoid))
own("softsign", "keras.activations.softsign")(lambda: unary(keras.activations.softsign))
own("sparsePlus", "keras.activations.sparse_plus")(lambda: unary(keras.activations.sparse_plus))
own("sparseSigmoid", "keras.activations.sparse_sigmoid")(lambda: unary(keras.activations.sparse_sigmoid))
own("celu", "keras.activations.celu")(lambda: unary(keras.activations.celu, {"alpha": 1.0}, {"alpha": 0.5}))
own("hardShrink", "keras.activations.hard_shrink")(
    lambda: unary(keras.activations.hard_shrink, {"threshold": 0.5}, {"threshold": 3.25})
)
own("softShrink", "keras.activations.soft_shrink")(
    lambda: unary(keras.activations.soft_shrink, {"threshold": 0.5}, {"threshold": 3.25})
)


def in_float64(function: Callable) -> Callable:
    """Where float32 cancels: computed in float64, then rounded."""
    return lambda x, **options: tf.cast(function(tf.cast(x, tf.float64), **options), tf.float32)


own("tanhShrink", "keras.activations.tanh_shrink")(lambda: unary(in_float64(keras.activations.tanh_shrink)))


@own("squareplus", "keras.activations.squareplus")
def squareplus():
    # Its limit at -Infinity is 0; Keras's formula gives NaN there.
    finite = SPECIAL[SPECIAL != -np.inf]
    for b in (4.0, 0.25):
        for x in (finite, values(1, 2, 3, 4) * 4, f32(-2.5)[0]):
            yield {"b": b}, [x], in_float64(keras.activations.squareplus)(x, b=b)


@own("threshold", "keras.activations.threshold")
def threshold():
    for attrs in ({"threshold": 0.0, "defaultValue": 0.0}, {"threshold": 0.5, "defaultValue": -0.25}):
        for x in (SPECIAL, values(1, 2, 3, 4) * 4, f32(-2.5)[0]):
            yield attrs, [x], keras.activations.threshold(tf.constant(x), attrs["threshold"], attrs["defaultValue"])


own("maximum", "tf.math.maximum")(lambda: binary(tf.math.maximum))
own("minimum", "tf.math.minimum")(lambda: binary(tf.math.minimum))


@own("prelu", "keras.layers.PReLU")
def prelu():
    for x, alpha in (
        (SPECIAL, f32(0.25)[0]),
        (SPECIAL, f32(0)[0]),
        (values(600, 3, 4, 5) * 4, values(601, 5)),
        (values(602, 2, 3, 2, 4), values(603, 3, 2, 4)),
        (values(604, 2, 3, 2, 4), values(605, 1, 1, 4)),
    ):
        # The layer's own formula: relu(x) - alpha relu(-x).
        yield {}, [x, alpha], keras.activations.relu(x) - alpha * keras.activations.relu(-x)


if __name__ == "__main__":
    make_operators.main(sys.argv[1:] or NAMES)
