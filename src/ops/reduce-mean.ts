/** Mean along axes. */
import { div } from "../formula/formula.js";
import type { Operator } from "./operator.js";
import { reduction, reductionReference, spread, type ReductionAttributes } from "./reduction.js";
import { onnxReduction } from "./onnx-reduction.js";
import type { OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { tensorFlowReduction } from "./tensorflow-reduction.js";
import type { OnnxReading } from "./onnx-reading.js";
import { keepsAxes, reductionAxes } from "./onnx-reading-axes.js";
import { reduced } from "./onnx-reading-tensors.js";

/** f32[…] -> f32[… without or with 1 for `axes`]; the gradient is spread back, divided by the number of elements. */
export const reduceMeanOperator = reduction({
  name: "reduceMean",
  by: "mean",
  kernel: "Mean",
  traits: ["withinRange"],
  axesName: "axis",
  gradient: ({ inputs: [x], outputGradient, attrs, needs, emit }) => {
    if (x === undefined || !needs(0)) return [];
    const count = emit("size", [x], { axes: attrs.axes });
    const share = emit("elementwise", [outputGradient, count], { formula: div("x0", "x1") });
    return [spread(share, x, attrs, emit)];
  },
}) satisfies Operator<ReductionAttributes>;

export const reduceMeanReference = reductionReference("reduceMean", "mean");

export const reduceMeanOnnx = onnxReduction("reduceMean", "ReduceMean") satisfies OnnxMapping<ReductionAttributes>;

export const reduceMeanOnnxReading = {
  kind: "onnxReading",
  reads: "ReduceMean",
  read: (request) =>
    reduced(request, "reduceMean", request.input(0), { axes: reductionAxes(request), keepDims: keepsAxes(request) }),
} satisfies OnnxReading;

export const reduceMeanTensorFlow = tensorFlowReduction(
  "reduceMean",
  "Mean",
) satisfies TensorFlowMapping<ReductionAttributes>;
