/** Logarithm of softmax over the last axis: the operator, and its layer. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { activationLayer, lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { activationOperator, type ActivationOperator } from "./activation-operator.js";
import { E } from "../fp.js";
import { exp, log, mul, sub } from "../formula/formula.js";
import { overAxis, type AxisOption } from "./over-axis.js";
import type { Reference } from "./operator.js";
import { rowsOf } from "./rows.js";
import { int, type OnnxMapping } from "./onnx.js";
import { axisIn } from "./onnx-layout.js";
import { tensorFlowNode, type TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readOverAxis } from "./onnx-reading-softmax.js";

/** Over the last axis: x − max − log Σ e^(x − max). */
export const logSoftmaxOperator: ActivationOperator<Record<never, never>, AxisOption, "values"> = activationOperator(
  {
    kind: "operator",
    name: "logSoftmax",
    traits: [],
    type: ([x]) => (x === undefined || x.shape.length === 0 ? E.left("logSoftmax needs an axis") : E.right(x)),
    gradient: ({ output, outputGradient, needs, emit }) => {
      if (!needs(0)) return [];
      // dx = dy − e^y Σ dy
      const sum = emit("reduceSum", [outputGradient], { axes: [output.type.shape.length - 1], keepDims: true });
      return [emit("elementwise", [outputGradient, output, sum], { formula: sub("x0", mul(exp("x1"), "x2")) })];
    },
    decompose: ({ inputs: [x], output, emit }) => {
      if (x === undefined) return undefined;
      const last = { axes: [output.shape.length - 1], keepDims: true };
      const shifted = emit("elementwise", [x, emit("reduceMax", [x], last)], { formula: sub("x0", "x1") });
      const sum = emit("reduceSum", [emit("elementwise", [shifted], { formula: exp("x0") })], last);
      return emit("elementwise", [shifted, sum], { formula: sub("x0", log("x1")) });
    },
    kernel: ({ output }) => ({ kernel: "LogSoftmax", inputs: { logits: 0 }, attrs: { axis: output.shape.length - 1 } }),
    flops: ({ output }) => 5 * output.shape.reduce((a, b) => a * b, 1),
  },
  { gives: "values", defaults: { axis: -1 }, emit: overAxis("logSoftmax") },
);

/** The type of {@link logSoftmax}. */
export interface LogSoftmax extends Layer {
  readonly "~out": LastAxisShape<"logSoftmax", this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * Logarithm of softmax over the last axis: x - log Σ exp(x).
 *
 * Shape   [a, …, c] -> the same.
 * Params  none.
 * Cost    about 5 FLOP per element.
 * Errors  an input without axes.
 * Source  Keras log_softmax; the largest element is subtracted first, so that nothing overflows.
 *
 * @example
 * const y = pipe(input([784]), dense({ units: 10 }), logSoftmax) // Expr<[10]>
 */
export const logSoftmax: LogSoftmax = activationLayer(logSoftmaxOperator, lastAxisShape("logSoftmax"));

export const logSoftmaxReference = {
  kind: "reference",
  operator: "logSoftmax",
  run: ([x], output) => {
    if (x === undefined) return;
    for (const [from, to] of rowsOf(x.shape)) {
      const row = x.data.subarray(from, to);
      const largest = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
      output.data.set(
        row.map((value) => value - largest - Math.log(sum)),
        from,
      );
    }
  },
  cases: [
    { inputs: ["f32[3, 10]"], attrs: {} },
    { inputs: ["f32[2, 3, 4]"], attrs: {} },
  ],
} satisfies Reference<Record<never, never>>;

export const logSoftmaxOnnx = {
  kind: "onnx",
  operator: "logSoftmax",
  write: ({ output: { shape }, layout, input, node }) => ({
    layout,
    name: node("LogSoftmax", [input(0, layout)], { axis: int(axisIn(layout, shape.length - 1, shape.length)) }),
  }),
} satisfies OnnxMapping;

export const logSoftmaxOnnxReading = {
  kind: "onnxReading",
  reads: "LogSoftmax",
  read: (request) => readOverAxis(request, "logSoftmax"),
} satisfies OnnxReading;

export const logSoftmaxTensorFlow = tensorFlowNode("logSoftmax", "LogSoftmax") satisfies TensorFlowMapping;
