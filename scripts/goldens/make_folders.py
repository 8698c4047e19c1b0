"""Writes test/fixtures/folders/: a tree of small pictures, and what Keras 3 and TensorFlow read of it and resize it to.

tree/ holds JPEG (colour, grey, progressive) and PNG (grey to colour with opacity, 16 bits, a palette, one bit), names that sort
by code points, a folder within a class, a hidden folder, and files that are no pictures. keras.json: for each set of options, the
files, labels and class names of image_dataset_from_directory with shuffle off, and its images as bytes of float32 in keras.bin.
resize.json: tf.image.resize without antialiasing, smart_resize (crop) and resize_with_pad (pad) of random bytes.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import json
import pathlib
import shutil
import struct
import zlib

import keras
import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "folders"
TREE = OUT / "tree"


def smooth(height: int, width: int, channels: int, seed: int) -> np.ndarray:
    """A smooth picture: decoders of JPEG round differently, which noise would make worse."""
    y, x, c = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), np.arange(channels), indexing="ij")
    wave = np.sin(3 * x + seed + c) + np.cos(4 * y - seed * x + 2 * c)
    return np.clip(127.5 + 63 * wave, 0, 255).astype(np.uint8)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, rows: list[bytes], palette: bytes = b"") -> bytes:
    """A PNG of kinds that TensorFlow does not write; each row without a filter."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"PLTE", palette) if palette else b"")
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def write_tree() -> None:
    shutil.rmtree(TREE, ignore_errors=True)

    def write(path: str, data: bytes | tf.Tensor) -> None:
        file = TREE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.numpy())

    jpeg, encode_png = tf.io.encode_jpeg, tf.io.encode_png
    write("cats/b.jpg", jpeg(smooth(24, 32, 3, 1), quality=80))
    write("cats/C.JPG", jpeg(smooth(40, 20, 3, 2), quality=80, format="rgb"))
    write("cats/a.jpeg", jpeg(smooth(16, 16, 1, 3), quality=80, format="grayscale"))
    write("cats/é.png", encode_png(smooth(20, 28, 3, 4)))
    write("cats/z10.png", encode_png(smooth(10, 12, 4, 5)))
    write("cats/z2.png", encode_png(smooth(10, 12, 1, 6)))
    write("cats/notes.txt", b"no picture")
    write("cats/inner/c.png", encode_png(smooth(9, 31, 2, 7)))
    write("dogs/1.png", encode_png(smooth(13, 11, 3, 8).astype(np.uint16) * 257))
    picked = [bytes((x * 7 + y * 3) % 4 for x in range(8)) for y in range(6)]
    write("dogs/2.png", png(8, 6, 8, 3, picked, bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 120, 30])))
    bits = [bytes([0b10110010, 0b01000000]), bytes([0b00001111, 0b11000000]), bytes([0b11111111, 0b10000000])]
    write("dogs/3.png", png(10, 3, 1, 0, bits))
    write("dogs/4.jpg", jpeg(smooth(30, 48, 3, 9), quality=80, progressive=True))
    write("dogs/5.jpg", jpeg(smooth(25, 19, 3, 10), quality=80, chroma_downsampling=False))
    write("Zebras/only.png", encode_png(smooth(12, 12, 3, 11)))
    write(".hidden/x.png", encode_png(smooth(4, 4, 3, 12)))
    write("readme.md", b"beside the classes")


READINGS = {
    "bilinear": {"image_size": (12, 10)},
    "nearest": {"image_size": (12, 10), "interpolation": "nearest"},
    "grey, categorical": {"image_size": (8, 8), "color_mode": "grayscale", "label_mode": "categorical"},
    "rgba, two classes, binary": {
        "image_size": (8, 8),
        "color_mode": "rgba",
        "label_mode": "binary",
        "class_names": ["dogs", "cats"],
        "only": "png",
    },
    "cropped": {"image_size": (10, 14), "crop_to_aspect_ratio": True},
    "padded": {"image_size": (10, 14), "pad_to_aspect_ratio": True},
    "no labels": {"image_size": (6, 6), "labels": None},
    "training": {"image_size": (6, 6), "validation_split": 0.3, "subset": "training"},
    "validation": {"image_size": (6, 6), "validation_split": 0.3, "subset": "validation"},
}


def read(name: str, options: dict, images: list[bytes]) -> dict:
    folder = TREE
    given = {key: value for key, value in options.items() if key != "only"}
    if options.get("only"):  # JPEG with opacity is refused by TensorFlow, of one bit its opacity is 1/255
        folder = OUT / "png"
        shutil.copytree(TREE, folder, ignore=shutil.ignore_patterns("*.jp*g", "*.JPG", "3.png"))
    data = keras.utils.image_dataset_from_directory(folder, shuffle=False, batch_size=None, verbose=False, **given)
    pictures, labels = [], []
    for element in data:
        picture, label = element if isinstance(element, tuple) else (element, None)
        pictures.append(picture.numpy())
        labels.append(None if label is None else np.asarray(label).tolist())
    files = [str(pathlib.Path(path).relative_to(folder)) for path in data.file_paths]
    start = sum(map(len, images))
    images.append(np.stack(pictures).astype("<f4").tobytes())
    if options.get("only"):
        shutil.rmtree(folder)
    return {
        "name": name,
        "options": {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()},
        "files": files,
        "labels": labels,
        "classNames": data.class_names,
        "shape": list(np.stack(pictures).shape),
        "at": start,
    }


def resizes() -> list[dict]:
    random = np.random.RandomState(7)
    cases = []
    sizes = [(5, 7, 9, 4), (8, 8, 8, 8), (3, 4, 10, 13), (13, 17, 5, 6), (1, 1, 4, 3), (6, 9, 1, 1), (7, 30, 11, 12), (16, 12, 24, 18)]
    for height, width, to_height, to_width in sizes:
        picture = random.randint(0, 256, (height, width, 2)).astype(np.uint8)
        size = (to_height, to_width)
        for method in ("bilinear", "nearest"):
            results = {
                "stretch": tf.image.resize(picture, size, method=method, antialias=False),
                "crop": keras.preprocessing.image.smart_resize(picture.astype(np.float32), size, interpolation=method),
            }
            if size != (1, 1):  # refused where a side would have no pixel
                results["pad"] = tf.image.resize_with_pad(picture, *size, method=method)
            for ratio, result in results.items():
                cases.append(
                    {
                        "shape": [height, width, 2],
                        "picture": picture.ravel().tolist(),
                        "size": list(size),
                        "interpolation": method,
                        "aspectRatio": ratio,
                        "result": [round(float(value), 4) for value in np.asarray(result).ravel()],
                    }
                )
    return cases


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    write_tree()
    images: list[bytes] = []
    readings = [read(name, options, images) for name, options in READINGS.items()]
    (OUT / "keras.bin").write_bytes(b"".join(images))
    (OUT / "keras.json").write_text(json.dumps({"keras": keras.__version__, "readings": readings}, ensure_ascii=False, indent=1) + "\n")
    (OUT / "resize.json").write_text(json.dumps({"tensorflow": tf.__version__, "cases": resizes()}) + "\n")


main()
