"""Keras files and what Keras computes of them: test/fixtures/keras/<id>.keras and <id>.safetensors (inputs and outputs by name).

    python make_keras_files.py            # all, or ids: convolutions merges
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import io
import pathlib
import zipfile

import keras
import numpy as np
from keras import layers as L, ops
from safetensors.numpy import save_file

OUT = pathlib.Path(__file__).parents[2] / "test/fixtures/keras"


def randomise(model, seed=7):
    """Weights that tell layers apart: none is 0 or 1, variances are positive."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        if not str(variable.dtype).startswith("float"):
            continue
        shape = tuple(variable.shape)
        scale = 1.0 / max(1.0, np.sqrt(np.prod(shape[:-1]))) if len(shape) > 1 else 0.3
        value = random.normal(size=shape) * scale
        if "variance" in variable.path or "gamma" in variable.path:
            value = 0.5 + random.random(shape)
        variable.assign(value.astype("float32"))


def write(name, model, batch=2, weights=True, seed=3):
    if weights:
        randomise(model)
    random = np.random.default_rng(seed)
    is_sequential = isinstance(model, keras.Sequential)
    feeds = {
        "input_layer" if is_sequential else tensor.name: random.normal(size=[batch, *[d or 5 for d in tensor.shape[1:]]]).astype("float32")
        for tensor in model.inputs
    }
    given = list(feeds.values())
    results = model(given if len(given) > 1 else given[0], training=False)
    names = getattr(model, "output_names", None)
    if isinstance(results, dict):
        names, results = list(results), list(results.values())
    elif not isinstance(results, (list, tuple)):
        names, results = (["output"] if is_sequential else names), [results]
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}.keras"
    model.save(path)
    fix_date(path)
    arrays = {f"input/{key}": value for key, value in feeds.items()}
    arrays |= {f"output/{key}": np.ascontiguousarray(np.asarray(value, "float32")) for key, value in zip(names, results)}
    save_file(arrays, OUT / f"{name}.safetensors")
    print(name, path.stat().st_size, len(results))


def fix_date(path):
    """The same bytes each time."""
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    entries["metadata.json"] = b'{"keras_version": "%s", "date_saved": "2026-01-01@00:00:00"}' % keras.__version__.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for key, value in entries.items():
            archive.writestr(zipfile.ZipInfo(key, (1980, 1, 1, 0, 0, 0)), value)


def branches(name, shapes, made, **options):
    """One model: of each shape an input, of each layer an output."""
    inputs = {key: keras.Input(shape, name=f"in_{key}") for key, shape in shapes.items()}
    outputs = [layer(inputs[key]) for key, layer in made]
    used = [inputs[key] for key in shapes]
    write(name, keras.Model(used, outputs, name=name), **options)


SEQUENCE, IMAGE, VOLUME = (9, 4), (8, 7, 4), (5, 4, 6, 2)


def convolutions():
    branches(
        "convolutions",
        {"s": SEQUENCE, "i": IMAGE, "v": VOLUME},
        [
            ("s", L.Conv1D(3, 3)),
            ("s", L.Conv1D(4, 2, strides=2, padding="same", groups=2, activation="relu", use_bias=False)),
            ("s", L.Conv1D(3, 3, padding="causal", dilation_rate=2, activation="swish")),
            ("i", L.Conv2D(3, 3)),
            ("i", L.Conv2D(6, (3, 2), strides=(2, 3), padding="same", activation="gelu", kernel_regularizer="l2")),
            ("i", L.Conv2D(4, 3, groups=4, dilation_rate=2, kernel_constraint=keras.constraints.MaxNorm(3, axis=[0, 1, 2]))),
            ("i", L.Conv2D(3, 1, activation=L.LeakyReLU(negative_slope=0.2))),
            ("i", L.Conv2D(3, 1, activation=L.PReLU(shared_axes=[1, 2]))),
            ("i", L.Conv2D(3, 2, kernel_initializer="he_normal", bias_initializer="ones", dtype=keras.DTypePolicy("float32"))),
            ("v", L.Conv3D(3, 2)),
            ("v", L.Conv3D(2, (2, 1, 3), strides=(1, 2, 2), padding="same", activation="tanh")),
        ],
    )


