/** Adds one number per channel. */
import { add, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";

/** f32[…, c], f32[c] -> f32[…, c]. Fused into the convolution or matrix product before it. */
export const biasAddOperator = elementwise<Record<never, never>>({
  name: "biasAdd",
  arity: 2,
  traits: ["bias"],
  formula: () => add(x0, x1),
}) satisfies Operator<Record<never, never>>;

export const biasAddOnnx = onnxNamed("biasAdd", "Add") satisfies OnnxMapping;

export const biasAddTensorFlow = {
  kind: "tensorflow",
  operator: "biasAdd",
  // By this name TensorFlow's optimiser fuses it with the convolution or product before it and the activation after it.
  has: ({ inputs: [x, bias] }) => (x?.shape.length ?? 0) >= 2 && bias?.shape.length === 1,
  write: ({ values, graph }) => graph.node("BiasAdd", values, { data_format: "NHWC" }),
} satisfies TensorFlowMapping;
