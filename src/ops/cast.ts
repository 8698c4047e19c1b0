/** Changes the element type. */
import { E } from "../fp.js";
import type { DataType } from "../compiler/ir/type.js";
import { firstBad } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";
import { int, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import type { OnnxReading } from "./onnx-reading.js";
import { castTo } from "./onnx-reading-cast.js";

export type CastAttributes = { readonly dtype: DataType };

/** f32 to i32 truncates towards zero; no gradient flows. */
export const castOperator = {
  kind: "operator",
  name: "cast",
  traits: [],
  type: ([x], attrs) => {
    const bad = firstBad("cast", attrs, { dtype: attrs.dtype === "f32" || attrs.dtype === "i32" });
    if (bad !== undefined) return E.left(bad);
    return x === undefined ? E.left("cast needs an input") : E.right({ dtype: attrs.dtype, shape: x.shape });
  },
  kernel: ({ attrs }) => ({
    kernel: "Cast",
    inputs: { x: 0 },
    attrs: { dtype: attrs.dtype === "f32" ? "float32" : "int32" },
  }),
  flops: () => 0,
} satisfies Operator<CastAttributes>;

export const castReference = {
  kind: "reference",
  operator: "cast",
  run: ([x], output, { dtype }) =>
    x?.data.forEach((value, i) => (output.data[i] = dtype === "i32" ? Math.trunc(value) : value)),
  cases: [
    { inputs: ["f32[3, 4]"], attrs: { dtype: "i32" } },
    { inputs: ["i32[5]"], attrs: { dtype: "f32" }, fill: [{ indexBelow: 9 }] },
  ],
} satisfies Reference<CastAttributes>;

/** ONNX numbers its types: 1 is float32, 6 is int32. */
export const castOnnx = {
  kind: "onnx",
  operator: "cast",
  write: ({ layout, input, node, attrs: { dtype } }) => ({
    layout,
    name: node("Cast", [input(0, layout)], { to: int(dtype === "i32" ? 6 : 1) }),
  }),
} satisfies OnnxMapping<CastAttributes>;

export const castOnnxReading = {
  kind: "onnxReading",
  reads: "Cast",
  read: (request) => castTo(request, request.input(0), request.attributes.int("to", 1)),
} satisfies OnnxReading;

export const castTensorFlow = {
  kind: "tensorflow",
  operator: "cast",
  write: ({ values: [x], attrs: { dtype }, graph }) => {
    invariant(x, "cast has an input");
    const types = { T: undefined, SrcT: { type: x.type }, DstT: { type: dtype } };
    return x.type === dtype ? x : graph.node("Cast", [x], types, dtype);
  },
} satisfies TensorFlowMapping<CastAttributes>;
