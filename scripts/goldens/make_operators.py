"""Writes test/fixtures/operators/<operator>.json: what TensorFlow computes for each IR operator.

Images are NHWC, kernels HWIO. Values are multiples of 1/64 (short in JSON, exact in float32) except
where the point of a case is another number. An operator is one function below: it yields its cases.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import json
import math
import pathlib
import sys
from dataclasses import dataclass, replace
from typing import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "operators"
DTYPES = {"float32": "f32", "int32": "i32"}

Case = tuple[dict, list, tf.Tensor]
"""Attributes, inputs, output."""


@dataclass(frozen=True)
class Operator:
    source: str
    cases: Callable[[], Iterator[Case]]


OPERATORS: dict[str, Operator] = {}


def operator(name: str, source: str) -> Callable:
    """Registers the function that yields the cases of the operator `name`."""

    def register(cases: Callable[[], Iterator[Case]]) -> Callable[[], Iterator[Case]]:
        OPERATORS[name] = Operator(source, cases)
        return cases

    return register


def values(seed: int, *shape: int) -> np.ndarray:
    """Multiples of 1/64 in [-2, 2)."""
    unit = formula.u(5000 + seed, math.prod(shape))
    return (np.floor(unit * 256) / 64 - 2).astype(np.float32).reshape(shape)


def f32(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


# Elementwise ---------------------------------------------------------------------------------------

SPECIAL = f32(
    math.nan, math.inf, -math.inf, -0.0, 0.0, 1, -1, 0.5, -0.5, 6, 6.5, -6.5, 20, -20, 88, -88,
    1e-7, -1e-7, 1e-30, 1e30, -1e30, 3.25, -3.25, 9, -9, 15, -15,
)  # fmt: skip


def unary(function: Callable, *attrs: dict) -> Iterator[Case]:
    for attr in attrs or ({},):
        for x in (SPECIAL, values(1, 2, 3, 4) * 4, f32(-2.5)[0]):
            yield attr, [x], function(x, **attr)


operator("relu", "tf.nn.relu")(lambda: unary(tf.nn.relu))
operator("relu6", "tf.nn.relu6")(lambda: unary(tf.nn.relu6))
operator("leakyRelu", "tf.nn.leaky_relu")(
    lambda: unary(tf.nn.leaky_relu, {"alpha": 0.2}, {"alpha": 0.3}, {"alpha": 0.01})
)
operator("sigmoid", "tf.math.sigmoid")(lambda: unary(tf.math.sigmoid))
operator("tanh", "tf.math.tanh")(lambda: unary(tf.math.tanh))
operator("softplus", "tf.math.softplus")(lambda: unary(tf.math.softplus))

SPECIAL_PAIRS = (
    f32(math.nan, 1, math.inf, math.inf, -math.inf, math.inf, -0.0, -0.0, 0.0, 1e30, 1e30, 1e-7, 20, -88, 1, 16777216),
    f32(1, math.nan, math.inf, -math.inf, -math.inf, 0, -0.0, 0.0, -0.0, 1e30, -1e30, 1, 1e-7, 88, -1, 1),
)


def binary(function: Callable) -> Iterator[Case]:
    shapes = [
        ((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((4,), (2, 3, 4)), ((2, 1, 4), (3, 1)), ((2, 2, 2, 3), (1, 2, 1, 3)),
        ((5,), ()), ((), (2, 2)), ((), ()),
    ]  # fmt: skip
    yield {}, [*SPECIAL_PAIRS], function(*SPECIAL_PAIRS)
    for a, b in shapes:
        pair = [values(2, *a), values(3, *b)]
        yield {}, pair, function(*pair)


operator("add", "tf.math.add")(lambda: binary(tf.math.add))
operator("subtract", "tf.math.subtract")(lambda: binary(tf.math.subtract))
operator("multiply", "tf.math.multiply")(lambda: binary(tf.math.multiply))


@operator("biasAdd", "tf.nn.bias_add")
def bias_add() -> Iterator[Case]:
    special = [np.tile(SPECIAL[:, None], (1, 3)), f32(0.25, -0.0, 1e30)]
    for inputs in (special, [values(4, 4, 5), values(5, 5)], [values(6, 2, 3, 2, 4), values(7, 4)]):
        yield {}, inputs, tf.nn.bias_add(*inputs)


@operator("cast", "tf.cast")
def cast() -> Iterator[Case]:
    truncated = f32(
        -0.0,
        0,
        0.5,
        -0.5,
        0.99999994,
        -0.99999994,
        1.5,
        -1.5,
        2.5,
        1e-7,
        88.7,
        -88.7,
        16777217,
        2147483520,
        -2147483648,
    )
    integers = np.array(
        [0, 1, -1, 127, -128, 16777216, 16777217, 16777219, -16777217, 2147483647, -2147483648, 1000000007], np.int32
    )
    yield {"dtype": "i32"}, [truncated], tf.cast(truncated, tf.int32)
    yield {"dtype": "i32"}, [values(8, 2, 3, 2) * 10], tf.cast(values(8, 2, 3, 2) * 10, tf.int32)
    yield {"dtype": "f32"}, [integers], tf.cast(integers, tf.float32)
    yield {"dtype": "f32"}, [integers.reshape(3, 4)], tf.cast(integers.reshape(3, 4), tf.float32)


# Convolution ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConvCase:
    size: tuple[int, int]
    channels: int
    kernel: tuple[int, int]
    filters: int
    strides: tuple[int, int] = (1, 1)
    pads: str | list = "VALID"
    """TensorFlow's word, or explicit pads done with tf.pad."""
    dilations: tuple[int, int] = (1, 1)
    groups: int = 1
    batch: int = 2


