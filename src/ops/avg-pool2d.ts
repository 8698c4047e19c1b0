/** Average pooling over windows of an image: the layer, and its operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { PaddingOption, PairOption } from "../shape/padding.js";
import type { PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import type { Operator } from "./operator.js";
import { pooledType, poolFlops, poolKernelAttrs, poolReference, type PoolAttributes } from "./pooling.js";
import { int, type OnnxMapping } from "./onnx.js";
import { windowAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import { bordered, cellShares, poolWindow } from "./tensorflow-window.js";
import { poolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readAveragePool } from "./onnx-reading-pool.js";

/** The layer that {@link avgPool2d} makes. */
export interface AvgPool2d<
  K extends PairOption = 2,
  St extends PairOption = K,
  P extends PaddingOption = "valid",
> extends Layer {
  readonly "~out": PoolShape<"avgPool2d", 2, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each window of an image in NHWC, channel by channel.
 *
 * Shape   [h, w, c] -> [h', w', c]; h' = ceil(h / stride) for "same", floor((h + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    h' w' c ph pw FLOP per example.
 * Errors  an option that is no size; an input that is no image; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  Dumoulin & Visin 2016 (arXiv:1603.07285) §3; TensorFlow's AvgPool: cells outside do not count.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), avgPool2d({ poolSize: 3, strides: 2 })) // Expr<[13, 13, 8]>
 */
export function avgPool2d<
  const K extends PairOption = 2,
  const St extends PairOption = K,
  const P extends PaddingOption = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, AvgPool2d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "avgPool2d", rank: 2, operator: "avgPool2d" }, options)),
  );
}

/** The operator `avgPool2d(x)`: the mean of each window; padding is not counted. */
export const avgPool2dOperator = {
  kind: "operator",
  name: "avgPool2d",
  // Cells of padding are not counted: it has no value for them.
  traits: ["withinRange", "averages"],
  type: pooledType("avgPool2d"),
  gradient: ({ inputs: [x], outputGradient, attrs, needs, emit }) =>
    x === undefined || !needs(0)
      ? []
      : [emit("avgPool2dGradient", [outputGradient], { ...attrs, inputSize: x.type.shape.slice(1, 3) })],
  kernel: ({ attrs }) => ({ kernel: "AvgPool", inputs: { x: 0 }, attrs: poolKernelAttrs(attrs) }),
  flops: poolFlops,
} satisfies Operator<PoolAttributes>;

export const avgPool2dReference = poolReference(
  "avgPool2d",
  (values) => values.reduce((a, b) => a + b, 0) / values.length,
);

export const avgPool2dOnnx = {
  kind: "onnx",
  operator: "avgPool2d",
  write: ({ input, node, attrs: { poolSize, ...slide } }) => ({
    layout: "first",
    name: node("AveragePool", [input(0, "first")], {
      ...windowAttributes({ ...slide, kernel: poolSize }),
      count_include_pad: int(0),
    }),
  }),
} satisfies OnnxMapping<PoolAttributes>;

export const avgPool2dOnnxReading = {
  kind: "onnxReading",
  reads: "AveragePool",
  read: readAveragePool,
} satisfies OnnxReading;

export const avgPool2dTensorFlow = {
  kind: "tensorflow",
  operator: "avgPool2d",
  write: ({ values: [x], inputs: [image], attrs, graph }) => {
    invariant(x && image, "avgPool2d has an image");
    const { window, around } = poolWindow(image.shape, attrs);
    const mean = graph.node("AvgPool", [bordered(graph, x, around, 0)], window);
    const shares = cellShares(graph, image.shape, attrs, around);
    return shares === undefined ? mean : graph.node("Mul", [mean, shares]);
  },
} satisfies TensorFlowMapping<PoolAttributes>;

export const avgPool2dKeras = poolKeras({ word: "avgPool2d", rank: 2, of: "Average" }) satisfies KerasMapping;
