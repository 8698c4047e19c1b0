/** Joining along an axis: the layer, and its operator. */
import type { Expr } from "../dsl/expr.js";
import { applySpec, type Guard, type Key } from "../dsl/layer.js";
import { asMerge } from "../dsl/merge.js";
import { placeOf } from "../shape/axis.js";
import { concatenatedShape, type ConcatenatedShape } from "../shape/concatenation.js";
import { invariant } from "../errors.js";
import type { AsShape, Shape } from "../shape/shape.js";
import type { LayerSpec } from "./layer.js";
import { E as Result } from "../fp.js";
import type { Dim } from "../compiler/ir/type.js";
import { firstBad, isAxes } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import { int, type OnnxMapping } from "./onnx.js";
import { axisIn } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { given, type KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { malformed } from "./onnx-reading.js";
import { axisOf } from "./onnx-reading-numbers.js";
import { joined } from "./onnx-reading-moves.js";

/** The joined shape, deferred while a shape is generic; see Out. */
export interface Concatenated<in out Shapes, in out Axis extends number = -1> {
  out: AsShape<ConcatenatedShape<Shapes, Axis>>;
}

const concatenateLayer = (options: { readonly axis?: number | undefined }): LayerSpec => ({
  name: "concatenate",
  options,
  rule: (shapes) => concatenatedShape(shapes, options.axis ?? -1),
  build: ({ emit }, inputs) => {
    const [first] = inputs;
    invariant(first, "concatenate has inputs");
    if (inputs.length === 1) return first;
    const place = placeOf(options.axis ?? -1, first.type.shape.length - 1);
    invariant(place, "the axis of concatenate is one of its inputs'");
    return emit("concatenate", inputs, { axis: place + 1 });
  },
});

/**
 * Joins expressions along one axis, by default the last; the axis counts the batch as axis 0, as in Keras.
 *
 * Shape   [h, w, a], [h, w, b], … -> [h, w, a + b + …].
 * Params  none.
 * Cost    none but the copy.
 * Errors  no inputs; an axis that there is not; other axes that differ.
 * Source  Keras Concatenate.
 *
 * @example
 * const y = concatenate([input([14, 14, 64]), input([14, 14, 32])]) // Expr<[14, 14, 96]>
 */
export function concatenate<Shapes extends readonly Shape[], const Axis extends number = -1>(
  inputs: readonly [...{ [I in keyof Shapes]: Expr<Shapes[I]> }] & Guard<Concatenated<Shapes, Axis>[Key<Shapes>]>,
  options: { readonly axis?: Axis | undefined } = {},
): Expr<Concatenated<Shapes, Axis>[Key<Shapes>]> {
  const all: readonly Expr<Shape>[] = inputs;
  // Sound where concatenatedShape is the twin of ConcatenatedShape, which test/types compares at random.
  return applySpec(concatenateLayer(options), all) as Expr<Concatenated<Shapes, Axis>[Key<Shapes>]>;
}

asMerge(concatenate, "list");

export type ConcatenateAttributes = { readonly axis: number };

/** Values one after the other along an axis, which counts the batch axis. */
export const concatenateOperator = {
  kind: "operator",
  name: "concatenate",
  traits: ["movesData", "joins"],
  type: (inputs, attrs) => {
    const [first] = inputs;
    if (first === undefined) return Result.left("concatenate needs inputs");
    const { axis } = attrs;
    const bad = firstBad("concatenate", attrs, { axis: isAxes([axis], first.shape.length) });
    if (bad !== undefined) return Result.left(bad);
    const agree = inputs.every(
      ({ shape, dtype }) =>
        dtype === first.dtype &&
        shape.length === first.shape.length &&
        shape.every((dim, i) => i === axis || dim === first.shape[i]),
    );
    const sizes = inputs.map(({ shape }) => shape[axis]);
    const total = sizes.reduce<Dim | undefined>(
      (sum, size) => (typeof sum === "number" && typeof size === "number" ? sum + size : undefined),
      0,
    );
    return agree && total !== undefined
      ? Result.right({ ...first, shape: first.shape.with(axis, total) })
      : Result.left(
          `concatenate: ${inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ")} differ outside axis ${axis}`,
        );
  },
  gradient: ({ inputs, outputGradient, attrs: { axis }, needs, emit }) => {
    let offset = 0;
    return inputs.map(({ type: { shape } }, index) => {
      const begin = shape.map((_, i) => (i === axis ? offset : 0));
      offset += Number(shape[axis]);
      return needs(index) ? emit("slice", [outputGradient], { begin, size: shape }) : undefined;
    });
  },
  kernel: ({ inputs, attrs }) => ({
    kernel: "Concat",
    inputs: inputs.map((_, index) => index),
    attrs: { axis: attrs.axis },
  }),
  flops: () => 0,
} satisfies Operator<ConcatenateAttributes>;

export const concatenateReference = {
  kind: "reference",
  operator: "concatenate",
  run: (inputs, output, { axis }) => {
    let offset = 0;
    for (const { shape, data } of inputs) {
      forEachPosition(shape, (flat, position) => {
        output.data[flatIndex(output.shape, position.with(axis, (position[axis] ?? 0) + offset))] = data[flat] ?? 0;
      });
      offset += shape[axis] ?? 0;
    }
  },
  cases: [
    { inputs: ["f32[2, 3, 4]", "f32[2, 3, 1]", "f32[2, 3, 2]"], attrs: { axis: 2 } },
    { inputs: ["f32[2, 3]", "f32[2, 5]"], attrs: { axis: 1 } },
    { inputs: ["f32[2, 2, 3, 4]", "f32[2, 1, 3, 4]"], attrs: { axis: 1 } },
  ],
} satisfies Reference<ConcatenateAttributes>;

export const concatenateOnnx = {
  kind: "onnx",
  operator: "concatenate",
  write: ({ inputs, output: { shape }, layout, input, node, attrs: { axis } }) => ({
    layout,
    name: node(
      "Concat",
      inputs.map((_, index) => input(index, layout)),
      { axis: int(axisIn(layout, axis, shape.length)) },
    ),
  }),
} satisfies OnnxMapping<ConcatenateAttributes>;

export const concatenateOnnxReading = {
  kind: "onnxReading",
  reads: "Concat",
  read: (request) => {
    const rank = request.input(0).shape.length;
    const axis = axisOf(request.attributes.int("axis", 0), rank);
    const tensors = request.inputs.map((_, index) => request.input(index));
    if (tensors.some(({ shape }) => shape.length !== rank)) malformed("tensors of different ranks are no parts of one");
    return joined(request, tensors, axis);
  },
} satisfies OnnxReading;

export const concatenateTensorFlow = {
  kind: "tensorflow",
  operator: "concatenate",
  write: ({ values, attrs: { axis }, graph }) =>
    values.length === 1
      ? graph.node("Identity", values)
      : graph.node("ConcatV2", [...values, graph.constant("i32", axis, [])], { N: { int: values.length } }),
} satisfies TensorFlowMapping<ConcatenateAttributes>;

export const concatenateKeras = {
  kind: "keras",
  word: "concatenate",
  classes: ["Concatenate"],
  read: ({ config, inputs, apply }) =>
    apply({ word: "concatenate", options: given({ axis: config.numberOr(-1, "axis") }), inputs }),
  write: ({ options, inputs, layer }) =>
    layer({ className: "Concatenate", config: { axis: options["axis"] ?? -1 }, inputs }),
} satisfies KerasMapping;
