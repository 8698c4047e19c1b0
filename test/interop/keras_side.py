"""Keras's side of the interop tests: makes models, checks files that svertka wrote, trains on.

    python keras_side.py make DIR NAME …     DIR/NAME.keras and .safetensors: random weights, random statistics, outputs
    python keras_side.py check DIR           each DIR/NAME.back.keras against DIR/NAME.safetensors: a line of JSON each
    python keras_side.py train IN OUT DATA   one epoch of SGD more: OUT.keras and its losses as JSON
"""

import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import applications as A
from safetensors.numpy import load_file, save_file

# The smallest sizes that each allows.
MODELS = {
    "MobileNet": (A.MobileNet, 32),
    "MobileNetV2": (A.MobileNetV2, 32),
    "MobileNetV3Small": (A.MobileNetV3Small, 32),
    "MobileNetV3Large": (A.MobileNetV3Large, 32),
    "EfficientNetB0": (A.EfficientNetB0, 32),
    "EfficientNetV2B0": (A.EfficientNetV2B0, 32),
    "DenseNet121": (A.DenseNet121, 32),
    "NASNetMobile": (A.NASNetMobile, 32),
    "ResNet50": (A.ResNet50, 32),
    "ResNet50V2": (A.ResNet50V2, 32),
    "InceptionV3": (A.InceptionV3, 75),
    "Xception": (A.Xception, 71),
    "VGG16": (A.VGG16, 32),
    "ConvNeXtTiny": (A.ConvNeXtTiny, 32),
    "InceptionResNetV2": (A.InceptionResNetV2, 75),
}


def randomise(model, random):
    """Random weights of He's size, so that signals neither vanish nor blow up; random statistics of batch norms."""
    for variable in model.weights:
        name, shape = variable.path.rsplit("/", 1)[-1], tuple(variable.shape)
        if not str(variable.dtype).startswith("float"):
            continue
        if "variance" in name or name == "gamma":
            value = 0.7 + 0.6 * random.random(shape)
        elif len(shape) < 2:
            value = 0.1 * random.normal(size=shape)
        else:
            # A depthwise kernel adds over its window only.
            fan = np.prod(shape[:2]) if "depthwise" in variable.path else np.prod(shape[:-1])
            value = random.normal(size=shape) * np.sqrt(1.5 / fan)
        variable.assign(value.astype("float32"))


def outputs_of(model, inputs):
    results = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    if isinstance(results, dict):
        return results
    results = results if isinstance(results, (list, tuple)) else [results]
    return dict(zip(getattr(model, "output_names", None) or ["output"], results))


def make(folder, names):
    for name in names:
        keras.backend.clear_session()
        random = np.random.default_rng(11)
        make_model, size = MODELS[name]
        model = make_model(weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3))
        model = keras.Model(model.inputs, keras.layers.Dense(10, name="predictions")(model.output), name=name.lower())
        randomise(model, random)
        # NASNet and Inception do without preprocessing inside; others take bytes.
        x = random.random((2, size, size, 3)).astype("float32") * (255 if name in ("MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny") else 1)
        model.save(folder / f"{name}.keras")
        arrays = {f"input/{model.inputs[0]._keras_history.operation.name}": x}
        arrays |= {f"output/{key}": np.asarray(value) for key, value in outputs_of(model, [x]).items()}
        save_file(arrays, folder / f"{name}.safetensors")
        print(json.dumps({"name": name}), flush=True)


def check(folder):
    for path in sorted(folder.glob("*.back.keras")):
        keras.backend.clear_session()
        name = path.name[: -len(".back.keras")]
        try:
            model = keras.models.load_model(path)
            tried = load_file(folder / f"{name}.safetensors")
            inputs = [tried[f"input/{one._keras_history.operation.name}"] for one in model.inputs]
            got = outputs_of(model, inputs)
            want = {key[len("output/") :]: value for key, value in tried.items() if key.startswith("output/")}
            if len(want) == 1:
                got, want = {"": next(iter(got.values()))}, {"": next(iter(want.values()))}
            error = max(
                float(np.max(np.abs(np.asarray(got[key]) - value) / np.maximum(1, np.abs(value)))) if key in got else float("inf")
                for key, value in want.items()
            )
            trainable = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
            print(json.dumps({"name": name, "error": error, "trainable": trainable}), flush=True)
        except Exception as problem:  # one line each: the test says which
            print(json.dumps({"name": name, "problem": f"{type(problem).__name__}: {problem}"[:400]}), flush=True)


def train(source, target, data):
    model = keras.models.load_model(source)
    arrays = load_file(data)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    history = model.fit(arrays["x"], arrays["y"], batch_size=8, epochs=2, shuffle=False, verbose=0)
    model.save(target)
    print(json.dumps({"losses": history.history["loss"]}), flush=True)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "make":
        make(pathlib.Path(rest[0]), rest[1:] or list(MODELS))
    elif command == "check":
        check(pathlib.Path(rest[0]))
    else:
        train(*rest)
