"""Writes test/fixtures/layers/<layer>.json for convolutions in one to three axes, forwards and backwards.

Keras 3 in float64, random configurations from a fixed seed. Padding in numbers, which Keras lacks, is a ZeroPadding
layer before a convolution, a Cropping layer after a transposed one.
"""

import random
import sys
from typing import Callable, Iterator

import make_layers_pointwise as goldens
from make_layers_pointwise import Case

import keras
import numpy as np
import tensorflow as tf

CASES = 12
NAMES = {"depthwise_kernel": "depthwiseKernel", "pointwise_kernel": "pointwiseKernel"}
PADDING = {1: keras.layers.ZeroPadding1D, 2: keras.layers.ZeroPadding2D, 3: keras.layers.ZeroPadding3D}
CROPPING = {1: keras.layers.Cropping1D, 2: keras.layers.Cropping2D, 3: keras.layers.Cropping3D}
SNAKE = {
    "filters": "filters",
    "kernelSize": "kernel_size",
    "strides": "strides",
    "padding": "padding",
    "dilationRate": "dilation_rate",
    "groups": "groups",
    "depthMultiplier": "depth_multiplier",
    "outputPadding": "output_padding",
    "useBias": "use_bias",
    "activation": "activation",
}


def per_axis(dice: random.Random, rank: int, low: int, high: int) -> int | list[int]:
    """One number for all axes, or one for each."""
    if rank == 1 or dice.random() < 0.5:
        return dice.randint(low, high)
    return [dice.randint(low, high) for _ in range(rank)]


def sides(dice: random.Random, rank: int, most: int):
    """A padding in one of the forms of Keras's ZeroPadding layers."""
    pair = [dice.randint(0, most), dice.randint(0, most)]
    if rank == 1:
        return dice.choice([dice.randint(1, most), pair])
    return dice.choice(
        [
            dice.randint(1, most),
            [dice.randint(0, most) for _ in range(rank)],
            [[dice.randint(0, most), dice.randint(0, most)] for _ in range(rank)],
        ]
    )


def as_list(value: int | list[int] | tuple[int, ...], rank: int) -> list[int]:
    return [value] * rank if isinstance(value, int) else list(value)


def tuples(value):
    """Keras wants tuples."""
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


def arguments(options: dict) -> dict:
    return {SNAKE[name]: tuples(value) for name, value in options.items()}


def common(dice: random.Random) -> dict:
    options = {}
    if dice.random() < 0.3:
        options["useBias"] = False
    if dice.random() < 0.3:
        options["activation"] = dice.choice(["relu", "tanh", "sigmoid", "softmax"])
    return options


class DilatedTranspose(keras.layers.Layer):
    """A transposed convolution whose kernel is written out with zeros: TensorFlow has no dilated one on CPU."""

    def __init__(self, filters, kernel_size, dilation_rate, use_bias=True, activation=None, **window):
        super().__init__()
        self.filters, self.kernel_size, self.dilation_rate = filters, kernel_size, dilation_rate
        self.use_bias, self.activation, self.window = use_bias, keras.activations.get(activation), window

    def build(self, shape):
        rank = len(shape) - 2
        kernel_size = as_list(self.kernel_size, rank)
        self.kernel = self.add_weight(name="kernel", shape=(*kernel_size, self.filters, shape[-1]))
        self.bias = self.add_weight(name="bias", shape=(self.filters,)) if self.use_bias else None

    def call(self, x):
        rank = len(x.shape) - 2
        kernel = self.kernel.value
        for axis, rate in enumerate(as_list(self.dilation_rate, rank)):
            taps = tf.split(kernel, kernel.shape[axis], axis)
            gap = tf.repeat(tf.zeros_like(taps[0]), rate - 1, axis=axis)
            kernel = tf.concat([part for tap in taps for part in (tap, gap)][:-1], axis)
        window = {"strides": 1, **self.window}
        window = {name: as_list(value, rank) if isinstance(value, int) else value for name, value in window.items()}
        y = keras.ops.conv_transpose(x, kernel, **window)
        return self.activation(y if self.bias is None else y + self.bias)


