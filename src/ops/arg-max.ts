/** The index of the largest element along an axis. */
import { E } from "../fp.js";
import { firstBad, isAxes } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import { int, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readArgMax } from "./onnx-reading-arg-max.js";

export type ArgMaxAttributes = { readonly axis: number };

/** f32[…] -> i32[… without `axis`]; the first of equal maxima. */
export const argMaxOperator = {
  kind: "operator",
  name: "argMax",
  traits: [],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("argMax needs an input");
    const bad = firstBad("argMax", attrs, { axis: isAxes([attrs.axis], x.shape.length) });
    return bad === undefined
      ? E.right({ dtype: "i32", shape: x.shape.filter((_, axis) => axis !== attrs.axis) })
      : E.left(bad);
  },
  kernel: ({ attrs }) => ({ kernel: "ArgMax", inputs: { x: 0 }, attrs: { axis: attrs.axis } }),
  flops: ({ inputs: [x] }) => (x?.shape ?? []).reduce((a, b) => a * b, 1),
} satisfies Operator<ArgMaxAttributes>;

export const argMaxReference = {
  kind: "reference",
  operator: "argMax",
  run: ([x], output, { axis }) => {
    if (x === undefined) return;
    const best = Array.from(output.data, () => -Infinity);
    forEachPosition(x.shape, (flat, position) => {
      const at = flatIndex(output.shape, position.toSpliced(axis, 1));
      const value = x.data[flat] ?? 0;
      if (value <= (best[at] ?? 0)) return;
      best[at] = value;
      output.data[at] = position[axis] ?? 0;
    });
  },
  cases: [
    { inputs: ["f32[4, 10]"], attrs: { axis: 1 }, fill: ["distinct"] },
    { inputs: ["f32[3, 4, 2]"], attrs: { axis: 1 }, fill: ["distinct"] },
  ],
} satisfies Reference<ArgMaxAttributes>;

/** ONNX gives int64; 6 is int32. */
export const argMaxOnnx = {
  kind: "onnx",
  operator: "argMax",
  write: ({ input, node, attrs: { axis } }) => ({
    layout: "last",
    name: node("Cast", [node("ArgMax", [input(0, "last")], { axis: int(axis), keepdims: int(0) })], { to: int(6) }),
  }),
} satisfies OnnxMapping<ArgMaxAttributes>;

export const argMaxOnnxReading = {
  kind: "onnxReading",
  reads: "ArgMax",
  read: (request) => readArgMax(request, request.input(0)),
} satisfies OnnxReading;

export const argMaxTensorFlow = {
  kind: "tensorflow",
  operator: "argMax",
  write: ({ values, attrs: { axis }, graph }) =>
    graph.node("ArgMax", [...values, graph.constant("i32", axis, [])], { output_type: { type: "i32" } }, "i32"),
} satisfies TensorFlowMapping<ArgMaxAttributes>;
