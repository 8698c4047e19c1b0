"""Keras 3 on TensorFlow: the benchmark's models (bench/models.mjs) in Keras's words, timed, or exported for other peers.

    python keras_peer.py run '{"model": "a3", "batch": 64, "mode": "infer", "seconds": 1}'
    python keras_peer.py export FOLDER a3 mobilenetv2 …    writes FOLDER/a3.onnx and FOLDER/a3/ (a SavedModel)
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

start = time.perf_counter()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers as k


def activation(x, name):
    return k.Activation(name)(x)


def conv_bn_relu(x, filters, size, strides=1):
    x = k.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return activation(k.BatchNormalization()(x), "relu")


def a3(x):
    for _ in range(2):
        x = k.MaxPooling2D(2)(activation(k.Conv2D(64, 3)(x), "relu"))
    return k.Dense(10, activation="softmax")(activation(k.Dense(128)(k.Flatten()(x)), "relu"))


def a5(x):
    for filters, size in [(32, 5), (64, 3), (128, 3)]:
        x = k.MaxPooling2D(2)(activation(k.Conv2D(filters, size, padding="same")(x), "relu"))
    return k.Dense(1, activation="sigmoid")(activation(k.Dense(6)(k.Flatten()(x)), "relu"))


def a7(x):
    x = activation(k.Conv2D(32, 5, padding="same")(x), "relu")
    x = activation(k.Conv2D(16, 3, padding="same")(x), "relu")
    return k.Dense(10, activation="softmax")(k.Flatten()(x))


def resnet20(x):
    x = conv_bn_relu(x, 16, 3)
    for stage, filters in enumerate([16, 32, 64]):
        for block in range(3):
            strides = 2 if stage > 0 and block == 0 else 1
            y = conv_bn_relu(x, filters, 3, strides)
            y = k.BatchNormalization()(k.Conv2D(filters, 3, padding="same", use_bias=False)(y))
            skip = x
            if strides == 2:
                skip = k.BatchNormalization()(k.Conv2D(filters, 1, strides=2, use_bias=False)(x))
            x = activation(k.Add()([y, skip]), "relu")
    return k.Dense(10, activation="softmax")(k.GlobalAveragePooling2D()(x))


def mobilenetv2(x):
    def relu6(y):
        return activation(k.BatchNormalization()(y), "relu6")

    x = relu6(k.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(x))
    channels = 32
    for expansion, filters, repeats, first in [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]:
        for block in range(repeats):
            strides = first if block == 0 else 1
            y = x if expansion == 1 else relu6(k.Conv2D(channels * expansion, 1, use_bias=False)(x))
            y = relu6(k.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(y))
            y = k.BatchNormalization()(k.Conv2D(filters, 1, use_bias=False)(y))
            x = k.Add()([x, y]) if strides == 1 and channels == filters else y
            channels = filters
    x = relu6(k.Conv2D(1280, 1, use_bias=False)(x))
    return k.Dense(1000, activation="softmax")(k.GlobalAveragePooling2D()(x))


def resnet50(x):
    x = k.MaxPooling2D(3, strides=2, padding="same")(conv_bn_relu(x, 64, 7, 2))
    for stage, (filters, repeats) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(repeats):
            strides = 2 if stage > 0 and block == 0 else 1
            y = conv_bn_relu(conv_bn_relu(x, filters, 1), filters, 3, strides)
            y = k.BatchNormalization()(k.Conv2D(4 * filters, 1, use_bias=False)(y))
            skip = x
            if block == 0:
                skip = k.BatchNormalization()(k.Conv2D(4 * filters, 1, strides=strides, use_bias=False)(x))
            x = activation(k.Add()([y, skip]), "relu")
    return k.Dense(1000, activation="softmax")(k.GlobalAveragePooling2D()(x))


MODELS = {
    "a3": (a3, (28, 28, 1)),
    "a5": (a5, (128, 128, 3)),
    "a7": (a7, (32, 32, 3)),
    "resnet20": (resnet20, (32, 32, 3)),
    "mobilenetv2": (mobilenetv2, (224, 224, 3)),
    "resnet50": (resnet50, (224, 224, 3)),
}


def build(name):
    body, shape = MODELS[name]
    inputs = keras.Input(shape)
    return keras.Model(inputs, body(inputs))


def run(job):
    net = build(job["model"])
    shape = (job["batch"], *MODELS[job["model"]][1])
    x = np.sin(np.arange(np.prod(shape)) * 12.9898).astype("float32").reshape(shape)
    if job["mode"] == "train":
        y = np.arange(job["batch"]) % 10
        net.compile("adam", "sparse_categorical_crossentropy")
        once = lambda: net.train_on_batch(x, y)
    else:
        # What Keras's documents say for small batches in a loop: the model as a compiled function, not predict().
        import tensorflow as tf

        function = tf.function(lambda images: net(images, training=False), reduce_retracing=True)
        once = lambda: function(tf.constant(x)).numpy()
    set_up = 1000 * (time.perf_counter() - start)

    def clock():
        began = time.perf_counter()
        once()
        return 1000 * (time.perf_counter() - began)

    first = clock()
    for _ in range(2):
        once()
    times = []
    before = time.process_time()
    end = time.perf_counter() + job["seconds"]
    while len(times) < 5 or time.perf_counter() < end:
        times.append(clock())
    cpu = 1000 * (time.process_time() - before) / len(times)
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(share * len(times)))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "median": at(0.5),
                "p95": at(0.95),
                "least": times[0],
                "cpu": cpu,
                "runs": len(times),
                "first": first,
                "setUp": set_up,
                "peakMegabytes": peak,
            }
        )
    )


def export(folder, names):
    for name in names:
        net = build(name)
        net(np.zeros((1, *net.input_shape[1:]), "float32"))  # Keras wants a model to be called before it is exported
        net.export(Path(folder) / f"{name}.onnx", format="onnx", verbose=False)
        net.export(Path(folder) / name, verbose=False)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "run":
        run(json.loads(rest[0]))
    elif command == "export":
        export(rest[0], rest[1:])
    else:
        print(json.dumps({"keras": keras.__version__}))
