"""Writes test/fixtures/shapes/: the shapes, refusals and weight counts of Keras 3 for random layers and nets.

A case is [word, options, inputs, output, weights]: svertka's word and options, the shapes without the batch, Keras's
output shape (null where Keras refuses), and how many weights it has. Nothing is computed: layers are called on symbolic
tensors. Padding in numbers, which Keras lacks, is a ZeroPadding layer before a window, a Cropping layer after a transposed
one. Which of Keras's answers svertka gives otherwise, and why, says test/types/keras-differences.ts.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import json
import math
import pathlib
import random
import sys
from typing import Callable

import keras

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "shapes"
CASES = 6000
NETS = 1200

Options = dict | None
Shape = list[int | None]
Dice = random.Random


# From svertka's words to Keras's --------------------------------------------------------------------

ARGUMENTS = {
    "kernelSize": "kernel_size",
    "dilationRate": "dilation_rate",
    "depthMultiplier": "depth_multiplier",
    "outputPadding": "output_padding",
    "useBias": "use_bias",
    "poolSize": "pool_size",
    "outputSize": "output_size",
    "targetShape": "target_shape",
    "sharedAxes": "shared_axes",
    "negativeSlope": "negative_slope",
    "alpha": "negative_slope",
    "name": "activation",
}
ACTIVATIONS = {"leakyRelu": "leaky_relu", "hardSwish": "hard_swish", "hardSigmoid": "hard_sigmoid", "logSoftmax": "log_softmax"}
LAYERS = {
    **{f"conv{r}d": f"Conv{r}D" for r in (1, 2, 3)},
    **{f"conv{r}dTranspose": f"Conv{r}DTranspose" for r in (1, 2, 3)},
    **{f"depthwiseConv{r}d": f"DepthwiseConv{r}D" for r in (1, 2)},
    **{f"separableConv{r}d": f"SeparableConv{r}D" for r in (1, 2)},
    **{f"maxPool{r}d": f"MaxPooling{r}D" for r in (1, 2, 3)},
    **{f"avgPool{r}d": f"AveragePooling{r}D" for r in (1, 2, 3)},
    **{f"globalMaxPool{r}d": f"GlobalMaxPooling{r}D" for r in (1, 2, 3)},
    **{f"globalAvgPool{r}d": f"GlobalAveragePooling{r}D" for r in (1, 2, 3)},
    **{f"adaptiveMaxPool{r}d": f"AdaptiveMaxPooling{r}D" for r in (1, 2, 3)},
    **{f"adaptiveAvgPool{r}d": f"AdaptiveAveragePooling{r}D" for r in (1, 2, 3)},
    **{f"upSampling{r}d": f"UpSampling{r}D" for r in (1, 2, 3)},
    **{f"zeroPadding{r}d": f"ZeroPadding{r}D" for r in (1, 2, 3)},
    **{f"cropping{r}d": f"Cropping{r}D" for r in (1, 2, 3)},
    **{f"spatialDropout{r}d": f"SpatialDropout{r}D" for r in (1, 2, 3)},
    "reshape": "Reshape",
    "permute": "Permute",
    "flatten": "Flatten",
    "dense": "Dense",
    "dropout": "Dropout",
    "gaussianNoise": "GaussianNoise",
    "gaussianDropout": "GaussianDropout",
    "batchNormalization": "BatchNormalization",
    "layerNormalization": "LayerNormalization",
    "groupNormalization": "GroupNormalization",
    "instanceNormalization": "GroupNormalization",
    "activation": "Activation",
    "prelu": "PReLU",
    "leakyRelu": "LeakyReLU",
    "softmax": "Softmax",
    "elu": "ELU",
    "relu": "ReLU",
    "add": "Add",
    "subtract": "Subtract",
    "multiply": "Multiply",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "concatenate": "Concatenate",
}
VALUES = {"flatten", "softmax", "elu", "relu"} | {word for word in LAYERS if word.startswith("global")}
MERGES = ["add", "subtract", "multiply", "average", "maximum", "minimum"]


def tuples(value):
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


def rank_of(word: str) -> int:
    return next((rank for rank in (1, 2, 3) if f"{rank}d" in word), 0)


def is_numeric(padding) -> bool:
    return not isinstance(padding, str)


def keras_layer(word: str, options: Options) -> Callable:
    """A Keras layer, or two of them one after the other."""
    given = {ARGUMENTS.get(name, name): tuples(value) for name, value in (options or {}).items()}
    given.pop("broadcast", None)
    if "activation" in given:
        given["activation"] = ACTIVATIONS.get(given["activation"], given["activation"])
    if word == "instanceNormalization":
        given["groups"] = -1
    if word == "dense":
        given.pop("axis", None)
    if word.startswith("avgPool"):
        given = {"pool_size": 2, **given}  # Keras's have no default.
    make = getattr(keras.layers, LAYERS[word])
    if word.startswith(("zeroPadding", "cropping")) or "padding" not in given or not is_numeric(given["padding"]):
        return make(**given)
    padding, rank = given.pop("padding"), rank_of(word)
    if word.endswith("Transpose"):
        inner, after = make(**given), getattr(keras.layers, f"Cropping{rank}D")(padding)
        return lambda x: after(inner(x))
    before, inner = getattr(keras.layers, f"ZeroPadding{rank}D")(padding), make(**given)
    return lambda x: inner(before(x))


def called(word: str, options: Options, inputs: list) -> object:
    """The symbolic result; raises what Keras raises."""
    layer = keras_layer(word, options)
    y = layer(inputs if word in MERGES or word == "concatenate" else inputs[0])
    if any(axis is not None and axis < 0 for axis in y.shape[1:]):
        raise ValueError(f"an axis below 0: {y.shape}")
    return y


def weights_of(inputs: list, output: object) -> int:
    return keras.Model(inputs, output).count_params()


def judged(word: str, options: Options, shapes: list[Shape]) -> tuple[Shape | None, int]:
    """Keras's shape without the batch and number of weights; None when it refuses."""
    try:
        inputs = [keras.Input(tuple(shape)) for shape in shapes]
        y = called(word, options, inputs)
        return list(y.shape[1:]), weights_of(inputs, y)
    except Exception:  # Keras and TensorFlow refuse by exceptions of many kinds.
        return None, 0