def with_padding(options: dict, build: Callable, around: dict, after: bool) -> keras.Layer:
    """The Keras layer, with a padding in numbers as a layer of its own."""
    if options.get("padding") == "causal" and build is not keras.layers.Conv1D:
        # Keras has it in Conv1D only.
        reach = options.get("dilationRate", 1) * (options["kernelSize"] - 1)
        options = {**options, "padding": [reach, 0]}
    if "padding" not in options or isinstance(options["padding"], str):
        return build(**arguments(options))
    rest = {name: value for name, value in options.items() if name != "padding"}
    window = around(tuples(options["padding"]))
    inner = build(**arguments(rest))
    return keras.Sequential([inner, window] if after else [window, inner])


def window_options(dice: random.Random, rank: int, words: list[str], strided: float = 0.5) -> dict:
    options = {"kernelSize": per_axis(dice, rank, 1, 3)}
    # Keras refuses strides and dilation in one layer.
    if dice.random() < strided:
        options["strides"] = per_axis(dice, rank, 1, 2 if rank == 3 else 3)
    elif dice.random() < 0.5:
        options["dilationRate"] = per_axis(dice, rank, 1, 2)
    choice = dice.random()
    if choice < 0.5:
        options["padding"] = dice.choice(words)
    elif choice < 0.8:
        options["padding"] = sides(dice, rank, 2)
    return options


def size(dice: random.Random, rank: int, channels: int, low: int) -> tuple[int, ...]:
    """Small, so that the fixtures are."""
    return (dice.randint(1, 2) if rank < 3 else 1, *(dice.randint(low, low + 1) for _ in range(rank)), channels)


def fits(options: dict, shape: tuple[int, ...], rank: int) -> bool:
    """Whether the window fits without padding."""
    kernel, dilation = as_list(options["kernelSize"], rank), as_list(options.get("dilationRate", 1), rank)
    reach = [rate * (taps - 1) + 1 for taps, rate in zip(kernel, dilation)]
    return all(axis >= extent for axis, extent in zip(shape[1:-1], reach))


def fitting(rank: int, draw: Callable) -> Callable:
    """The first draw that fits."""

    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        while True:
            options, shape = draw(dice)
            if fits(options, shape, rank):
                return options, shape

    return cases


def same_strides(options: dict) -> dict:
    """TensorFlow's depthwise kernels have one stride."""
    strides = options.get("strides", 1)
    return {**options, "strides": strides if isinstance(strides, int) else strides[0]} if "strides" in options else options