def depthwise():
    branches(
        "depthwise",
        {"s": SEQUENCE, "i": IMAGE},
        [
            ("s", L.DepthwiseConv1D(3)),
            ("s", L.DepthwiseConv1D(2, strides=2, padding="same", depth_multiplier=2, activation="relu")),
            ("i", L.DepthwiseConv2D(3)),
            ("i", L.DepthwiseConv2D((2, 3), padding="same", depth_multiplier=2, use_bias=False)),
            ("i", L.DepthwiseConv2D(3, strides=2, activation="relu6")),
            ("i", L.DepthwiseConv2D(2, dilation_rate=2, depthwise_regularizer="l1")),
            ("s", L.SeparableConv1D(5, 3, padding="same")),
            ("s", L.SeparableConv1D(3, 2, strides=2, depth_multiplier=2, use_bias=False)),
            ("i", L.SeparableConv2D(5, 3, padding="same")),
            ("i", L.SeparableConv2D(3, 2, strides=2, depth_multiplier=2, activation="elu", use_bias=False)),
        ],
    )


def transposed():
    branches(
        "transposed",
        {"s": SEQUENCE, "i": IMAGE, "v": VOLUME},
        [
            ("s", L.Conv1DTranspose(3, 3)),
            ("s", L.Conv1DTranspose(3, 3, strides=2, padding="same", activation="relu")),
            ("i", L.Conv2DTranspose(3, 3)),
            ("i", L.Conv2DTranspose(2, (3, 2), strides=(2, 3), padding="same", use_bias=False)),
            ("i", L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1)),
            ("v", L.Conv3DTranspose(2, 2, strides=2)),
            ("v", L.Conv3DTranspose(3, 3, padding="same", activation="sigmoid")),
        ],
    )


def poolings():
    branches(
        "poolings",
        {"s": SEQUENCE, "i": IMAGE, "v": VOLUME},
        [
            (key, layer)
            for rank, key in ((1, "s"), (2, "i"), (3, "v"))
            for of in ("Max", "Average")
            for layer in (
                getattr(L, f"{of}Pooling{rank}D")(2),
                getattr(L, f"{of}Pooling{rank}D")(pool_size=3, strides=2, padding="same"),
                getattr(L, f"Global{of}Pooling{rank}D")(),
                getattr(L, f"Global{of}Pooling{rank}D")(keepdims=True),
                getattr(L, f"Adaptive{of}Pooling{rank}D")(output_size=2),
            )
        ],
        weights=False,
    )


def borders():
    branches(
        "borders",
        {"s": SEQUENCE, "i": IMAGE, "v": VOLUME},
        [
            ("s", L.ZeroPadding1D(2)),
            ("s", L.ZeroPadding1D((1, 3))),
            ("i", L.ZeroPadding2D()),
            ("i", L.ZeroPadding2D(((1, 0), (2, 3)))),
            ("v", L.ZeroPadding3D((1, 2, 0))),
            ("s", L.Cropping1D((1, 2))),
            ("i", L.Cropping2D(((1, 0), (2, 3)))),
            ("i", L.Cropping2D(1)),
            ("v", L.Cropping3D(1)),
            ("s", L.UpSampling1D(3)),
            ("i", L.UpSampling2D((2, 3))),
            ("i", L.UpSampling2D(2, interpolation="bilinear")),
            ("v", L.UpSampling3D((2, 1, 3))),
            ("i", L.Flatten()),
            ("i", L.Reshape((14, -1))),
            ("i", L.Permute((3, 1, 2))),
        ],
        weights=False,
    )


def normalizations():
    branches(
        "normalizations",
        {"f": (6,), "s": SEQUENCE, "i": IMAGE},
        [
            ("f", L.BatchNormalization()),
            ("i", L.BatchNormalization(axis=3, momentum=0.9, epsilon=1e-5)),
            ("i", L.BatchNormalization(center=False)),
            ("i", L.BatchNormalization(scale=False, trainable=False)),
            ("i", L.BatchNormalization(scale=False, center=False)),
            ("i", L.LayerNormalization()),
            ("i", L.LayerNormalization(axis=[1, 2, 3], epsilon=1e-6)),
            ("s", L.LayerNormalization(center=False)),
            ("i", L.GroupNormalization(2)),
            ("i", L.GroupNormalization(-1, scale=False)),
            ("i", L.PReLU()),
            ("i", L.PReLU(shared_axes=[1, 2])),
            ("f", L.Dense(5)),
            ("f", L.Dense(3, activation="softmax", use_bias=False, kernel_initializer=keras.initializers.VarianceScaling(2.0))),
            ("s", L.Dense(5, activation="relu")),
            ("i", L.Dropout(0.3)),
            ("i", L.Dropout(0.3, noise_shape=(None, 1, 1, 1), seed=4)),
            ("s", L.SpatialDropout1D(0.2)),
            ("i", L.SpatialDropout2D(0.2)),
            ("f", L.GaussianNoise(0.1)),
            ("f", L.GaussianDropout(0.1)),
        ],
    )


