/** Maximum along axes. */
import { div, eq, mul } from "../formula/formula.js";
import type { Operator } from "./operator.js";
import { reducedShape, reduction, reductionReference, spread, type ReductionAttributes } from "./reduction.js";
import { onnxReduction } from "./onnx-reduction.js";
import type { OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { tensorFlowReduction } from "./tensorflow-reduction.js";
import type { OnnxReading } from "./onnx-reading.js";
import { keepsAxes, reductionAxes } from "./onnx-reading-axes.js";
import { reduced } from "./onnx-reading-tensors.js";

/** f32[…] -> f32[… without or with 1 for `axes`]; equal maxima share the gradient, as in TensorFlow. */
export const reduceMaxOperator = reduction({
  name: "reduceMax",
  by: "max",
  kernel: "Max",
  traits: ["withinRange", "takesGreatest"],
  axesName: "reductionIndices",
  gradient: ({ inputs: [x], output, outputGradient, attrs, needs, emit }) => {
    if (x === undefined || !needs(0)) return [];
    const kept = { shape: reducedShape(x.type.shape, { ...attrs, keepDims: true }) };
    const isMax = emit("elementwise", [x, emit("reshape", [output], kept)], { formula: eq("x0", "x1") });
    const ties = emit("reduceSum", [isMax], { ...attrs, keepDims: true });
    const gradient = spread(outputGradient, x, attrs, emit);
    return [emit("elementwise", [gradient, isMax, ties], { formula: div(mul("x0", "x1"), "x2") })];
  },
}) satisfies Operator<ReductionAttributes>;

export const reduceMaxReference = reductionReference("reduceMax", "max");

export const reduceMaxOnnx = onnxReduction("reduceMax", "ReduceMax") satisfies OnnxMapping<ReductionAttributes>;

export const reduceMaxOnnxReading = {
  kind: "onnxReading",
  reads: "ReduceMax",
  read: (request) =>
    reduced(request, "reduceMax", request.input(0), { axes: reductionAxes(request), keepDims: keepsAxes(request) }),
} satisfies OnnxReading;

export const reduceMaxTensorFlow = tensorFlowReduction(
  "reduceMax",
  "Max",
) satisfies TensorFlowMapping<ReductionAttributes>;
