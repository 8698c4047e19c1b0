"""Writes A3 and MobileNetV2 (fresh weights) as Keras exports them to ONNX: `python export_keras.py FOLDER`; needs keras, tensorflow, tf2onnx."""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
from keras import layers

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
nets = {
    "a3": keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    ),
    "mobilenetv2": keras.applications.MobileNetV2(weights=None),
}
for name, net in nets.items():
    net(np.zeros((1, *net.input_shape[1:]), "float32"))  # Keras wants a model to be called before it is exported
    net.export(folder / f"{name}.onnx", format="onnx", verbose=False)
