/** Max pooling over windows of an image: the layer, and its operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { PaddingOption, PairOption } from "../shape/padding.js";
import type { PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import type { Operator } from "./operator.js";
import { widerPads } from "./fold-input.js";
import {
  everyWindowHoldsACell,
  pooledType,
  poolFlops,
  poolKernelAttrs,
  poolReference,
  type PoolAttributes,
} from "./pooling.js";
import type { OnnxMapping } from "./onnx.js";
import { windowAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import { bordered, poolWindow } from "./tensorflow-window.js";
import { poolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readMaxPool } from "./onnx-reading-pool.js";

/** The layer that {@link maxPool2d} makes. */
export interface MaxPool2d<
  K extends PairOption = 2,
  St extends PairOption = K,
  P extends PaddingOption = "valid",
> extends Layer {
  readonly "~out": PoolShape<"maxPool2d", 2, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each window of an image in NHWC, channel by channel.
 *
 * Shape   [h, w, c] -> [h', w', c]; h' = ceil(h / stride) for "same", floor((h + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    h' w' c ph pw FLOP per example.
 * Errors  an option that is no size; an input that is no image; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  Dumoulin & Visin 2016 (arXiv:1603.07285) §3; TensorFlow's MaxPool: cells outside count as -∞.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), maxPool2d({ poolSize: 3, strides: 2 })) // Expr<[13, 13, 8]>
 */
export function maxPool2d<
  const K extends PairOption = 2,
  const St extends PairOption = K,
  const P extends PaddingOption = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, MaxPool2d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "maxPool2d", rank: 2, operator: "maxPool2d" }, options)),
  );
}

/** The operator `maxPool2d(x)`: the maximum of each window; padding never wins. */
export const maxPool2dOperator = {
  kind: "operator",
  name: "maxPool2d",
  traits: ["withinRange", "takesGreatest"],
  paddingValue: -Infinity,
  padded: ({ pads, shape, attrs }) => {
    const next = { ...attrs, pads: widerPads(attrs.pads, pads) ?? attrs.pads };
    // onnxruntime takes no pad as wide as the window, also where no window reaches its end.
    const isNarrow = next.pads.every((sides, axis) => sides.every((side) => side < (attrs.poolSize[axis] ?? 1)));
    return next.pads !== attrs.pads && isNarrow && everyWindowHoldsACell(shape, next) ? next : undefined;
  },
  type: pooledType("maxPool2d"),
  gradient: ({ inputs: [x], output, outputGradient, attrs, needs, emit }) =>
    x === undefined || !needs(0) ? [] : [emit("maxPool2dGradient", [x, output, outputGradient], attrs)],
  kernel: ({ attrs }) => ({ kernel: "MaxPool", inputs: { x: 0 }, attrs: poolKernelAttrs(attrs) }),
  flops: poolFlops,
} satisfies Operator<PoolAttributes>;

export const maxPool2dReference = poolReference("maxPool2d", (values) => Math.max(...values));

export const maxPool2dOnnx = {
  kind: "onnx",
  operator: "maxPool2d",
  write: ({ input, node, attrs: { poolSize, ...slide } }) => ({
    layout: "first",
    name: node("MaxPool", [input(0, "first")], windowAttributes({ ...slide, kernel: poolSize })),
  }),
} satisfies OnnxMapping<PoolAttributes>;

export const maxPool2dOnnxReading = {
  kind: "onnxReading",
  reads: "MaxPool",
  read: readMaxPool,
} satisfies OnnxReading;

export const maxPool2dTensorFlow = {
  kind: "tensorflow",
  operator: "maxPool2d",
  write: ({ values: [x], inputs: [image], attrs, graph }) => {
    invariant(x && image, "maxPool2d has an image");
    const { window, around } = poolWindow(image.shape, attrs);
    return graph.node("MaxPool", [bordered(graph, x, around, -Infinity)], window);
  },
} satisfies TensorFlowMapping<PoolAttributes>;

export const maxPool2dKeras = poolKeras({ word: "maxPool2d", rank: 2, of: "Max" }) satisfies KerasMapping;