CONV_CASES = [
    ConvCase((4, 4), 2, (3, 3), 3),
    ConvCase((4, 3), 2, (1, 1), 3),
    ConvCase((5, 5), 2, (3, 3), 2, pads="SAME"),
    ConvCase((5, 6), 2, (3, 2), 3, strides=(2, 3)),
    ConvCase((6, 5), 2, (3, 3), 2, strides=(2, 2), pads="SAME"),
    ConvCase((5, 6), 1, (2, 4), 3, strides=(1, 2), pads="SAME"),
    # The last row and column are read by no window.
    ConvCase((6, 7), 2, (2, 2), 2, strides=(4, 3)),
    # The stride is larger than the kernel: rows and columns between windows are read by none.
    ConvCase((7, 6), 2, (1, 2), 2, strides=(3, 4), pads="SAME"),
    ConvCase((4, 5), 2, (3, 2), 2, pads=[[1, 2], [0, 3]]),
    ConvCase((5, 4), 2, (3, 3), 2, strides=(2, 3), pads=[[2, 0], [1, 3]]),
    ConvCase((5, 6), 1, (2, 3), 2, pads=[[0, 1], [1, 0]], dilations=(2, 2)),
    ConvCase((7, 6), 1, (3, 2), 2, dilations=(3, 1)),
    ConvCase((7, 8), 2, (2, 3), 1, strides=(2, 2), pads=[[1, 1], [2, 0]], dilations=(3, 2)),
    ConvCase((4, 4), 4, (3, 3), 4, pads="SAME", groups=2),
    ConvCase((5, 4), 3, (2, 3), 6, strides=(2, 1), pads=[[0, 1], [1, 2]], groups=3),
    ConvCase((4, 4), 4, (2, 2), 2, groups=2, dilations=(1, 2), strides=(1, 2)),
    # The kernel is as large as the image.
    ConvCase((3, 4), 2, (3, 4), 2, batch=1),
]


