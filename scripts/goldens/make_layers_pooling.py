"""Writes test/fixtures/layers/<layer>.json for poolings, resizings, paddings, croppings and permute, forwards and backwards.

Keras 3 in float64 (float32 where TensorFlow has no other kernel), random configurations from a fixed seed. What Keras
lacks is TensorFlow: padding in numbers by tf.pad, sum pooling by means of padded images, adaptive windows of the whole
axis by slices. Where windows are maximised, no two cells share the maximum: who gets the gradient then is a convention.
"""

import itertools
import math
import random
import sys
from typing import Callable, Iterator

import make_layers_pointwise as goldens
from make_layers_convolution import arguments, as_list, per_axis, sides, size, tuples
from make_layers_pointwise import Case

import keras
import numpy as np
import tensorflow as tf

CASES = 12
MOST_CELLS = 400


def name_of(prefix: str, rank: int) -> type:
    return keras.layers.__dict__[f"{prefix}{rank}D"]


def in_float32(function: Callable) -> Callable:
    """TensorFlow's 3-D pooling has no float64."""
    return lambda x: tf.cast(function(tf.cast(x, tf.float32)), tf.float64)


# Windows -------------------------------------------------------------------------------------------


def pads_of(options: dict, axes: tuple[int, ...]) -> list[tuple[int, int]]:
    rank = len(axes)
    pool = as_list(options.get("poolSize", 2), rank)
    strides = as_list(options.get("strides", pool), rank)
    padding = options.get("padding", "valid")
    if padding == "valid":
        return [(0, 0)] * rank
    if padding == "same":
        totals = [max((math.ceil(i / s) - 1) * s + k - i, 0) for i, k, s in zip(axes, pool, strides)]
        return [(total // 2, total - total // 2) for total in totals]
    parts = [padding] if rank == 1 else as_list(padding, rank)
    return [(part, part) if isinstance(part, int) else tuple(part) for part in parts]


def windows_of(options: dict, axes: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """The cells of the input under each window."""
    rank = len(axes)
    pool = as_list(options.get("poolSize", 2), rank)
    strides = as_list(options.get("strides", pool), rank)
    along = []
    for i, k, s, (before, after) in zip(axes, pool, strides, pads_of(options, axes)):
        starts = range(0, i + before + after - k + 1, s)
        along.append([slice(max(start - before, 0), min(start - before + k, i)) for start in starts])
    return itertools.product(*along)


def adaptive_windows(axes: tuple[int, ...], counts: list[int]) -> list[list[slice]]:
    """PyTorch's: floor(i in / out) to ceil((i + 1) in / out)."""
    return [
        [slice(i * size // count, -(-(i + 1) * size // count)) for i in range(count)] for size, count in zip(axes, counts)
    ]


def one_maximum(x: np.ndarray, windows: Iterator[tuple[slice, ...]]) -> bool:
    for window in windows:
        cells = x[(slice(None), *window)].reshape(x.shape[0], -1, x.shape[-1])
        if np.any(np.sum(cells == cells.max(axis=1, keepdims=True), axis=1) > 1):
            return False
    return True


def first_input(index: int, shape: tuple[int, ...]) -> np.ndarray:
    """The input that `goldens.run` makes for the case of that index."""
    return goldens.numbers(np.random.default_rng(index), shape)


def pool(kind: str, rank: int, options: dict) -> Callable:
    words = {name: value for name, value in options.items() if name != "padding"}
    padding = options.get("padding", "valid")
    keras_arguments = {"poolSize": "pool_size", "strides": "strides"}
    # Keras's AveragePooling1D alone has no default.
    known = {"pool_size": 2, **{keras_arguments[name]: tuples(value) for name, value in words.items()}}
    layer = name_of({"max": "MaxPooling", "avg": "AveragePooling", "sum": "AveragePooling"}[kind], rank)
    exact = in_float32 if rank == 3 else lambda function: function
    if isinstance(padding, str) and kind != "sum":
        return exact(layer(**known, padding=padding, dtype="float32" if exact is in_float32 else "float64"))

    def padded(x: tf.Tensor) -> tf.Tensor:
        around = [(0, 0), *pads_of(options, tuple(x.shape[1:-1])), (0, 0)]
        inner = layer(**known, dtype=x.dtype.name)
        if kind == "max":
            return inner(tf.pad(x, around, constant_values=-math.inf))
        mean = inner(tf.pad(x, around))
        if kind == "sum":
            return mean * math.prod(as_list(options.get("poolSize", 2), rank))
        return mean / inner(tf.pad(tf.ones_like(x), around))

    return exact(padded)


def pool_options(dice: random.Random, rank: int) -> dict:
    options = {}
    if dice.random() < 0.8:
        options["poolSize"] = per_axis(dice, rank, 1, 3)
    if dice.random() < 0.6:
        options["strides"] = per_axis(dice, rank, 1, 3)
    choice = dice.random()
    if choice < 0.5:
        options["padding"] = dice.choice(["valid", "same"])
    elif choice < 0.8:
        options["padding"] = sides(dice, rank, 1)
    return options


def is_pool(options: dict, shape: tuple[int, ...]) -> bool:
    axes = shape[1:-1]
    kernel = as_list(options.get("poolSize", 2), len(axes))
    pads = pads_of(options, axes)
    fits = all(i + before + after >= k for i, k, (before, after) in zip(axes, kernel, pads))
    return fits and all(side < k for k, around in zip(kernel, pads) for side in around)


def pooling(kind: str, rank: int) -> None:
    source = {
        "max": f"keras.layers.MaxPooling{rank}D",
        "avg": f"keras.layers.AveragePooling{rank}D",
        "sum": f"keras.layers.AveragePooling{rank}D of zero-padded inputs times the pool's cells",
    }[kind]

    @goldens.layer(f"{kind}Pool{rank}d", source)
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(CASES):
            while True:
                options = pool_options(dice, rank)
                shape = size(dice, rank, dice.randint(1, 3), 3 if rank == 3 else 4)
                if not is_pool(options, shape):
                    continue
                if kind != "max" or one_maximum(first_input(index, shape), windows_of(options, shape[1:-1])):
                    break
            yield Case(options, [shape], pool(kind, rank, options))


def global_pooling(kind: str, rank: int) -> None:
    layer = name_of({"max": "GlobalMaxPooling", "avg": "GlobalAveragePooling"}[kind], rank)

    @goldens.layer(f"global{kind.capitalize()}Pool{rank}d", f"keras.layers.{layer.__name__}")
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(10):
            while True:
                shape = (dice.randint(1, 3), *(dice.randint(1, 4) for _ in range(rank)), dice.randint(1, 3))
                if one_maximum(first_input(index, shape), [(slice(None),) * rank]):
                    break
            yield Case(None, [shape], layer(dtype="float64"))


def adaptive(kind: str, rank: int) -> None:
    layer = name_of({"max": "AdaptiveMaxPooling", "avg": "AdaptiveAveragePooling"}[kind], rank)
    reduce = {"max": tf.reduce_max, "avg": tf.reduce_mean}[kind]

    def by_slices(counts: list[int]) -> Callable:
        def pooled(x: tf.Tensor) -> tf.Tensor:
            for axis, windows in enumerate(adaptive_windows(tuple(x.shape[1:-1]), counts), 1):
                parts = [x[(slice(None),) * axis + (window,)] for window in windows]
                x = tf.concat([reduce(part, axis=axis, keepdims=True) for part in parts], axis)
            return x

        return pooled

    @goldens.layer(f"adaptive{kind.capitalize()}Pool{rank}d", f"keras.layers.{layer.__name__}'s windows by slices; compared with it")
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(CASES):
            while True:
                shape = (1, *(dice.randint(2, 5 if rank == 3 else 9) for _ in range(rank)), dice.randint(1, 2))
                counts = per_axis(dice, rank, 1, 3 if rank == 3 else 5)
                if math.prod(shape) > MOST_CELLS:
                    continue
                windows = itertools.product(*adaptive_windows(shape[1:-1], as_list(counts, rank)))
                if kind != "max" or one_maximum(first_input(index, shape), windows):
                    break
            function = by_slices(as_list(counts, rank))
            # Keras's larger window does not fit an axis that becomes one cell.
            if all(2 <= count <= axis for count, axis in zip(as_list(counts, rank), shape[1:-1])):
                x = tf.constant(first_input(index, shape))
                theirs = in_float32(layer(tuples(counts), dtype="float32"))
                np.testing.assert_allclose(theirs(x), function(x), atol=1e-6)
            yield Case({"outputSize": counts}, [shape], function)


# Borders, sizes, order -----------------------------------------------------------------------------


def up_sampling(rank: int) -> None:
    layer = name_of("UpSampling", rank)

    @goldens.layer(f"upSampling{rank}d", f"keras.layers.{layer.__name__}")
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(16 if rank == 2 else 10):
            options = {} if index == 0 else {"size": per_axis(dice, rank, 1, 4 if rank == 2 else 3)}
            if rank == 2 and index % 2 == 1:
                options["interpolation"] = "bilinear"
            elif rank == 2 and index % 4 == 2:
                options["interpolation"] = "nearest"
            shape = (1, *(dice.randint(1, 2 if rank == 3 else 4) for _ in range(rank)), dice.randint(1, 2))
            known = {name: tuples(value) for name, value in options.items()}
            built = layer(**known, dtype="float32" if "bilinear" in options.values() else "float64")
            yield Case(options, [shape], in_float32(built) if "bilinear" in options.values() else built)


def zero_padding(rank: int) -> None:
    layer = name_of("ZeroPadding", rank)

    @goldens.layer(f"zeroPadding{rank}d", f"keras.layers.{layer.__name__}")
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(10):
            options = {} if index == 0 else {"padding": sides(dice, rank, 2)}
            shape = size(dice, rank, dice.randint(1, 2), 1)
            yield Case(options, [shape], layer(**arguments(options), dtype="float64"))


def cropping(rank: int) -> None:
    layer = name_of("Cropping", rank)

    @goldens.layer(f"cropping{rank}d", f"keras.layers.{layer.__name__}")
    def cases(dice: random.Random) -> Iterator[Case]:
        for index in range(10):
            options = {} if index == 0 else {"cropping": sides(dice, rank, 1 if rank == 3 else 2)}
            shape = size(dice, rank, dice.randint(1, 2), 3 if rank == 3 else 5)
            known = {name: tuples(value) for name, value in options.items()}
            yield Case(options, [shape], layer(**known, dtype="float64"))


@goldens.layer("permute", "keras.layers.Permute")
def permute(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        shape = goldens.shape(dice)
        dims = dice.sample(range(1, len(shape)), len(shape) - 1)
        yield Case({"dims": dims}, [shape], keras.layers.Permute(tuple(dims), dtype="float64"))


@goldens.layer("flatten", "keras.layers.Flatten")
def flatten(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        yield Case(None, [goldens.shape(dice)], keras.layers.Flatten(dtype="float64"))


@goldens.layer("reshape", "keras.layers.Reshape")
def reshape(dice: random.Random) -> Iterator[Case]:
    for _ in range(10):
        shape = goldens.shape(dice)
        count = math.prod(shape[1:])
        factor = dice.choice([size for size in range(1, count + 1) if count % size == 0])
        target = dice.choice([[count // factor, factor], [-1, factor], [factor, -1, 1], [count], [-1]])
        yield Case({"targetShape": target}, [shape], keras.layers.Reshape(tuple(target), dtype="float64"))


BEFORE = set(goldens.LAYERS) - {"permute", "flatten", "reshape"}
for axes in (1, 2, 3):
    for word in ("max", "avg", "sum"):
        pooling(word, axes)
    for word in ("max", "avg"):
        global_pooling(word, axes)
        adaptive(word, axes)
    up_sampling(axes)
    zero_padding(axes)
    cropping(axes)

if __name__ == "__main__":
    goldens.main(sys.argv[1:] or [name for name in goldens.LAYERS if name not in BEFORE])
