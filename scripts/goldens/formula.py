"""Deterministic values that TypeScript can repeat exactly: a 32-bit hash of (seed, index).

hash  Chris Wellons's lowbias32 (https://nullprogram.com/blog/2018/07/31/), in uint32 with wraparound.
u     hash((index + seed * 0x9E3779B9) mod 2^32) / 2^32, a float64 in [0, 1).
"""

import math

import numpy as np

INPUT_SEED = 1
LABEL_SEED = 2
PLACE_SEED = 3
PARAMETER_SEED = 1000


def lowbias32(x: np.ndarray) -> np.ndarray:
    """The hash, elementwise on uint32 (numpy arrays wrap around silently)."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def u(seed: int, count: int) -> np.ndarray:
    """u(seed, 0) ... u(seed, count - 1), float64."""
    offset = np.uint32(seed * 0x9E3779B9 % 2**32)
    return lowbias32(np.arange(count, dtype=np.uint32) + offset) / 2.0**32


def glorot_limit(shape: tuple[int, ...]) -> float:
    """sqrt(6 / (fanIn + fanOut)); the fans of a convolution kernel count its window."""
    window = math.prod(shape[:-2])
    return math.sqrt(6 / (window * shape[-2] + window * shape[-1]))


def parameter(k: int, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Initial value of the model's k-th parameter, computed in float64, rounded to float32."""
    unit = u(PARAMETER_SEED + k, math.prod(shape))
    if kind == "kernel":
        value = (2 * unit - 1) * glorot_limit(shape)
    elif kind in ("bias", "beta", "moving_mean"):
        value = (2 * unit - 1) * 0.1
    elif kind in ("gamma", "moving_variance"):
        value = 0.5 + unit
    else:
        raise ValueError(f"no formula for a parameter of kind {kind}")
    return value.astype(np.float32).reshape(shape)


def model_input(shape: tuple[int, ...]) -> np.ndarray:
    return u(INPUT_SEED, math.prod(shape)).astype(np.float32).reshape(shape)


def labels(batch: int, classes: int) -> np.ndarray:
    return np.floor(u(LABEL_SEED, batch) * classes).astype(np.int32)


def places(count: int, size: int) -> np.ndarray:
    """Flat indices of a sample: floor(u(3, j) * size)."""
    return np.floor(u(PLACE_SEED, count) * size).astype(np.int64)