ACTIVATIONS = [
    "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid log_softmax mish",
    "relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid squareplus tanh",
    "tanh_shrink",
]


def activations():
    made = [("i", L.Activation(name)) for name in " ".join(ACTIVATIONS).split()]
    made += [
        ("i", L.ReLU()),
        ("i", L.ReLU(6.0)),
        ("i", L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2)),
        ("i", L.LeakyReLU()),
        ("i", L.LeakyReLU(negative_slope=0.1)),
        ("i", L.ELU(0.7)),
        ("i", L.Softmax()),
        ("i", L.Softmax(axis=1)),
        ("i", L.Activation(L.ReLU(6.0))),
        ("i", L.Identity()),
    ]
    branches("activations", {"i": (3, 4, 2)}, made, weights=False)


def merges():
    a, b, c = (keras.Input((4, 3, 2), name=name) for name in "abc")
    d = keras.Input((1, 1, 2), name="d")
    outputs = [
        L.Add()([a, b, c]),
        L.Add()([a, d]),
        L.Subtract()([a, b]),
        L.Multiply()([a, b, c]),
        L.Multiply()([a, d]),
        L.Average()([a, b, c]),
        L.Maximum()([a, b]),
        L.Minimum()([a, b, d]),
        L.Concatenate()([a, b, c]),
        L.Concatenate(axis=1)([a, b]),
        a + b,
        a - d,
        a * b,
        ops.maximum(a, b),
        ops.concatenate([a, b], axis=2),
    ]
    write("merges", keras.Model([a, b, c, d], outputs), weights=False)


def operations():
    x = keras.Input((6, 5, 4), name="x")
    outputs = [
        x + 3.0,
        3.0 - x,
        x * 0.5,
        x / 4,
        1.0 / (x + 10.0),
        -x,
        (x + 9.0) ** 2,
        ops.abs(x),
        ops.exp(x),
        ops.sqrt(ops.square(x)),
        ops.relu(x),
        ops.relu6(x + 3.0) * (1.0 / 6.0),
        ops.gelu(x),
        ops.leaky_relu(x, negative_slope=0.1),
        ops.softmax(x, axis=-1),
        x[:, 1:4],
        x[:, :, 1:-1, 2:],
        x[:, 2],
        x[:, :, None, 0],
        ops.mean(x, axis=[1, 2]),
        ops.max(x, axis=-1, keepdims=True),
        ops.sum(x, axis=(1,)),
        ops.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], constant_values=-2.0),
        ops.reshape(x, (-1, 30, 4)),
        ops.expand_dims(x, 1),
        ops.transpose(x, (0, 3, 1, 2)),
        x * np.asarray([1.0, 2.0, 3.0, 4.0], "float32"),
    ]
    write("operations", keras.Model(x, outputs), weights=False)


def preprocessing():
    x = keras.Input((4, 4, 3), name="x")
    adapted = L.Normalization()
    adapted.adapt(np.random.default_rng(1).normal(2.0, 3.0, (20, 4, 4, 3)))
    outputs = [
        L.Rescaling(1 / 127.5, offset=-1)(x),
        L.Rescaling(scale=[0.5, 1.0, 2.0], offset=[1.0, 0.0, -1.0])(x),
        L.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 0.25])(x),
        L.Normalization(axis=None, mean=2.0, variance=4.0)(x),
        L.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 0.25], invert=True)(x),
        adapted(x),
        L.RepeatVector(3)(L.Flatten()(x)),
    ]
    write("preprocessing", keras.Model(x, outputs), weights=False)


def augmentation():
    """One after the other: in inference they do nothing, but for the crop."""
    x = keras.Input((12, 10, 3), name="x")
    sampling = {"fill_mode": "wrap", "interpolation": "nearest", "fill_value": 0.5}
    y = x
    for layer in (
        L.RandomFlip(seed=1),
        L.RandomFlip("horizontal"),
        L.RandomRotation(0.1, **sampling),
        L.RandomRotation([-0.2, 0.3]),
        L.RandomTranslation(0.1, [-0.2, 0.3], **sampling),
        L.RandomZoom(0.2),
        L.RandomZoom(0.2, [-0.1, 0.4], **sampling),
        L.RandomShear(0.3, 0.2),
        L.RandomShear([0.1, 0.4]),
        L.RandomBrightness(0.2),
        L.RandomBrightness([-0.1, 0.4], value_range=(0, 1)),
        L.RandomContrast(0.4, value_range=(0, 1)),
        L.RandomContrast([0.2, 0.4]),
        L.RandomSaturation([0.3, 0.7], value_range=(0, 1)),
        L.RandomHue(0.4, value_range=(0, 1)),
        L.RandomErasing(0.5, value_range=(0, 1)),
        L.RandomErasing([0.5, 0.5], scale=(0.1, 0.2), fill_value=[0.1, 0.2, 0.3]),
        L.CenterCrop(8, 7),
    ):
        y = layer(y)
    write("augmentation", keras.Model(x, y), weights=False)


