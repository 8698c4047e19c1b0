/** Sum along axes. */
import type { Operator } from "./operator.js";
import { reduction, reductionReference, spread, type ReductionAttributes } from "./reduction.js";
import { onnxReduction } from "./onnx-reduction.js";
import type { OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { tensorFlowReduction } from "./tensorflow-reduction.js";
import type { OnnxReading } from "./onnx-reading.js";
import { keepsAxes, reductionAxes } from "./onnx-reading-axes.js";
import { reduced } from "./onnx-reading-tensors.js";

/** f32[…] -> f32[… without or with 1 for `axes`]; the gradient is spread back. */
export const reduceSumOperator = reduction({
  name: "reduceSum",
  by: "sum",
  kernel: "Sum",
  axesName: "axis",
  gradient: ({ inputs: [x], outputGradient, attrs, needs, emit }) =>
    x === undefined || !needs(0) ? [] : [spread(outputGradient, x, attrs, emit)],
}) satisfies Operator<ReductionAttributes>;

export const reduceSumReference = reductionReference("reduceSum", "sum");

export const reduceSumOnnx = onnxReduction("reduceSum", "ReduceSum") satisfies OnnxMapping<ReductionAttributes>;

export const reduceSumOnnxReading = {
  kind: "onnxReading",
  reads: "ReduceSum",
  read: (request) =>
    reduced(request, "reduceSum", request.input(0), { axes: reductionAxes(request), keepDims: keepsAxes(request) }),
} satisfies OnnxReading;

export const reduceSumTensorFlow = tensorFlowReduction(
  "reduceSum",
  "Sum",
) satisfies TensorFlowMapping<ReductionAttributes>;
