/** Class numbers as rows of zeros with one 1. */
import { E } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { eq } from "../formula/formula.js";
import { firstBad, isCount } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readOneHot } from "./onnx-reading-one-hot.js";

export type OneHotAttributes = { readonly depth: number };

/** i32[…] -> f32[…, depth]; a number that is no class gives a row of zeros. */
export const oneHotOperator = {
  kind: "operator",
  name: "oneHot",
  traits: [],
  type: ([labels], attrs) => {
    const bad = firstBad("oneHot", attrs, { depth: isCount(attrs.depth) && attrs.depth > 0 });
    if (bad !== undefined) return E.left(bad);
    return labels?.dtype === "i32" ? E.right(f32(...labels.shape, attrs.depth)) : E.left("oneHot needs i32 labels");
  },
  // No kernel: TensorFlow.js's wasm OneHot writes integers whatever the dtype. A comparison with 0, 1, 2, … is as fast.
  decompose: ({ inputs: [labels], attrs: { depth }, emit }) => {
    if (labels === undefined) return undefined;
    const classes = emit("constant", [], {
      dtype: "f32",
      shape: [depth],
      value: Array.from({ length: depth }, (_, i) => i),
    });
    return emit("elementwise", [emit("reshape", [labels], { shape: [...labels.type.shape, 1] }), classes], {
      formula: eq("x0", "x1"),
    });
  },
  flops: () => 0,
} satisfies Operator<OneHotAttributes>;

export const oneHotReference = {
  kind: "reference",
  operator: "oneHot",
  run: ([labels], output, { depth }) =>
    labels?.data.forEach((label, i) => {
      if (label >= 0 && label < depth) output.data[i * depth + label] = 1;
    }),
  cases: [
    { inputs: ["i32[5]"], attrs: { depth: 4 }, fill: [{ indexBelow: 4 }] },
    { inputs: ["i32[7]"], attrs: { depth: 3 }, fill: [{ indexBelow: 5 }] },
  ],
} satisfies Reference<OneHotAttributes>;

export const oneHotTensorFlow = {
  kind: "tensorflow",
  operator: "oneHot",
  write: ({ values, attrs: { depth }, graph }) => {
    const [size, on, off] = [
      graph.constant("i32", depth, []),
      graph.constant("f32", 1, []),
      graph.constant("f32", 0, []),
    ];
    return graph.node("OneHot", [...values, size, on, off], { T: { type: "f32" }, TI: { type: "i32" } }, "f32");
  },
} satisfies TensorFlowMapping<OneHotAttributes>;

export const oneHotOnnxReading = {
  kind: "onnxReading",
  reads: "OneHot",
  read: readOneHot,
} satisfies OnnxReading;
