"""Writes test/fixtures/augmentation.json: what Keras's augmentation layers make of pictures when their random numbers are given.

`uniform`, `randint`, `beta` and `shuffle` of the layer's back end are replaced by ones that take known numbers in [0, 1) and put
them into the range that the layer asks for: so the ranges are compared too. `draws[j][i]` is draw j of picture i.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "augmentation.json"
COUNT = 3
L = keras.layers


class Draws:
    """Stands for the random numbers of Keras's TensorFlow back end; remembers those in [0, 1) that it gave."""

    def __init__(self, seed: int):
        self.seed = seed
        self.given: list[list[float]] = []

    def fresh(self) -> np.ndarray:
        """Multiples of 2^-10, a number for each picture."""
        self.seed += 1
        unit = np.floor(formula.u(self.seed, COUNT) * 1024) / 1024
        self.given.append(unit.tolist())
        return unit.astype(np.float32)

    def columns(self, shape) -> np.ndarray:
        """Numbers of that shape: the first axis is the picture, or all pictures share what has no axis of them."""
        shape = [int(extent) for extent in shape]
        if shape == [] or shape[0] != COUNT:
            unit = self.fresh()
            self.given[-1] = [float(unit[0])] * COUNT
            return np.full(shape, unit[0], np.float32)
        width = int(np.prod(shape[1:]))
        return np.stack([self.fresh() for _ in range(width)], axis=1).reshape(shape)

    def uniform(self, shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return tf.constant(self.columns(shape)) * (maxval - minval) + minval

    def randint(self, shape, minval, maxval, dtype="int32", seed=None):
        return tf.cast(tf.floor(self.uniform(shape, minval, maxval)), dtype)

    def beta(self, shape, alpha, beta, dtype=None, seed=None):
        return tf.constant(self.columns(shape))

    def shuffle(self, x, axis=0, seed=None):
        return tf.roll(x, 1, 0)


def picture(seed: int, shape: tuple, scale: float = 1.0) -> np.ndarray:
    return (formula.u(seed, int(np.prod(shape))).reshape(shape) * scale).astype(np.float32)


FACTORS = {"fillMode": "fill_mode", "fillValue": "fill_value", "valueRange": "value_range"}


def snake(name: str) -> str:
    return FACTORS.get(name, "".join("_" + c.lower() if c.isupper() else c for c in name))


def keras_options(options: dict) -> dict:
    words = {"horizontalAndVertical": "horizontal_and_vertical"}
    return {snake(name): words.get(value, value) if isinstance(value, str) else value for name, value in options.items()}


def numbers(tensor) -> list:
    return [float(f"{value:.6g}") for value in np.asarray(tensor, np.float64).ravel()]


CASES = []


def case(layer: type, name: str, options: dict, shape=(5, 6, 3), scale=1.0, given: dict | None = None) -> None:
    """`options` are svertka's; `given` overrides what Keras is given."""
    seed = 100 + 10 * len(CASES)
    draws = Draws(seed)
    made = layer(**keras_options(options if given is None else given))
    random = made.backend.random
    replaced = {word: getattr(random, word) for word in ("uniform", "randint", "beta", "shuffle")}
    for word in replaced:
        setattr(random, word, getattr(draws, word))
    try:
        x = picture(seed, (COUNT, *shape), scale)
        labels = np.eye(COUNT, dtype=np.float32)
        mixes = name in ("mixup", "cutmix")
        if mixes:
            y = made({"images": x, "labels": labels}, training=True)
        elif layer is L.Equalization:  # of a batch it counts all pictures' values together
            y = tf.stack([made(one, training=True) for one in x])
        else:
            y = made(x, training=True)
    finally:
        for word, function in replaced.items():
            setattr(random, word, function)
    images = y["images"] if mixes else y
    CASES.append(
        {
            "layer": name,
            "options": options,
            "seed": seed,
            "scale": scale,
            "shape": shape,
            "draws": draws.given,
            "outputShape": list(images.shape[1:]),
            "output": numbers(images),
            **({"labels": numbers(y["labels"])} if mixes else {}),
        }
    )


for mode in ("horizontal", "vertical", "horizontalAndVertical"):
    case(L.RandomFlip, "randomFlip", {"mode": mode})
for fill in ("constant", "nearest", "reflect", "wrap"):
    for between in ("nearest", "bilinear"):
        sampling = {"fillMode": fill, "interpolation": between, "fillValue": 0.25}
        case(L.RandomRotation, "randomRotation", {"factor": 0.4, **sampling})
        case(L.RandomTranslation, "randomTranslation", {"heightFactor": 0.9, "widthFactor": [-0.7, 0.9], **sampling}, (4, 5, 1))
    case(L.RandomZoom, "randomZoom", {"heightFactor": [-0.5, 0.8], "widthFactor": 0.6, "fillMode": fill}, (4, 5, 1))
    case(L.RandomShear, "randomShear", {"xFactor": 0.6, "yFactor": [0.1, 0.9], "fillMode": fill}, (4, 5, 2))
case(L.RandomZoom, "randomZoom", {"heightFactor": 0.5})
case(L.RandomRotation, "randomRotation", {"factor": [-0.1, 0.3]})
case(L.RandomShear, "randomShear", {"xFactor": 0.5})
for height, width in ((3, 4), (4, 1), (1, 5)):
    case(L.RandomCrop, "randomCrop", {"height": height, "width": width})
for height, width in ((3, 4), (4, 1), (5, 6)):
    case(L.CenterCrop, "centerCrop", {"height": height, "width": width})
case(L.RandomBrightness, "randomBrightness", {"factor": 0.6, "valueRange": [0, 1]})
case(L.RandomBrightness, "randomBrightness", {"factor": [0.1, 0.5], "valueRange": [0, 255]}, scale=255.0)
case(L.RandomBrightness, "randomBrightness", {"factor": [-1, 0.2], "valueRange": [0, 1]}, (4, 3, 1))
case(L.RandomContrast, "randomContrast", {"factor": 1, "valueRange": [0, 1]}, (4, 3, 1))
case(L.RandomContrast, "randomContrast", {"factor": 0.9, "valueRange": [0, 1]})
case(L.RandomContrast, "randomContrast", {"factor": [0.3, 0.8], "valueRange": [0, 255]}, scale=255.0)
case(L.RandomSaturation, "randomSaturation", {"factor": [0.2, 0.9], "valueRange": [0, 1]})
case(L.RandomSaturation, "randomSaturation", {"factor": 0.5, "valueRange": [0, 1]})
case(L.RandomSaturation, "randomSaturation", {"factor": [0.2, 0.7], "valueRange": [0, 255]}, scale=255.0)
case(L.RandomHue, "randomHue", {"factor": 0.8, "valueRange": [0, 1]})
case(L.RandomHue, "randomHue", {"factor": [0.5, 1.0], "valueRange": [0, 255]}, scale=255.0)
case(L.RandomHue, "randomHue", {"factor": 1, "valueRange": [0, 1]})
case(L.RandomErasing, "randomErasing", {"factor": [0.4, 0.8], "scale": [0.1, 1], "fillValue": 0, "valueRange": [0, 1]}, (4, 5, 1))
case(L.RandomErasing, "randomErasing", {"factor": 1, "scale": [0.1, 0.6], "fillValue": 0.5, "valueRange": [0, 1]}, (7, 8, 3))
case(L.RandomErasing, "randomErasing", {"factor": [1, 1], "scale": 0.5, "fillValue": [0.1, 0.2, 2], "valueRange": [0, 1]}, (7, 8, 3))
case(L.MixUp, "mixup", {"alpha": 0.2}, given={"alpha": 0.2})
case(L.CutMix, "cutmix", {"factor": 1}, (7, 8, 3))

# What RandAugment picks from beside those above, as strong as its factor of 0.5 makes them.
strong = [0, 0.5]
unit = {"valueRange": [0, 1]}
case(L.RandomColorDegeneration, "degeneration", {}, given={"factor": strong, **unit})
case(L.RandomSharpness, "sharpness", {}, given={"factor": strong, **unit})
case(L.RandomPosterization, "posterization", {}, given={"factor": 4, **unit})
case(L.Solarization, "solarization", {}, given={"additionFactor": strong, "thresholdFactor": strong, **unit})
case(L.AutoContrast, "autoContrast", {}, given=unit, scale=0.6)
case(L.Equalization, "equalization", {}, (8, 9, 3), given=unit)

OUT.write_text(json.dumps({"source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "count": COUNT, "cases": CASES}, separators=(",", ":")) + "\n")
print(len(CASES), "cases,", OUT.stat().st_size, "bytes")
