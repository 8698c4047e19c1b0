"""Writes test/fixtures/training/heads.json: trainings of a Keras net of two inputs and two outputs.

Random numbers are numpy's with fixed seeds; nine significant digits, so that float32 comes back exactly.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# oneDNN picks its kernels by CPU; Eigen's are the same everywhere.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from make_training import SOURCE, generator, number, save, tensor

# Paths of the weights in svertka by the Keras layer's name.
SCOPES = {
    "left_conv": "left/conv2d",
    "right_dense": "right/dense",
    "trunk": "trunk/dense",
    "digit": "digit/dense",
    "box": "box/dense",
}

LOSSES = {"digit": "sparse_categorical_crossentropy", "box": "mean_squared_error"}

CASES = [
    {"name": "two losses", "losses": LOSSES},
    {"name": "weighed losses", "losses": LOSSES, "lossWeights": {"digit": 1.5, "box": 0.25}},
    {"name": "one loss of two outputs", "losses": {"digit": LOSSES["digit"], "box": None}},
    {
        "name": "weights of examples by output, weighted metrics",
        "losses": LOSSES,
        "lossWeights": {"digit": 1.0, "box": 0.5},
        "sampleWeights": ["digit", "box"],
    },
    {"name": "the same weights of examples for all outputs", "losses": LOSSES, "sampleWeights": []},
]

# The batch size divides both: in a compiled step Keras takes the mean of an output's loss over batches, whatever their size.
EXAMPLES, VALIDATION, BATCH, EPOCHS = 20, 10, 5, 3


def build(rng: np.random.Generator) -> keras.Model:
    left = keras.Input((5, 4, 2), name="left")
    right = keras.Input((3,), name="right")
    a = layers.Flatten()(layers.Conv2D(3, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-2), name="left_conv")(left))
    b = layers.Dense(4, activation="tanh", name="right_dense")(right)
    trunk = layers.Dense(6, activation="relu", name="trunk")(layers.Concatenate()([a, b]))
    digit = layers.Dense(3, activation="softmax", name="digit")(trunk)
    box = layers.Dense(2, name="box")(trunk)
    model = keras.Model({"left": left, "right": right}, {"digit": digit, "box": box})
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.4, variable.shape).astype(np.float32))
    return model


def weights_of(model: keras.Model) -> dict:
    return {
        f"{SCOPES[layer.name]}/{variable.name}": tensor(variable)
        for layer in model.layers
        for variable in layer.weights
    }


def data(rng: np.random.Generator, count: int) -> tuple[dict, dict]:
    x = {
        "left": rng.normal(size=(count, 5, 4, 2)).astype(np.float32),
        "right": rng.normal(size=(count, 3)).astype(np.float32),
    }
    y = {
        "digit": rng.integers(0, 3, count).astype(np.int32),
        "box": rng.normal(size=(count, 2)).astype(np.float32),
    }
    return x, y


def named(arrays: dict) -> dict:
    return {name: tensor(array, "i32" if array.dtype.kind == "i" else "f32") for name, array in arrays.items()}


def head_case(options: dict) -> dict:
    rng = generator(options["name"])
    model = build(rng)
    learned = [name for name, loss in options["losses"].items() if loss is not None]
    metrics = {"digit": ["accuracy"], "box": ["mean_absolute_error"]}
    weighs = "sampleWeights" in options
    model.compile(
        optimizer=keras.optimizers.Adam(0.02),
        loss=options["losses"],
        loss_weights=options.get("lossWeights"),
        metrics={name: metrics[name] for name in learned},
        weighted_metrics={"digit": [keras.metrics.SparseCategoricalAccuracy(), "sparse_categorical_crossentropy"], "box": ["mean_squared_error"]} if weighs else None,
    )
    x, y = data(rng, EXAMPLES)
    validation_x, validation_y = data(rng, VALIDATION)
    start = weights_of(model)

    with tf.GradientTape() as tape:
        outputs = model({name: tf.constant(array[:BATCH]) for name, array in x.items()}, training=True)
        parts = {
            "digit": keras.losses.SparseCategoricalCrossentropy(),
            "box": keras.losses.MeanSquaredError(),
        }
        factors = options.get("lossWeights") or {}
        loss = tf.add_n(
            [factors.get(name, 1.0) * parts[name](y[name][:BATCH], outputs[name]) for name in learned] + model.losses
        )
    gradients = tape.gradient(loss, model.trainable_variables)
    names = [f"{SCOPES[layer.name]}/{variable.name}" for layer in model.layers for variable in layer.trainable_weights]

    sample_weight = None
    if weighs:
        of = {name: rng.uniform(0.2, 2.0, EXAMPLES).astype(np.float32) for name in options["sampleWeights"] or ["all"]}
        sample_weight = of if options["sampleWeights"] else {name: of["all"] for name in learned}
    # With a dictionary of labels Keras takes one for each output that has a loss.
    target = {name: (y[name] if name in learned else None) for name in y} if len(learned) < 2 else y
    history = model.fit(
        x,
        {name: array for name, array in target.items() if array is not None} if len(learned) > 1 else target["digit"],
        sample_weight=sample_weight,
        validation_data=(validation_x, validation_y if len(learned) > 1 else validation_y["digit"]),
        epochs=EPOCHS,
        batch_size=BATCH,
        shuffle=False,
        verbose=0,
    ).history
    return {
        **{key: value for key, value in options.items() if key != "sampleWeights"},
        "x": named(x),
        "y": named({name: y[name] for name in learned}),
        "validation": {"x": named(validation_x), "y": named({name: validation_y[name] for name in learned})},
        **({} if sample_weight is None else {"sampleWeights": {name: tensor(array) for name, array in of.items()}}),
        "start": start,
        "loss": number(loss),
        "gradients": {name: tensor(gradient) for name, gradient in zip(names, gradients) if gradient is not None},
        "after": weights_of(model),
        "history": {name: [number(value) for value in values] for name, values in history.items()},
    }


if __name__ == "__main__":
    save("heads", {"source": SOURCE, "cases": [head_case(options) for options in CASES]})