# Random configurations ------------------------------------------------------------------------------

SENSELESS = [0, -1, -3, 2.5]


def size(dice: Dice, low: int, high: int) -> float:
    return dice.choice(SENSELESS) if dice.random() < 0.02 else dice.randint(low, high)


def sizes(dice: Dice, rank: int, low: int, high: int) -> object:
    """One number for all axes, or one for each."""
    if rank == 1 or dice.random() < 0.6:
        return size(dice, low, high)
    return [size(dice, low, high) for _ in range(rank)]


def sides(dice: Dice, rank: int, most: int) -> object:
    """Cells on each side, in a form of Keras's ZeroPadding layers."""
    both = lambda: [size(dice, 0, most), size(dice, 0, most)]
    if dice.random() < 0.4:
        return size(dice, 0, most)
    if rank == 1:
        return both()
    return [both() for _ in range(rank)] if dice.random() < 0.5 else [size(dice, 0, most) for _ in range(rank)]


def shape(dice: Dice, rank: int) -> Shape:
    """`rank` axes, of which the last is the channels; now and then one that is unknown, or another rank."""
    if dice.random() < 0.03:
        rank = dice.randint(1, 4)
    axes: Shape = [dice.choice([dice.randint(1, 9), dice.randint(1, 40)]) for _ in range(rank)]
    if dice.random() < 0.08:
        axes[dice.randrange(rank)] = None
    return axes


def channels(dice: Dice, axes: Shape, factor: int) -> Shape:
    """Often with channels that are a multiple of the factor."""
    return [*axes[:-1], factor * dice.randint(1, 6)] if dice.random() < 0.8 else axes


def some(dice: Dice, **choices) -> dict:
    """Options of which each is there with some probability."""
    return {name: make() for name, (probability, make) in choices.items() if dice.random() < probability}


def padding(dice: Dice, rank: int, words: list[str], most: int) -> object:
    return dice.choice(words) if dice.random() < 0.75 else sides(dice, rank, most)


