"""Architectures of keras.applications through tf2onnx, with random weights and statistics, and what onnxruntime makes of .onnx files.

    onnx_side.py write FOLDER NAME ...   NAME.onnx, NAME.x.npy and NAME.y.npy (onnxruntime's output) of each architecture
    onnx_side.py run FOLDER NAME ...     NAME.again.onnx on NAME.x.npy: the largest difference from NAME.y.npy over the largest output
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import onnx
import onnxruntime

SIZES = {"Xception": 71, "InceptionV3": 75}
OPTIONS = {
    "MobileNetV2": {"alpha": 0.35},
    "MobileNet": {"alpha": 0.25},
    "MobileNetV3Small": {"include_preprocessing": False},
    "MobileNetV3Large": {"include_preprocessing": False},
    "EfficientNetV2B0": {"include_preprocessing": False},
}


def randomised(model, random):
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            *affine, mean, variance = layer.get_weights()
            mean = random.normal(0, 0.1, mean.shape)
            layer.set_weights([*affine, mean, random.uniform(0.5, 1.5, variance.shape)])


def session(file):
    return onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])


def write(folder, name):
    import keras
    import tensorflow as tf
    import tf2onnx

    keras.utils.set_random_seed(1)
    size = SIZES.get(name, 32)
    make = getattr(keras.applications, name)
    model = make(weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3), **OPTIONS.get(name, {}))
    random = np.random.default_rng(3)
    randomised(model, random)
    spec = [tf.TensorSpec((None, size, size, 3), tf.float32, name="image")]
    call = tf.function(lambda image: model(image, training=False), input_signature=spec)
    file = folder / f"{name}.onnx"
    tf2onnx.convert.from_function(call, input_signature=spec, opset=17, output_path=str(file))
    x = random.uniform(-1, 1, (2, size, size, 3)).astype("float32")
    run = session(file)
    np.save(folder / f"{name}.x.npy", x)
    np.save(folder / f"{name}.y.npy", run.run(None, {run.get_inputs()[0].name: x})[0])
    print(json.dumps({"name": name, "bytes": file.stat().st_size, "input": run.get_inputs()[0].name}), flush=True)


def run(folder, name):
    file = folder / f"{name}.again.onnx"
    onnx.checker.check_model(str(file), full_check=True)
    again = session(file)
    x, y = np.load(folder / f"{name}.x.npy"), np.load(folder / f"{name}.y.npy")
    got = again.run(None, {again.get_inputs()[0].name: x})[0]
    error = float(np.abs(got - y).max() / np.abs(y).max())
    print(json.dumps({"name": name, "error": error, "shape": list(got.shape)}), flush=True)


def main():
    action, folder, *names = sys.argv[1:]
    for name in names:
        {"write": write, "run": run}[action](pathlib.Path(folder), name)


if __name__ == "__main__":
    main()
