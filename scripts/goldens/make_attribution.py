"""Writes test/fixtures/viz/attribution.json: Grad-CAM and saliency of a small net, by tf.GradientTape.

Grad-CAM is Selvaraju et al. 2017 (arXiv:1610.02391), equations 1 and 2, saliency Simonyan et al. 2013
(arXiv:1312.6034), section 3; both of the score before softmax. Weights and images are those of formula.py.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf
from keras import Input, layers

import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "viz"
SHAPE = (9, 8, 2)


def net() -> keras.Model:
    x = image = Input(SHAPE)
    x = layers.Conv2D(4, 3, activation="relu", name="conv2d")(x)
    x = layers.MaxPooling2D(2, name="maxPool2d")(x)
    x = layers.Conv2D(5, 2, padding="same", activation="relu", name="conv2d_1")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(3, name="dense")(x)
    return keras.Model(image, x)


def main() -> None:
    model = net()
    weights = {}
    for k, variable in enumerate(model.variables):
        kind = variable.name
        variable.assign(formula.parameter(k, kind, tuple(variable.shape)))
        weights[variable.path] = np.asarray(variable.numpy())
    x = tf.constant(formula.model_input((2, *SHAPE)))
    inside = keras.Model(model.input, [model.get_layer("conv2d_1").output, model.output])

    def cam(classes):
        with tf.GradientTape() as tape:
            maps, scores = inside(x)
            tape.watch(maps)
            # The scores again from the maps, so that the tape sees the way from them.
            flat = tf.reshape(maps, (2, -1))
            scores = model.get_layer("dense")(flat)
            chosen = tf.reduce_sum(tf.gather(scores, classes, batch_dims=1))
        gradient = tape.gradient(chosen, maps)
        alpha = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
        return tf.nn.relu(tf.reduce_sum(alpha * maps, axis=-1)).numpy(), scores.numpy()

    def salient(classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            chosen = tf.reduce_sum(tf.gather(model(x), classes, batch_dims=1))
        return tf.reduce_max(tf.abs(tape.gradient(chosen, x)), axis=-1).numpy()

    scores = model(x).numpy()
    said = tf.constant(scores.argmax(axis=1))
    second = tf.constant([2, 2])
    numbers = lambda array: [float(np.float32(value)) for value in np.asarray(array).ravel()]
    OUT.mkdir(parents=True, exist_ok=True)
    page = {
        "source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}: scripts/goldens/make_attribution.py",
        "input": {"shape": [2, *SHAPE], "values": numbers(x)},
        "weights": {name: {"shape": list(value.shape), "values": numbers(value)} for name, value in weights.items()},
        "scores": numbers(scores),
        "said": [int(value) for value in said],
        "maps": {
            "gradCam": {"said": numbers(cam(said)[0]), "class 2": numbers(cam(second)[0]), "shape": list(cam(said)[0].shape[1:])},
            "saliency": {"said": numbers(salient(said)), "class 2": numbers(salient(second)), "shape": [SHAPE[0], SHAPE[1]]},
        },
    }
    (OUT / "attribution.json").write_text(json.dumps(page, separators=(",", ":")) + "\n")


main()