def window(dice: Dice, rank: int, words: list[str]) -> dict:
    options = {
        "kernelSize": sizes(dice, rank, 1, 5),
        **some(
            dice,
            padding=(0.75, lambda: padding(dice, rank, words, 3)),
            useBias=(0.2, lambda: False),
            activation=(0.2, lambda: dice.choice(["relu", "tanh", "softmax", "leakyRelu"])),
        ),
    }
    # Keras refuses both at once.
    both, which = dice.random() < 0.1, dice.random()
    if both or which < 0.45:
        options["strides"] = sizes(dice, rank, 1, 4)
    if both or 0.45 <= which < 0.75:
        options["dilationRate"] = sizes(dice, rank, 1, 3)
    return options


def words_of(rank: int) -> list[str]:
    return ["valid", "same", "causal"] if rank == 1 else ["valid", "same"]


def convolution(dice: Dice, rank: int) -> tuple[Options, list[Shape]]:
    groups = dice.choice([1, 1, 2, 3])
    options = {"filters": groups * size(dice, 1, 6) if dice.random() < 0.9 else size(dice, 1, 9), **window(dice, rank, words_of(rank))}
    if groups > 1:
        options["groups"] = size(dice, groups, groups)
    return options, [channels(dice, shape(dice, rank + 1), groups)]


def transposed(dice: Dice, rank: int) -> tuple[Options, list[Shape]]:
    options = {"filters": size(dice, 1, 6), **window(dice, rank, ["valid", "same"])}
    if dice.random() < 0.4:
        options["outputPadding"] = sizes(dice, rank, 0, 2)
    return options, [shape(dice, rank + 1)]


def depthwise(dice: Dice, rank: int, separable: bool) -> tuple[Options, list[Shape]]:
    options = {**({"filters": size(dice, 1, 6)} if separable else {}), **window(dice, rank, words_of(rank))}
    return options | some(dice, depthMultiplier=(0.5, lambda: size(dice, 1, 3))), [shape(dice, rank + 1)]


def pool(dice: Dice, rank: int) -> tuple[Options, list[Shape]]:
    options = some(
        dice,
        poolSize=(0.8, lambda: sizes(dice, rank, 1, 4)),
        strides=(0.5, lambda: sizes(dice, rank, 1, 4)),
        padding=(0.6, lambda: padding(dice, rank, ["valid", "same"], 2)),
    )
    return options, [shape(dice, rank + 1)]


