"""Writes test/fixtures/operators/<operator>.json for activations and merges: see make_operators.py, which this extends."""

import sys

import make_operators  # before TensorFlow: it sets its environment
from make_operators import SPECIAL, binary, f32, operator, unary, values

import keras
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
