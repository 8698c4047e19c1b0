/** Other axes for the same elements: the layer, and its operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { reshapedShape, type ReshapedShape } from "../shape/reshape.js";
import { E as Result } from "../fp.js";
import { sizeOf, type Dims } from "../compiler/ir/type.js";
import { firstBad, isShape } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import { inLayout } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { dimsOf } from "./onnx-reading-numbers.js";
import { reshapedTensor, withRest } from "./onnx-reading-reshape.js";

/** The layer that {@link reshape} makes. */
export interface Reshape<T extends readonly number[]> extends Layer {
  readonly "~out": ReshapedShape<this["~in"], T>;
  readonly "~params": NoWeights;
}

/**
 * The same elements in row-major order under other axes; the batch axis stays. One axis may be -1: what is left.
 *
 * Shape   [a, b, …] -> targetShape.
 * Params  none.
 * Cost    none: the data stay where they are.
 * Errors  an axis that is no size; two axes of -1; another number of elements.
 * Source  Keras Reshape.
 *
 * @example
 * const y = pipe(input([784]), reshape({ targetShape: [28, 28, -1] })) // Expr<[28, 28, 1]>
 */
export function reshape<const T extends readonly number[]>(options: { readonly targetShape: T }): Reshape<T> {
  const { targetShape } = options;
  return defineLayer({
    name: "reshape",
    options,
    rule: ([shape = []]) => reshapedShape(shape, targetShape),
    build: ({ emit }, [x]) => {
      invariant(x, "reshape has one input");
      const total = x.type.shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
      const known = targetShape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
      return emit("reshape", [x], { shape: ["n", ...targetShape.map((dim) => (dim === -1 ? total / known : dim))] });
    },
  });
}

export type ReshapeAttributes = { readonly shape: Dims };

/** The same elements in the same order under another shape: a view, no kernel runs. */
export const reshapeOperator = {
  kind: "operator",
  name: "reshape",
  traits: ["movesData"],
  type: ([x], attrs) => {
    const bad = firstBad("reshape", attrs, { shape: isShape(attrs.shape) });
    if (bad !== undefined || x === undefined) return Result.left(bad ?? "reshape needs an input");
    return sizeOf(x.shape) === sizeOf(attrs.shape)
      ? Result.right({ ...x, shape: attrs.shape })
      : Result.left(`reshape: [${x.shape.join(", ")}] and [${attrs.shape.join(", ")}] differ in size`);
  },
  gradient: ({ inputs: [x], outputGradient, needs, emit }) =>
    x === undefined || !needs(0) ? [] : [emit("reshape", [outputGradient], { shape: x.type.shape })],
  kernel: ({ output }) => ({ kernel: "Reshape", inputs: { x: 0 }, attrs: { shape: output.shape } }),
  flops: () => 0,
} satisfies Operator<ReshapeAttributes>;

export const reshapeReference = {
  kind: "reference",
  operator: "reshape",
  run: ([x], output) => {
    if (x !== undefined) output.data.set(x.data);
  },
  cases: [
    { inputs: ["f32[2, 6]"], attrs: { shape: [2, 3, 2] } },
    { inputs: ["f32[2, 3, 4]"], attrs: { shape: [24] } },
  ],
} satisfies Reference<ReshapeAttributes>;

/** Where batch and channels stay and only what lies between is cut anew, channels-first tensors need not be turned. */
export const reshapeOnnx = {
  kind: "onnx",
  operator: "reshape",
  write: ({ inputs: [x], output: { shape }, layout, input, reshaped }) => {
    const between = x?.shape.length !== undefined && x.shape.length > 2 && shape.length > 1;
    const keeps = between && x.shape[0] === shape[0] && x.shape.at(-1) === shape.at(-1);
    const from = layout === "first" && !keeps ? "last" : layout;
    return { layout: from, name: reshaped(input(0, from), inLayout(from, shape)) };
  },
} satisfies OnnxMapping<ReshapeAttributes>;

export const reshapeOnnxReading = {
  kind: "onnxReading",
  reads: "Reshape",
  read: (request) => {
    const x = request.input(0);
    const keepsZeros = request.attributes.int("allowzero", 0) === 0;
    const wanted = dimsOf(request.input(1), "sizes").map((dim, axis) =>
      dim === 0 && keepsZeros ? (x.shape[axis] ?? 1) : dim,
    );
    return reshapedTensor(request, x, withRest(wanted, x.shape));
  },
} satisfies OnnxReading;

export const reshapeTensorFlow = {
  kind: "tensorflow",
  operator: "reshape",
  // An axis that holds the batch is what is left: there is one at most.
  write: ({ values: [x], attrs: { shape }, graph }) => {
    invariant(x, "reshape has an input");
    const sizes = shape.includes(0)
      ? graph.sizes(shape)
      : graph.constant(
          "i32",
          shape.map((dim) => (typeof dim === "number" ? dim : -1)),
        );
    return graph.node("Reshape", [x, sizes]);
  },
} satisfies TensorFlowMapping<ReshapeAttributes>;

export const reshapeKeras = {
  kind: "keras",
  word: "reshape",
  classes: ["Reshape"],
  read: ({ config, inputs, apply }) =>
    apply({ word: "reshape", options: { targetShape: config.axes("target_shape") ?? [] }, inputs }),
  write: ({ options, inputs, layer }) =>
    layer({ className: "Reshape", config: { target_shape: options["targetShape"] }, inputs }),
} satisfies KerasMapping;