def same_pads(size: int, kernel: int, stride: int) -> list[int]:
    """TensorFlow's "SAME": ceil(size / stride) windows, the odd pixel of padding at the end."""
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return [total // 2, total - total // 2]


def explicit_pads(pads: str | list, size: tuple, kernel: tuple, strides: tuple) -> list:
    if pads == "VALID":
        return [[0, 0], [0, 0]]
    if pads == "SAME":
        return [same_pads(*axis) for axis in zip(size, kernel, strides)]
    return pads


def pad_image(x: tf.Tensor, pads: list, value: float = 0.0) -> tf.Tensor:
    return tf.pad(x, [[0, 0], *pads, [0, 0]], constant_values=value)


def dilate(kernel: tf.Tensor, dilations: tuple[int, int]) -> tf.Tensor:
    """The kernel with zeros between its taps: on CPU TensorFlow has no gradient of a dilated conv2d."""
    for axis, rate in enumerate(dilations):
        taps = tf.split(kernel, kernel.shape[axis], axis)
        gap = tf.repeat(tf.zeros_like(taps[0]), rate - 1, axis=axis)
        parts = [part for tap in taps for part in (tap, gap)]
        kernel = tf.concat(parts[:-1], axis)
    return kernel


def conv(case: ConvCase, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """tf.nn.conv2d for each group, TensorFlow's own padding where it has a word for it."""
    word = case.pads if isinstance(case.pads, str) else "VALID"
    x = x if isinstance(case.pads, str) else pad_image(x, case.pads)
    kernel = dilate(kernel, case.dilations)
    pairs = zip(tf.split(x, case.groups, 3), tf.split(kernel, case.groups, 3))
    return tf.concat([tf.nn.conv2d(a, k, case.strides, word) for a, k in pairs], 3)


def conv_attrs(case: ConvCase) -> dict:
    assert case.pads != "SAME" or case.dilations == (1, 1)
    return {
        "strides": list(case.strides),
        "pads": explicit_pads(case.pads, case.size, case.kernel, case.strides),
        "dilations": list(case.dilations),
        "groups": case.groups,
    }


def conv_tensors() -> Iterator[tuple[ConvCase, tf.Tensor, tf.Tensor, tf.Tensor, tuple]]:
    """Each case with x, kernel, dy and the gradients for x and kernel."""
    for index, case in enumerate(CONV_CASES):
        x = tf.constant(values(100 + index, case.batch, *case.size, case.channels))
        kernel = tf.constant(values(200 + index, *case.kernel, case.channels // case.groups, case.filters))
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = conv(case, x, kernel)
        dy = tf.constant(values(300 + index, *y.shape))
        yield case, x, kernel, dy, tape.gradient(y, (x, kernel), dy)


@operator("conv2d", "tf.nn.conv2d (dilated kernels written out with zeros, groups by split and concat)")
def conv2d() -> Iterator[Case]:
    for case, x, kernel, _, _ in conv_tensors():
        yield conv_attrs(case), [x, kernel], conv(case, x, kernel)


@operator("conv2dInputGradient", "tf.GradientTape through tf.nn.conv2d")
def conv2d_input_gradient() -> Iterator[Case]:
    for case, x, kernel, dy, (dx, _) in conv_tensors():
        yield {"inputSize": list(case.size), **conv_attrs(case)}, [dy, kernel], dx


@operator("conv2dFilterGradient", "tf.GradientTape through tf.nn.conv2d")
def conv2d_filter_gradient() -> Iterator[Case]:
    for case, x, kernel, dy, (_, dkernel) in conv_tensors():
        yield {"kernelSize": list(case.kernel), **conv_attrs(case)}, [x, dy], dkernel


DEPTHWISE_CASES = [
    ConvCase((4, 4), 3, (3, 3), 3),
    ConvCase((4, 3), 2, (1, 1), 4),
    ConvCase((5, 5), 5, (3, 3), 5, pads="SAME"),
    ConvCase((5, 6), 2, (3, 2), 6, strides=(2, 3)),
    ConvCase((6, 5), 3, (3, 3), 3, strides=(2, 2), pads="SAME"),
    # The stride is larger than the kernel: rows and columns between windows are read by none.
    ConvCase((7, 6), 2, (1, 2), 2, strides=(3, 4), pads="SAME"),
    ConvCase((5, 4), 2, (3, 3), 4, strides=(2, 3), pads=[[2, 0], [1, 3]]),
    ConvCase((7, 6), 1, (3, 2), 2, dilations=(3, 1)),
    ConvCase((6, 6), 3, (2, 3), 3, pads=[[1, 1], [0, 2]], dilations=(2, 2)),
    ConvCase((7, 8), 2, (2, 3), 2, strides=(2, 2), pads=[[1, 1], [2, 0]], dilations=(3, 2)),
    ConvCase((3, 4), 4, (3, 4), 4, batch=1),
]


def depthwise(case: ConvCase, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Each channel by tf.nn.conv2d, which takes all strides; tf.nn.depthwise_conv2d agrees where it takes them."""
    one = replace(case, channels=1, groups=1)
    parts = [conv(one, x[..., c : c + 1], kernel[:, :, c : c + 1]) for c in range(case.channels)]
    y = tf.concat(parts, 3)
    if case.strides[0] == case.strides[1] and case.dilations == (1, 1) and isinstance(case.pads, str):
        witness = tf.nn.depthwise_conv2d(x, kernel, [1, *case.strides, 1], case.pads)
        np.testing.assert_allclose(y, witness, rtol=1e-5, atol=1e-5)
    return y


def depthwise_tensors() -> Iterator[tuple[ConvCase, tf.Tensor, tf.Tensor, tf.Tensor, tuple]]:
    """Each case with x, kernel, dy and the gradients for x and kernel."""
    for index, case in enumerate(DEPTHWISE_CASES):
        x = tf.constant(values(600 + index, case.batch, *case.size, case.channels))
        kernel = tf.constant(values(700 + index, *case.kernel, case.channels, case.filters // case.channels))
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = depthwise(case, x, kernel)
        dy = tf.constant(values(800 + index, *y.shape))
        yield case, x, kernel, dy, tape.gradient(y, (x, kernel), dy)


def depthwise_attrs(case: ConvCase) -> dict:
    return {name: value for name, value in conv_attrs(case).items() if name != "groups"}


@operator("depthwiseConv2d", "tf.nn.conv2d channel by channel, tf.nn.depthwise_conv2d where it takes the strides")
def depthwise_conv2d() -> Iterator[Case]:
    for case, x, kernel, _, _ in depthwise_tensors():
        yield depthwise_attrs(case), [x, kernel], depthwise(case, x, kernel)


@operator("depthwiseConv2dInputGradient", "tf.GradientTape through tf.nn.conv2d channel by channel")
def depthwise_conv2d_input_gradient() -> Iterator[Case]:
    for case, x, kernel, dy, (dx, _) in depthwise_tensors():
        yield {"inputSize": list(case.size), **depthwise_attrs(case)}, [dy, kernel], dx


@operator("depthwiseConv2dFilterGradient", "tf.GradientTape through tf.nn.conv2d channel by channel")
def depthwise_conv2d_filter_gradient() -> Iterator[Case]:
    for case, x, kernel, dy, (_, dkernel) in depthwise_tensors():
        yield {"kernelSize": list(case.kernel), **depthwise_attrs(case)}, [x, dy], dkernel


@operator("matMul", "tf.linalg.matmul")
def mat_mul() -> Iterator[Case]:
    for seed, (m, k, n) in enumerate([(3, 4, 5), (1, 7, 2), (6, 1, 3), (4, 9, 1)]):
        for transpose_a in (False, True):
            for transpose_b in (False, True):
                a = values(20 + seed, *((k, m) if transpose_a else (m, k)))
                b = values(30 + seed, *((n, k) if transpose_b else (k, n)))
                attrs = {"transposeA": transpose_a, "transposeB": transpose_b}
                yield attrs, [a, b], tf.linalg.matmul(a, b, transpose_a, transpose_b)


# Pooling -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PoolCase:
    size: tuple[int, int]
    pool: tuple[int, int]
    strides: tuple[int, int]
    pads: str | list = "VALID"
    ties: bool = False
    """Few distinct values (as after a relu): max pooling's gradient goes to the first of the largest."""


POOL_CASES = [
    PoolCase((4, 6), (2, 2), (2, 2)),
    PoolCase((5, 7), (2, 2), (2, 2)),
    PoolCase((5, 5), (2, 2), (2, 2), "SAME"),
    # Overlapping windows.
    PoolCase((5, 6), (3, 3), (1, 2)),
    PoolCase((5, 6), (3, 2), (2, 1), "SAME"),
    PoolCase((4, 7), (2, 3), (1, 3), "SAME"),
    # Windows with gaps between them.
    PoolCase((7, 7), (1, 2), (3, 3)),
    PoolCase((5, 4), (3, 3), (2, 2), [[2, 0], [1, 2]]),
    PoolCase((4, 5), (2, 4), (2, 1), [[0, 1], [3, 1]]),
    PoolCase((3, 4), (3, 4), (1, 1)),
    PoolCase((5, 6), (3, 3), (1, 1), ties=True),
    PoolCase((6, 6), (2, 2), (2, 2), ties=True),
]


def max_pool(case: PoolCase, x: tf.Tensor) -> tf.Tensor:
    """Explicit pads are -Infinity, which never wins."""
    if isinstance(case.pads, str):
        return tf.nn.max_pool2d(x, case.pool, case.strides, case.pads)
    return tf.nn.max_pool2d(pad_image(x, case.pads, -math.inf), case.pool, case.strides, "VALID")


def avg_pool(case: PoolCase, x: tf.Tensor) -> tf.Tensor:
    """With explicit pads: the padded mean over the mean of ones padded alike leaves the padding out."""
    if isinstance(case.pads, str):
        return tf.nn.avg_pool2d(x, case.pool, case.strides, case.pads)

    def padded_mean(image: tf.Tensor) -> tf.Tensor:
        return tf.nn.avg_pool2d(pad_image(image, case.pads), case.pool, case.strides, "VALID")

    return padded_mean(x) / padded_mean(tf.ones_like(x))


def pool_attrs(case: PoolCase) -> dict:
    pads = explicit_pads(case.pads, case.size, case.pool, case.strides)
    return {"poolSize": list(case.pool), "strides": list(case.strides), "pads": pads}


def pool_tensors(function: Callable) -> Iterator[tuple[PoolCase, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]]:
    """Each case with x, y, dy, dx. In the first cases x is negative: zero padding would win."""
    for index, case in enumerate(POOL_CASES):
        numbers = values(400 + index, 2, *case.size, 2)
        x = tf.constant(np.maximum(np.round(numbers), 0) if case.ties else numbers - 3)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(case, x)
        dy = tf.constant(values(500 + index, *y.shape))
        yield case, x, y, dy, tape.gradient(y, x, dy)


@operator("maxPool2d", "tf.nn.max_pool2d (explicit pads by tf.pad with -Infinity)")
def max_pool2d() -> Iterator[Case]:
    for case, x, y, _, _ in pool_tensors(max_pool):
        yield pool_attrs(case), [x], y


@operator("maxPool2dGradient", "tf.GradientTape through tf.nn.max_pool2d")
def max_pool2d_gradient() -> Iterator[Case]:
    for case, x, y, dy, dx in pool_tensors(max_pool):
        yield pool_attrs(case), [x, y, dy], dx


@operator("avgPool2d", "tf.nn.avg_pool2d (explicit pads by tf.pad, divided by the pooled ones)")
def avg_pool2d() -> Iterator[Case]:
    for case, x, y, _, _ in pool_tensors(avg_pool):
        yield pool_attrs(case), [x], y


@operator("avgPool2dGradient", "tf.GradientTape through tf.nn.avg_pool2d")
def avg_pool2d_gradient() -> Iterator[Case]:
    for case, _, _, dy, dx in pool_tensors(avg_pool):
        yield {"inputSize": list(case.size), **pool_attrs(case)}, [dy], dx


# Reductions ----------------------------------------------------------------------------------------

REDUCTION_CASES = [
    ((2, 3, 4), [0, 1, 2]), ((2, 3, 4), [2]), ((2, 3, 4), [0, 2]), ((2, 3, 2, 4), [1, 2]), ((2, 3, 2, 4), [0, 1, 2]),
    ((5,), [0]), ((2, 3), []), ((3, 1, 2), [1]),
]  # fmt: skip


def reduction(function: Callable) -> Iterator[Case]:
    for index, (shape, axes) in enumerate(REDUCTION_CASES):
        for keep in (False, True):
            x = values(40 + index, *shape)
            yield {"axes": axes, "keepDims": keep}, [x], function(x, axes, keep)
    special = f32(1, math.inf, 2, -math.inf, -math.inf, -3, 1e30, 1e-7, -5, -math.inf, -math.inf, -math.inf).reshape(
        4, 3
    )
    yield {"axes": [1], "keepDims": False}, [special], function(special, [1], False)


operator("reduceSum", "tf.math.reduce_sum")(lambda: reduction(tf.math.reduce_sum))
operator("reduceMean", "tf.math.reduce_mean")(lambda: reduction(tf.math.reduce_mean))
operator("reduceMax", "tf.math.reduce_max")(lambda: reduction(tf.math.reduce_max))


@operator("argMax", "tf.math.argmax (int32 output; the first of equals)")
def arg_max() -> Iterator[Case]:
    ties = f32(1, 3, 3, 0, 0, 0, -1, -2, -1, -math.inf, -5, math.inf).reshape(4, 3)
    for x, axis in (
        (values(50, 3, 5), 1),
        (values(50, 3, 5), 0),
        (values(51, 2, 3, 4), 1),
        (values(52, 2, 3, 2, 4), 3),
        (ties, 1),
        (ties, 0),
    ):
        yield {"axis": axis}, [x], tf.math.argmax(x, axis, tf.int32)


def softmax_inputs() -> Iterator[np.ndarray]:
    yield values(60, 3, 5) * 4
    yield values(61, 2, 2, 3)
    yield f32(
        1000, 999, 0, -1000, 88, 89, 90, 91, 1e30, 1e30, 0, -1e30, -88, -188, -288, -388, 1e-7, 0, -0.0, -1e-7
    ).reshape(5, 4)
    yield f32(-math.inf, 1, 2, 0.5, -math.inf, -math.inf, 0, -math.inf, 7, 7, 7, 7).reshape(3, 4)
    # No largest value to subtract: NaN throughout.
    yield f32(-math.inf, -math.inf, math.inf, 1, math.nan, 1).reshape(3, 2)
    yield values(62, 6)
    yield values(63, 4, 1)


operator("softmax", "tf.nn.softmax")(lambda: (({}, [x], tf.nn.softmax(x)) for x in softmax_inputs()))
operator("logSoftmax", "tf.nn.log_softmax")(lambda: (({}, [x], tf.nn.log_softmax(x)) for x in softmax_inputs()))


# Data movement -------------------------------------------------------------------------------------


@operator("reshape", "tf.reshape")
def reshape() -> Iterator[Case]:
    for source, target in (
        ((2, 3, 4), [6, 4]),
        ((2, 3, 4), [24]),
        ((6,), [1, 2, 3, 1]),
        ((1, 1), []),
        ((), [1, 1]),
        ((4, 3), [3, 4]),
    ):
        x = values(70, *source)
        yield {"shape": target}, [x], tf.reshape(x, target)


@operator("transpose", "tf.transpose")
def transpose() -> Iterator[Case]:
    cases = (
        ((3, 4), [1, 0]),
        ((2, 3, 4), [2, 0, 1]),
        ((2, 3, 4), [1, 2, 0]),
        ((2, 3, 4, 2), [0, 3, 1, 2]),
        ((2, 3, 4, 2), [3, 1, 2, 0]),
        ((2, 3, 2, 4), [2, 3, 1, 0]),
        ((2, 3), [0, 1]),
    )
    for shape, permutation in cases:
        x = values(71, *shape)
        yield {"permutation": permutation}, [x], tf.transpose(x, permutation)


@operator("pad", "tf.pad")
def pad() -> Iterator[Case]:
    cases = (
        ((3,), [[1, 2]], 0.0), ((2, 3), [[0, 1], [2, 0]], 1.5), ((2, 3, 2, 2), [[0, 0], [1, 2], [3, 0], [0, 0]], 0.0),
        ((1, 2, 2, 2), [[1, 0], [0, 1], [1, 0], [0, 2]], -7.5), ((2, 2), [[0, 0], [0, 0]], 3.0), ((), [], 1.0),
    )  # fmt: skip
    for shape, pads, value in cases:
        x = values(72, *shape)
        yield (
            {"pads": pads, "value": value},
            [x],
            tf.pad(x, np.array(pads, np.int32).reshape(-1, 2), constant_values=value),
        )


@operator("slice", "tf.slice")
def slice_() -> Iterator[Case]:
    cases = (
        ((6,), [2], [3]),
        ((4, 5), [1, 0], [2, 5]),
        ((4, 5), [3, 4], [1, 1]),
        ((2, 3, 4), [0, 1, 2], [2, 2, 1]),
        ((2, 4, 5, 2), [1, 1, 2, 0], [1, 3, 2, 2]),
    )
    for shape, begin, size in cases:
        x = values(73, *shape)
        yield {"begin": begin, "size": size}, [x], tf.slice(x, begin, size)


@operator("concatenate", "tf.concat")
def concatenate() -> Iterator[Case]:
    cases = (
        ([(2,), (3,)], 0),
        ([(2, 3), (2, 1)], 1),
        ([(1, 3), (2, 3), (3, 3)], 0),
        ([(2, 2, 2, 3), (2, 2, 2, 1), (2, 2, 2, 2)], 3),
        ([(2, 1, 3), (2, 2, 3)], 1),
        ([(2, 2)], 0),
    )
    for shapes, axis in cases:
        inputs = [values(74 + index, *shape) for index, shape in enumerate(shapes)]
        yield {"axis": axis}, inputs, tf.concat(inputs, axis)


@operator("reverse", "tf.reverse")
def reverse() -> Iterator[Case]:
    for shape, axes in (
        ((5,), [0]),
        ((3, 4), [1]),
        ((3, 4), [0, 1]),
        ((3, 2, 2, 3), [0, 1]),
        ((2, 3, 2, 2), [1, 3]),
        ((2, 3), []),
    ):
        x = values(77, *shape)
        yield {"axes": axes}, [x], tf.reverse(x, np.array(axes, np.int32))


@operator("projectiveTransform", "tf.raw_ops.ImageProjectiveTransformV3")
def projective_transform() -> Iterator[Case]:
    """Places are odd multiples of 1/64 or whole numbers: no two backends round a half to different cells."""
    odd = 1 / 64
    turned = [0.75, -0.5, 1 + odd, 0.5, 0.75, -1 - odd, 0, 0]
    far = [1.25, 0.25, -9 - odd, -0.25, 1.5, 11 + odd, 0, 0]
    projected = [1, 0.25, 0.5 + odd, 0.125, 1, -0.25 + odd, -0.5, 0.125]  # k is 0 at x = 2, y = 0
    shifted = [1, 0, -1, 0, 1, 2, 0, 0]
    special = values(91, 1, 4, 3, 1)
    special[0, :, 0, 0] = (math.nan, math.inf, -math.inf, -0.0)
    for mode in ("constant", "nearest", "reflect", "wrap"):
        for between in ("bilinear", "nearest"):
            yield sampled(mode, between, (3, 4), values(90, 2, 3, 4, 2), [turned, far])
        yield sampled(mode, "bilinear", (2, 5), values(92, 2, 3, 4, 1), [projected, shifted])
        yield sampled(mode, "nearest", (4, 3), special, [shifted])
        yield sampled(mode, "bilinear", (2, 3), values(93, 1, 1, 3, 1), [far])


def sampled(mode: str, between: str, size: tuple, images: np.ndarray, matrices: list) -> Case:
    transforms = np.array(matrices, np.float32)
    output = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=size,
        fill_value=0.25,
        interpolation=between.upper(),
        fill_mode=mode.upper(),
    )
    attrs = {"fillMode": mode, "interpolation": between, "fillValue": 0.25, "outputSize": list(size)}
    return attrs, [images, transforms], output


@operator("broadcastTo", "tf.broadcast_to")
def broadcast_to() -> Iterator[Case]:
    for source, target in (
        ((), [3]),
        ((), [2, 2]),
        ((4,), [3, 4]),
        ((3, 1), [3, 4]),
        ((2, 1, 3), [2, 4, 3]),
        ((1, 1, 1, 3), [2, 2, 3, 3]),
        ((2, 3), [2, 3]),
    ):
        x = values(78, *source)
        yield {"shape": target}, [x], tf.broadcast_to(x, target)


@operator("oneHot", "tf.one_hot (float32; a label outside the depth gives zeros)")
def one_hot() -> Iterator[Case]:
    for labels, depth in (
        ([0, 2, 1, 3], 4),
        ([-1, 0, 2, 3, 100], 3),
        ([[0, 1, 2], [4, 5, -2]], 5),
        (1, 3),
        ([0, 0], 1),
    ):
        indices = np.array(labels, np.int32)
        yield {"depth": depth}, [indices], tf.one_hot(indices, depth)


@operator("batchNormalization", "tf.nn.batch_normalization (as Keras's inference)")
def batch_normalization() -> Iterator[Case]:
    for seed, (shape, epsilon) in enumerate(
        (((2, 3, 3, 4), 1e-3), ((5, 3), 1e-5), ((2, 2, 4, 1), 1e-3), ((4, 6), 0.1))
    ):
        channels = shape[-1]
        x, mean, gamma, beta = (
            values(80 + 4 * seed + k, *s) for k, s in enumerate((shape, (channels,), (channels,), (channels,)))
        )
        variance = values(96 + seed, channels) + np.float32(2.0)
        yield batch_norm_case(epsilon, x, mean, variance, gamma, beta)
    # Variance zero (a dead channel), tiny, large.
    ends = values(99, 3, 3), f32(0.5, -0.25, 1), f32(0, 1e-7, 1e6), f32(1, 0, -2), f32(0, 0.5, -0.5)
    yield batch_norm_case(1e-3, *ends)


def batch_norm_case(
    epsilon: float, x: np.ndarray, mean: np.ndarray, variance: np.ndarray, gamma: np.ndarray, beta: np.ndarray
) -> Case:
    y = tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)
    return {"epsilon": epsilon}, [x, mean, variance, gamma, beta], y


# Writing -------------------------------------------------------------------------------------------


def number(value: float | int | bool) -> object:
    """Nine significant digits tell every float32 apart; what JSON has no number for is a string."""
    if isinstance(value, (bool, int, np.integer)):
        return value if isinstance(value, bool) else int(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else 0
    nine = float(f"{value:.9g}")
    return int(nine) if nine.is_integer() and abs(nine) < 2**53 else nine


def attribute(value: object) -> object:
    if isinstance(value, dict):
        return {name: attribute(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [attribute(entry) for entry in value]
    return value if isinstance(value, str) else number(value)


def tensor(value: tf.Tensor | np.ndarray) -> dict:
    array = np.asarray(value)
    data = [number(entry.item()) for entry in array.ravel()]
    return {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape), "data": data}


def line(case: Case) -> str:
    attrs, inputs, output = case
    document = {"attrs": attribute(attrs), "inputs": [tensor(x) for x in inputs], "output": tensor(output)}
    return json.dumps(document, allow_nan=False)


def main(names: list[str]) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    OUT.mkdir(parents=True, exist_ok=True)
    for name, spec in OPERATORS.items():
        if names and name not in names:
            continue
        cases = [line(case) for case in spec.cases()]
        source = f"Keras {keras.__version__} / TensorFlow {tf.__version__}, {spec.source}"
        head = f'{{\n  "operator": {json.dumps(name)},\n  "source": {json.dumps(source)},\n  "cases": [\n    '
        (OUT / f"{name}.json").write_text(head + ",\n    ".join(cases) + "\n  ]\n}\n")
        print(f"{name}: {len(cases)} cases", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