def is_adjoint(layer: keras.Layer, shape: tuple[int, ...]) -> bool:
    """Whether <g, f(x) - f(0)> = <f'(g), x>: TensorFlow 2.21's gradient of Conv3DTranspose with strides [3, 2, 2], kernel
    [1, 3, 3] and padding "same" on CPU is wrong, as finite differences show."""
    x = tf.constant(goldens.numbers(np.random.default_rng(1), shape), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
    g = tf.constant(goldens.numbers(np.random.default_rng(2), tuple(y.shape)), tf.float64)
    left = tf.reduce_sum(g * (y - layer(tf.zeros_like(x))))
    right = tf.reduce_sum(tape.gradient(y, x, g) * x)
    return bool(abs(left - right) <= 1e-9 * (1 + abs(left)))


def register(word: str, rank: int, build: Callable, cases: Callable, after: bool = False) -> None:
    around = (CROPPING if after else PADDING)[rank]

    def all_cases(dice: random.Random) -> Iterator[Case]:
        for _ in range(CASES):
            while True:
                options, shape = cases(dice)
                maker = DilatedTranspose if after and "dilationRate" in options else build
                if is_adjoint(with_padding({**options, "activation": "linear"}, maker, around, after), shape):
                    break
            yield Case(options, [shape], with_padding(options, maker, around, after), names=NAMES)

    goldens.layer(word, f"keras.layers.{build.__name__}")(all_cases)


def convolution(rank: int, words: list[str]) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        groups = dice.choice([1, 1, 1, 2, 3])
        channels = groups * dice.randint(1, 2)
        options = {"filters": groups * dice.randint(1, 3), **window_options(dice, rank, words), **common(dice)}
        if groups > 1:
            options["groups"] = groups
        return options, size(dice, rank, channels, 3 if rank == 3 else 4)

    return fitting(rank, cases)


def depthwise(rank: int, words: list[str], separable: bool = False) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        options = {**({"filters": dice.randint(1, 4)} if separable else {}), **window_options(dice, rank, words)}
        options = {**same_strides(options), **common(dice)}
        if dice.random() < 0.5:
            options["depthMultiplier"] = dice.randint(1, 2 if rank == 2 else 3)
        return options, size(dice, rank, dice.randint(1, 3), 4)

    return fitting(rank, cases)


def transposed(rank: int) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        while True:
            window = window_options(dice, rank, ["valid", "same"], 0.7)
            options = {"filters": dice.randint(1, 2 if rank > 1 else 3), **window, **common(dice)}
            shape = size(dice, rank, dice.randint(1, 3), 2 if rank == 3 else 3)
            strides = as_list(options.get("strides", 1), rank)
            extra = [dice.randint(0, stride - 1) for stride in strides]
            if dice.random() < 0.5:
                options["outputPadding"] = extra[0] if rank == 1 else extra
            if leaves_something(options, shape, rank) and tensorflow_takes(options, rank):
                return options, shape

    return cases


def tensorflow_takes(options: dict, rank: int) -> bool:
    """With padding "same" and an output padding, TensorFlow wants an output of which the input is the "same" size."""
    if options.get("padding") != "same" or "outputPadding" not in options:
        return True
    kernel, dilation = as_list(options["kernelSize"], rank), as_list(options.get("dilationRate", 1), rank)
    extra = as_list(options["outputPadding"], rank)
    return all((rate * (taps - 1) + 1) % 2 + cells > 0 for taps, rate, cells in zip(kernel, dilation, extra))


def leaves_something(options: dict, shape: tuple[int, ...], rank: int) -> bool:
    padding = options.get("padding", "valid")
    if isinstance(padding, str):
        return True
    full = keras.layers.__dict__[f"Conv{rank}DTranspose"](
        **arguments({name: value for name, value in options.items() if name != "padding"})
    ).compute_output_shape(shape)
    pads = [padding] if rank == 1 else as_list(padding, rank)
    totals = [2 * pad if isinstance(pad, int) else sum(pad) for pad in pads]
    return all(axis > total for axis, total in zip(full[1:-1], totals))


register("conv1d", 1, keras.layers.Conv1D, convolution(1, ["valid", "same", "causal"]))
register("conv3d", 3, keras.layers.Conv3D, convolution(3, ["valid", "same"]))
register("depthwiseConv1d", 1, keras.layers.DepthwiseConv1D, depthwise(1, ["valid", "same", "causal"]))
register("depthwiseConv2d", 2, keras.layers.DepthwiseConv2D, depthwise(2, ["valid", "same"]))
register("separableConv1d", 1, keras.layers.SeparableConv1D, depthwise(1, ["valid", "same", "causal"], True))
register("separableConv2d", 2, keras.layers.SeparableConv2D, depthwise(2, ["valid", "same"], True))
register("conv1dTranspose", 1, keras.layers.Conv1DTranspose, transposed(1), after=True)
register("conv2dTranspose", 2, keras.layers.Conv2DTranspose, transposed(2), after=True)
register("conv3dTranspose", 3, keras.layers.Conv3DTranspose, transposed(3), after=True)
register("conv2d", 2, keras.layers.Conv2D, convolution(2, ["valid", "same"]))

OWN = [
    "conv1d", "conv1dTranspose", "conv2d", "conv2dTranspose", "conv3d", "conv3dTranspose", "depthwiseConv1d",
    "depthwiseConv2d", "separableConv1d", "separableConv2d",
]  # fmt: skip

if __name__ == "__main__":
    goldens.main(sys.argv[1:] or OWN)
