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


def as_list(value: int | list[int], rank: int) -> list[int]:
    return [value] * rank if isinstance(value, int) else value


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


def window_options(dice: random.Random, rank: int, words: list[str]) -> dict:
    options = {"kernelSize": per_axis(dice, rank, 1, 3)}
    # Keras refuses strides and dilation in one layer.
    if dice.random() < 0.5:
        options["strides"] = per_axis(dice, rank, 1, 3)
    elif dice.random() < 0.5:
        options["dilationRate"] = per_axis(dice, rank, 1, 2)
    choice = dice.random()
    if choice < 0.5:
        options["padding"] = dice.choice(words)
    elif choice < 0.8:
        options["padding"] = sides(dice, rank, 2)
    return options


def size(dice: random.Random, rank: int, channels: int, low: int = 5) -> tuple[int, ...]:
    return (dice.randint(1, 2), *(dice.randint(low, low + 2) for _ in range(rank)), channels)


def same_strides(options: dict) -> dict:
    """TensorFlow's depthwise kernels have one stride."""
    strides = options.get("strides", 1)
    return {**options, "strides": strides if isinstance(strides, int) else strides[0]} if "strides" in options else options


def register(word: str, rank: int, build: Callable, cases: Callable, after: bool = False) -> None:
    around = (CROPPING if after else PADDING)[rank]

    def all_cases(dice: random.Random) -> Iterator[Case]:
        for _ in range(CASES):
            options, shape = cases(dice)
            yield Case(options, [shape], with_padding(options, build, around, after), names=NAMES)

    goldens.layer(word, f"keras.layers.{build.__name__}")(all_cases)


def convolution(rank: int, words: list[str]) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        groups = dice.choice([1, 1, 1, 2, 3])
        channels = groups * dice.randint(1, 2)
        options = {"filters": groups * dice.randint(1, 3), **window_options(dice, rank, words), **common(dice)}
        if groups > 1:
            options["groups"] = groups
        return options, size(dice, rank, channels, 4 if rank == 3 else 5)

    return cases


def depthwise(rank: int, words: list[str], separable: bool = False) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        options = {**({"filters": dice.randint(1, 4)} if separable else {}), **window_options(dice, rank, words)}
        options = {**same_strides(options), **common(dice)}
        if dice.random() < 0.5:
            options["depthMultiplier"] = dice.randint(1, 3)
        return options, size(dice, rank, dice.randint(1, 3))

    return cases


def transposed(rank: int) -> Callable:
    def cases(dice: random.Random) -> tuple[dict, tuple[int, ...]]:
        while True:
            options = {"filters": dice.randint(1, 3), **window_options(dice, rank, ["valid", "same"]), **common(dice)}
            shape = size(dice, rank, dice.randint(1, 3), 2 if rank == 3 else 3)
            strides = as_list(options.get("strides", 1), rank)
            if dice.random() < 0.4 and options.get("padding") != "same":
                options["outputPadding"] = [dice.randint(0, stride - 1) for stride in strides]
                if rank == 1:
                    options["outputPadding"] = options["outputPadding"][0]
            if leaves_something(options, shape, rank):
                return options, shape

    return cases


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