def nested():
    """Models in models, one of them applied twice, of several inputs and outputs, one frozen; the last layer is a model."""
    inner = keras.Sequential([L.Input((6, 6, 4)), L.Conv2D(4, 3, padding="same"), L.BatchNormalization()], name="inner")
    left, right = keras.Input((6, 6, 4), name="left"), keras.Input((6, 6, 4), name="right")
    two = keras.Model([left, right], [L.Conv2D(4, 1, name="mix")(left) + right, L.Add()([left, right])], name="two")
    f_in = keras.Input((6, 6, 4))
    fun = keras.Model(f_in, inner(L.Conv2D(4, 1, activation="silu")(f_in)), name="fun")
    fun.trainable = False
    x = keras.Input((6, 6, 4), name="image")
    y = L.Conv2D(4, 3, padding="same", name="conv.one")(x)
    a = fun(y, training=False)
    b = fun(a)
    p, q = two([a, b])
    z = L.Conv2D(4, 1)(L.Concatenate()([p, q]))
    head_in = keras.Input((6, 6, 4))
    head = keras.Model(head_in, L.Dense(3)(L.GlobalAveragePooling2D()(head_in)), name="head")
    write("nested", keras.Model(x, [head(z), q], name="outer"))


def shared():
    """Layers applied more than once, at different depths; inputs and outputs by key."""
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    tower, deep = L.Dense(8, activation="relu", name="tower"), L.Dense(8, name="deep")
    a, b = tower(left), tower(right)
    c = deep(tower(a))
    d = deep(b)
    model = keras.Model({"left": left, "right": right}, {"sum": L.Add()([c, d]), "gap": L.Subtract()([c, d])})
    randomise(model)
    random = np.random.default_rng(3)
    feeds = {key: random.normal(size=(2, 8)).astype("float32") for key in ("left", "right")}
    results = model(feeds)
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / "shared.keras"
    model.save(path)
    fix_date(path)
    arrays = {f"input/{key}": value for key, value in feeds.items()}
    arrays |= {f"output/{key}": np.asarray(value) for key, value in results.items()}
    save_file(arrays, OUT / "shared.safetensors")
    print("shared", path.stat().st_size)


def order():
    """Twelve layers of one class, which HDF5 lists as 0, 1, 10, 11, 2: and two branches of different lengths."""
    x = keras.Input((7,), name="x")
    y = x
    for _ in range(11):
        y = L.Dense(7, activation="tanh")(y)
    write("order", keras.Model(x, L.Add()([y, L.Dense(7)(x)])))


def sequential():
    write(
        "sequential",
        keras.Sequential(
            [
                keras.Input((10, 10, 3)),
                L.Conv2D(4, 3, activation="relu"),
                L.MaxPooling2D(),
                L.Flatten(),
                L.Dropout(0.5),
                L.Dense(5, activation="softmax"),
            ]
        ),
    )


def scales():
    """ConvNeXt's own layer, and sizes that are not known."""
    from keras.src.applications.convnext import LayerScale

    x = keras.Input((None, None, 4), name="x")
    y = L.Conv2D(4, 7, padding="same", groups=4)(x)
    y = LayerScale(1e-6, 4)(L.LayerNormalization(epsilon=1e-6)(y))
    write("scales", keras.Model(x, L.GlobalMaxPooling2D()(L.Add()([x, y]))))


MADE = [
    convolutions,
    depthwise,
    transposed,
    poolings,
    borders,
    normalizations,
    activations,
    merges,
    operations,
    preprocessing,
    augmentation,
    nested,
    shared,
    order,
    sequential,
    scales,
]

if __name__ == "__main__":
    wanted = sys.argv[1:]
    for make in MADE:
        if not wanted or make.__name__ in wanted:
            keras.backend.clear_session()
            make()
