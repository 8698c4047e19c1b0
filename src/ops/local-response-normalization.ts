/** Local response normalisation: a layer of a product with a banded matrix and one formula. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { multiplyDims, type Dim as TypeDim } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";
import { abs, add, div, ge, mul, pow, sub, x0, x1 } from "../formula/formula.js";
import { E, type Either } from "../fp.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import { only, type KerasMapping } from "./keras.js";

interface LocalResponseNormalizationOptions<R> {
  /** How many channels on each side count. */
  readonly depthRadius?: R | undefined;
  readonly bias?: number | undefined;
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
}

/** The layer that {@link localResponseNormalization} makes. */
export interface LocalResponseNormalization<R extends number = 5> extends Layer {
  readonly "~out": LocalResponseNormalizationShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

const word = "localResponseNormalization";

/** Types: the shape itself, or the sentence. */
export type LocalResponseNormalizationShape<S, R> = S extends readonly [unknown, ...unknown[]]
  ? SizeProblem<typeof word, "depthRadius", R, 0> extends infer M extends string
    ? ShapeError<M>
    : S
  : LastAxisShape<typeof word, S>;
/** Run-time twin of {@link LocalResponseNormalizationShape}. */
const localResponseNormalizationShape = (
  { depthRadius = 5, bias = 1, alpha = 1, beta = 0.5 }: LocalResponseNormalizationOptions<number>,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape(word)(shape);
  const problem =
    sizeProblem(word, { name: "depthRadius", value: depthRadius, least: 0 }) ??
    ([bias, alpha, beta].every(Number.isFinite)
      ? undefined
      : `${word}: bias ${bias}, alpha ${alpha} and beta ${beta} must be finite: use numbers such as 1, 1e-4 and 0.75`);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

/** 1 for channels at most `radius` apart, else 0; of constants only, so that it is made once. */
const band = (emit: Emit, channels: number, radius: number): Value => {
  const value = Array.from({ length: channels }, (_, channel) => channel);
  const column = emit("constant", [], { dtype: "f32", shape: [channels, 1], value });
  const row = emit("constant", [], { dtype: "f32", shape: [1, channels], value });
  return emit("elementwise", [column, row], { formula: ge(radius, abs(sub(x0, x1))) });
};

const build = (emit: Emit, x: Value, options: LocalResponseNormalizationOptions<number>): Value => {
  const { depthRadius = 5, bias = 1, alpha = 1, beta = 0.5 } = options;
  const channels = lastAxis(x);
  const rows = x.type.shape.slice(0, -1).reduce<TypeDim>(multiplyDims, 1);
  const flat = emit("reshape", [x], { shape: [rows, channels] });
  const squares = emit("elementwise", [flat], { formula: mul(x0, x0) });
  const sums = emit("matMul", [squares, band(emit, channels, depthRadius)], { transposeA: false, transposeB: false });
  const y = emit("elementwise", [flat, sums], { formula: div(x0, pow(add(bias, mul(alpha, x1)), beta)) });
  return emit("reshape", [y], { shape: x.type.shape });
};

/**
 * Local response normalisation across channels: x / (bias + alpha Σ x²)^beta, the sum over the channels at most depthRadius
 * away.
 *
 * Shape   [a, …, c] -> the same.
 * Params  none.
 * Cost    2 c FLOP per element: the sums are a product with a banded matrix, which is also its own gradient.
 * Errors  an input without axes; a depthRadius that is no size; numbers that are not finite.
 * Source  Krizhevsky, Sutskever & Hinton 2012 §3.3; tf.nn.local_response_normalization (alpha is not divided by the
 *         number of channels, as it is in ONNX and PyTorch).
 *
 * @example
 * const y = pipe(input([28, 28, 96]), localResponseNormalization({ depthRadius: 2, alpha: 1e-4, beta: 0.75 }))
 */
export function localResponseNormalization<R extends number = 5>(
  options: LocalResponseNormalizationOptions<R> = {},
): LocalResponseNormalization<R> {
  return defineLayer({
    name: word,
    options,
    rule: ([shape = []]) => localResponseNormalizationShape(options, shape),
    build: ({ emit }, [x]) => {
      invariant(x, `${word} has one input`);
      return build(emit, x, options);
    },
  });
}

/** Sums over neighbouring channels are means over a window of an image of one channel, whose columns are the channels. */
export const localResponseNormalizationKeras = {
  kind: "keras",
  word,
  classes: [],
  write: ({ options, inputs, shape, layer, operation, refuse }) => {
    const x = only(inputs);
    if (shape.includes(null)) refuse("its input has unknown axes: give input(...) numbers");
    // Sound: options of a layer that the DSL has accepted.
    const { depthRadius = 5, bias = 1, alpha = 1, beta = 0.5 } = options as LocalResponseNormalizationOptions<number>;
    const window = 2 * depthRadius + 1;
    const channels = Number(shape.at(-1));
    const rows = shape.slice(0, -1).reduce<number>((count, dim) => count * Number(dim), 1);
    const image = [rows, channels, 1];
    const numpy = "keras.src.ops.numpy";
    const squares = operation({ module: numpy, className: "Multiply", config: {}, arguments: [x, x], part: "squares" });
    const columns = layer({
      className: "Reshape",
      config: { target_shape: image },
      inputs: [squares],
      shape: image,
      part: "columns",
    });
    const padded = layer({
      className: "ZeroPadding2D",
      config: {
        padding: [
          [0, 0],
          [depthRadius, depthRadius],
        ],
        data_format: "channels_last",
      },
      inputs: [columns],
      shape: [rows, channels + 2 * depthRadius, 1],
      part: "padding",
    });
    const mean = layer({
      className: "AveragePooling2D",
      config: { pool_size: [1, window], strides: [1, 1], padding: "valid", data_format: "channels_last" },
      inputs: [padded],
      shape: image,
      part: "mean",
    });
    const sum = layer({
      className: "Rescaling",
      config: { scale: alpha * window, offset: bias },
      inputs: [mean],
      shape: image,
      part: "sum",
    });
    const root = operation({
      module: numpy,
      className: "Power",
      config: {},
      arguments: [sum, -beta],
      shape: image,
      part: "power",
    });
    const factors = layer({ className: "Reshape", config: { target_shape: shape }, inputs: [root], part: "factors" });
    return operation({ module: numpy, className: "Multiply", config: {}, arguments: [x, factors] });
  },
  note: "written as products, a mean over a window of channels, and a power",
} satisfies KerasMapping;
