"""tf.data's side of feeding.mjs: makes the pictures, then reads and augments them once for each line on stdin; prints seconds and CPU seconds."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import pathlib
import time

import keras
import numpy as np
import tensorflow as tf

folder, count, size, batch = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])
random = np.random.RandomState(0)
for kind in ("cars", "trucks"):
    (folder / kind).mkdir(parents=True, exist_ok=True)
for i in range(count):
    coarse = random.rand(9, 9, 3) * 255
    picture = tf.image.resize(coarse, (size, size), method="bicubic").numpy() + random.randn(size, size, 3) * 8
    encoded = tf.io.encode_jpeg(np.clip(picture, 0, 255).astype(np.uint8), quality=90)
    (folder / ("cars", "trucks")[i % 2] / f"{i}.jpg").write_bytes(encoded.numpy())

layers = keras.layers
augment = keras.Sequential(
    [
        layers.Rescaling(1 / 255),
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        layers.RandomRotation(0.05, fill_mode="nearest"),
        layers.RandomZoom(0.1, fill_mode="nearest"),
        layers.RandomBrightness(0.2, value_range=(0, 1)),
    ]
)
data = keras.utils.image_dataset_from_directory(folder, image_size=(size, size), batch_size=batch, seed=1, verbose=False)
data = data.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
print("ready", flush=True)
for _ in sys.stdin:
    start, cpu, seen = time.perf_counter(), time.process_time(), 0
    for x, _labels in data:
        seen += x.shape[0]
    assert seen == count, seen
    print(time.perf_counter() - start, time.process_time() - cpu, flush=True)