def target(dice: Dice, axes: Shape) -> list[int]:
    volume = math.prod(axis or 1 for axis in axes)
    factor = dice.choice([divisor for divisor in range(1, 7) if volume % divisor == 0] + [5])
    return dice.choice(
        [[max(1, volume // factor), factor], [-1, factor], [factor, -1, 1], [-1, -1], [volume], [volume, 1, 1], [size(dice, 1, 99), 2]]
    )


def order(dice: Dice, rank: int) -> list[int]:
    places = list(range(1, rank + 1))
    if dice.random() < 0.8:
        return dice.sample(places, rank)
    return dice.choice([[*places, 1], places[1:], [dice.randint(0, 4) for _ in places], [-1, 0]])


def axis_of(dice: Dice) -> int:
    return dice.choice([1, 1, 2, 2, 3, -1, -1, -2, -3, 4, 0, -5])


def axes_of(dice: Dice) -> object:
    return axis_of(dice) if dice.random() < 0.4 else [axis_of(dice) for _ in range(dice.randint(1, 3))]


def affine(dice: Dice) -> dict:
    return some(dice, center=(0.2, lambda: False), scale=(0.2, lambda: False))


def any_shape(dice: Dice) -> Shape:
    return shape(dice, dice.randint(1, 4))


def rate(dice: Dice) -> dict:
    return {"rate": dice.choice([0, 0.25, 0.5, 0.9, 1, 1.5, -0.1])}


def alike(dice: Dice) -> list[Shape]:
    """Shapes to merge, alike mostly."""
    first = any_shape(dice)
    other = lambda axis: dice.choice([None, 1, axis + 1, 2 * axis])
    like = lambda: [axis if dice.random() < 0.9 else other(axis or 3) for axis in first]
    return [first, *((any_shape(dice) if dice.random() < 0.06 else like()) for _ in range(dice.choice([1, 1, 1, 2, 3])))]


def merging(dice: Dice, word: str) -> tuple[str, Options, list[Shape]]:
    shapes = alike(dice)
    return word, dice.choice([None, {"broadcast": True}]) if word != "multiply" else None, shapes[:2] if word == "subtract" else shapes


MAKERS: list[Callable[[Dice], tuple[str, Options, list[Shape]]]] = []


def makes(word: str, make: Callable[[Dice], tuple[Options, list[Shape]]], weight: int = 1) -> None:
    MAKERS.extend([lambda dice: (word, *make(dice))] * weight)


for rank in (1, 2, 3):
    makes(f"conv{rank}d", lambda dice, r=rank: convolution(dice, r), 4)
    makes(f"conv{rank}dTranspose", lambda dice, r=rank: transposed(dice, r), 3)
    for kind in ("max", "avg"):
        makes(f"{kind}Pool{rank}d", lambda dice, r=rank: pool(dice, r), 2)
        makes(f"global{kind.capitalize()}Pool{rank}d", lambda dice, r=rank: (None, [shape(dice, r + 1)]))
        makes(
            f"adaptive{kind.capitalize()}Pool{rank}d",
            lambda dice, r=rank: ({"outputSize": sizes(dice, r, 1, 5)}, [shape(dice, r + 1)]),
        )
    makes(
        f"upSampling{rank}d",
        lambda dice, r=rank: (some(dice, size=(0.8, lambda: sizes(dice, r, 1, 4))), [shape(dice, r + 1)]),
    )
    for word, option, most in (("zeroPadding", "padding", 3), ("cropping", "cropping", 6)):
        makes(
            f"{word}{rank}d",
            lambda dice, r=rank, o=option, m=most: (some(dice, **{o: (0.9, lambda: sides(dice, r, m))}), [shape(dice, r + 1)]),
            2,
        )
    makes(f"spatialDropout{rank}d", lambda dice, r=rank: (rate(dice), [shape(dice, r + 1)]))
for rank in (1, 2):
    makes(f"depthwiseConv{rank}d", lambda dice, r=rank: depthwise(dice, r, False), 3)
    makes(f"separableConv{rank}d", lambda dice, r=rank: depthwise(dice, r, True), 3)
for word in ("flatten", "softmax", "elu", "relu"):
    makes(word, lambda dice: (None, [any_shape(dice)]))
for word in ("dropout", "gaussianDropout"):
    makes(word, lambda dice: (rate(dice), [any_shape(dice)]))
makes("gaussianNoise", lambda dice: ({"stddev": dice.choice([0, 0.1, 2, -0.1])}, [any_shape(dice)]))
makes("activation", lambda dice: ({"name": dice.choice(["relu", "gelu", "selu", "mish", "hardSwish", "hardSigmoid", "logSoftmax"])}, [any_shape(dice)]))
makes("leakyRelu", lambda dice: (some(dice, alpha=(0.5, lambda: 0.1)), [any_shape(dice)]))
makes("prelu", lambda dice: (some(dice, sharedAxes=(0.7, lambda: dice.choice([[1], [2], [1, 2], [3], [4], [0], [1, 3]]))), [any_shape(dice)]), 2)
makes("batchNormalization", lambda dice: (some(dice, axis=(0.6, lambda: axis_of(dice))) | affine(dice), [any_shape(dice)]), 3)
makes("layerNormalization", lambda dice: (some(dice, axis=(0.6, lambda: axes_of(dice))) | affine(dice), [any_shape(dice)]), 3)
makes("instanceNormalization", lambda dice: (affine(dice), [any_shape(dice)]))


@lambda make: makes("groupNormalization", make, 2)
def group_normalization(dice: Dice) -> tuple[Options, list[Shape]]:
    groups = dice.choice([1, 2, 3, 4])
    return {"groups": size(dice, groups, groups)} | affine(dice), [channels(dice, any_shape(dice), groups)]


@lambda make: makes("reshape", make, 3)
def reshape(dice: Dice) -> tuple[Options, list[Shape]]:
    axes = any_shape(dice)
    return {"targetShape": target(dice, axes)}, [axes]


@lambda make: makes("permute", make, 2)
def permute(dice: Dice) -> tuple[Options, list[Shape]]:
    axes = any_shape(dice)
    return {"dims": order(dice, len(axes))}, [axes]


@lambda make: makes("dense", make, 3)
def dense(dice: Dice) -> tuple[Options, list[Shape]]:
    options = {"units": size(dice, 1, 20)} | some(dice, useBias=(0.2, lambda: False), axis=(0.4, lambda: -1))
    return options, [shape(dice, 1) if dice.random() < 0.5 else any_shape(dice)]


@lambda make: makes("concatenate", make, 5)
def concatenate(dice: Dice) -> tuple[Options, list[Shape]]:
    return some(dice, axis=(0.6, lambda: dice.choice([1, 2, 3, -1, -2, -3, 0, 4, -5]))), alike(dice)


for word in MERGES:
    MAKERS.extend([lambda dice, w=word: merging(dice, w)] * 2)


# Random nets ----------------------------------------------------------------------------------------

# A step of a net is [word, options], ["residual", steps], or [merge, options, [steps, steps, ...]], whose branches
# begin at the same tensor.


def tame(dice: Dice, x: Shape) -> list:
    """A layer for that shape, mostly one that fits it; none that svertka and Keras judge otherwise."""
    rank = len(x) - 1
    if rank == 0:
        return dice.choice([["dense", {"units": dice.randint(1, 20)}], ["batchNormalization", {}], ["dropout", {"rate": 0.5}], ["reshape", {"targetShape": target(dice, x)}]])
    if rank > 3:
        return ["flatten", None]
    d = f"{rank}d"
    step = lambda low, high: dice.randint(low, high) if rank == 1 or dice.random() < 0.7 else [dice.randint(low, high) for _ in range(rank)]
    pad = lambda: dice.choice(["valid", "same", "same", sides_in_range(dice, rank, 2)])
    strides = lambda: {"strides": dice.randint(1, 2)} if dice.random() < 0.4 else {}
    groups = dice.choice([1, 1, 2])
    choices: list[Callable[[], list]] = [
        lambda: [f"conv{d}", {"filters": 2 * dice.randint(1, 6), "kernelSize": step(1, 4), "padding": pad(), **strides(), **({"groups": groups} if groups > 1 else {})}],
        lambda: [f"conv{d}", {"filters": 2 * dice.randint(1, 6), "kernelSize": step(1, 3), "padding": pad(), "dilationRate": dice.randint(1, 2), "useBias": False}],
        lambda: [f"conv{d}Transpose", {"filters": 2 * dice.randint(1, 4), "kernelSize": step(1, 3), "padding": dice.choice(["valid", "same"]), **strides()}],
        lambda: [f"{dice.choice(['max', 'avg'])}Pool{d}", {"poolSize": dice.randint(1, 3), **strides(), "padding": dice.choice(["valid", "same"])}],
        lambda: [f"upSampling{d}", {"size": dice.randint(1, 2)}],
        lambda: [f"zeroPadding{d}", {"padding": sides_in_range(dice, rank, 2)}],
        lambda: [f"cropping{d}", {"cropping": sides_in_range(dice, rank, 2)}],
        lambda: ["batchNormalization", affine(dice)],
        lambda: ["layerNormalization", affine(dice)],
        lambda: ["groupNormalization", {"groups": 2}],
        lambda: ["relu", None],
        lambda: ["prelu", {"sharedAxes": list(range(1, rank + 1))}],
        lambda: ["permute", {"dims": dice.sample(range(1, rank + 2), rank + 1)}],
        lambda: ["reshape", {"targetShape": target(dice, x)}],
        lambda: ["dense", {"units": dice.randint(1, 9), "axis": -1}],
        lambda: [f"adaptiveAvgPool{d}", {"outputSize": dice.randint(1, 3)}],
    ]
    if rank < 3:
        choices += [
            lambda: [f"depthwiseConv{d}", {"kernelSize": dice.randint(1, 3), "padding": pad(), **strides(), "depthMultiplier": dice.randint(1, 2)}],
            lambda: [f"separableConv{d}", {"filters": 2 * dice.randint(1, 4), "kernelSize": dice.randint(1, 3), "padding": pad()}],
        ]
    if dice.random() < 0.06:
        return dice.choice([[f"globalAvgPool{d}", None], ["flatten", None]])
    return dice.choice(choices)()


def sides_in_range(dice: Dice, rank: int, most: int) -> object:
    both = lambda: [dice.randint(0, most), dice.randint(0, most)]
    return dice.choice([dice.randint(0, most), both() if rank == 1 else [both() for _ in range(rank)]])


def joining(dice: Dice, x: Shape, depth: int) -> list:
    """A residual or branches that are merged; branches keep the sizes, mostly."""
    rank = len(x) - 1
    if rank not in (1, 2, 3):
        return tame(dice, x)
    keep = lambda filters: [f"conv{rank}d", {"filters": filters, "kernelSize": dice.randint(1, 3), "padding": "same"}]
    branch = lambda filters: [
        keep(filters) if dice.random() < 0.9 else tame(dice, x),
        *dice.choice([[], [["batchNormalization", {}]], [["relu", None], keep(filters)]]),
    ]
    if depth > 0 and dice.random() < 0.3:
        return ["residual", [joining(dice, x, depth - 1), keep(x[-1])]]
    if dice.random() < 0.5:
        return ["residual", branch(x[-1])]
    word = dice.choice([*MERGES, "concatenate", "concatenate", "concatenate"])
    count = 2 if word == "subtract" else dice.randint(2, 3)
    filters = dice.randint(1, 8)
    return [word, None if word in MERGES else {}, [branch(filters if word in MERGES else dice.randint(1, 8)) for _ in range(count)]]


def stepped(step: list, x):
    """The tensor after a step; raises what Keras raises."""
    if step[0] == "residual":
        return called("add", None, [run(step[1], x), x])
    if len(step) == 3:
        return called(step[0], step[1], [run(branch, x) for branch in step[2]])
    return called(step[0], step[1], [x])


def run(steps: list, x):
    for step in steps:
        x = stepped(step, x)
    return x


def differs(shapes: list[Shape]) -> bool:
    return any(s != shapes[0] for s in shapes)


def broadcasts(step: list, x) -> bool:
    """Whether Keras would stretch an axis of 1 here, which svertka does only where it is asked to."""
    branches = [step[1], []] if step[0] == "residual" else step[2] if len(step) == 3 else []
    inner = any(broadcasts(s, run(branch[:i], x)) for branch in branches for i, s in enumerate(branch) if len(s) == 3 or s[0] == "residual")
    return inner or (step[0] != "concatenate" and len(branches) > 0 and differs([list(run(b, x).shape) for b in branches]))


MOST_CELLS = 20_000


def net(dice: Dice) -> list:
    """[input, steps, output, weights]; a net ends at the step that Keras refuses, or after some."""
    rank = dice.choice([1, 2, 2, 2, 3])
    first = [*(dice.randint(4, 8 if rank == 3 else 24) for _ in range(rank)), 2 * dice.randint(1, 4)]
    start = keras.Input(tuple(first))
    x, steps, length = start, [], dice.randint(3, 9)
    while len(steps) < length:
        here = list(x.shape[1:])
        step = joining(dice, here, 1) if dice.random() < 0.35 else tame(dice, here)
        try:
            y = stepped(step, x)
        except Exception:
            if dice.random() < 0.5:
                return [first, [*steps, step], None, 0]
            continue
        if None in y.shape[1:]:  # Reshape lets a fraction through.
            continue
        if broadcasts(step, x) or math.prod(y.shape[1:]) > MOST_CELLS or 0 in y.shape[1:]:
            continue
        x, steps = y, [*steps, step]
    return [first, steps, list(x.shape[1:]), weights_of([start], x)]


# Writing --------------------------------------------------------------------------------------------


def written(name: str, cases: list) -> None:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (OUT / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def layers(dice: Dice) -> list:
    cases = []
    while len(cases) < CASES:
        word, options, shapes = dice.choice(MAKERS)(dice)
        output, weights = judged(word, options, shapes)
        cases.append([word, options, shapes, output, weights])
        if len(cases) % 200 == 0:
            keras.backend.clear_session()
    return sorted(cases, key=lambda case: case[0])


def nets(dice: Dice) -> list:
    cases = []
    while len(cases) < NETS:
        cases.append(net(dice))
        if len(cases) % 50 == 0:
            keras.backend.clear_session()
    return cases


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    which = sys.argv[1:] or ["layers", "nets"]
    if "layers" in which:
        written("layers", layers(Dice(1)))
    if "nets" in which:
        written("nets", nets(Dice(2)))
