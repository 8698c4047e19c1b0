/** Softmax over the last axis: the operator, and its layer. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { activationLayer, lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { activationOperator, type ActivationOperator } from "./activation-operator.js";
import { E } from "../fp.js";
import { div, exp, mul, sub } from "../formula/formula.js";
import { overAxis, type AxisOption } from "./over-axis.js";
import type { Reference } from "./operator.js";
import { rowsOf } from "./rows.js";
import { int, type OnnxMapping } from "./onnx.js";
import { axisIn } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { valueStep, type KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readOverAxis } from "./onnx-reading-softmax.js";

/** Over the last axis: e^(x − max) / Σ e^(x − max). */
export const softmaxOperator: ActivationOperator<
  Record<never, never>,
  AxisOption,
  "probabilities"
> = activationOperator(
  {
    kind: "operator",
    name: "softmax",
    traits: ["categoricalProbabilities"],
    type: ([x]) => (x === undefined || x.shape.length === 0 ? E.left("softmax needs an axis") : E.right(x)),
    gradient: ({ output, outputGradient, needs, emit }) => {
      if (!needs(0)) return [];
      // dx = y (dy − Σ dy y)
      const axes = [output.type.shape.length - 1];
      const mean = emit("reduceSum", [emit("multiply", [outputGradient, output])], { axes, keepDims: true });
      return [emit("elementwise", [output, outputGradient, mean], { formula: mul("x0", sub("x1", "x2")) })];
    },
    decompose: ({ inputs: [x], output, emit }) => {
      if (x === undefined) return undefined;
      const last = { axes: [output.shape.length - 1], keepDims: true };
      const powers = emit("elementwise", [x, emit("reduceMax", [x], last)], { formula: exp(sub("x0", "x1")) });
      return emit("elementwise", [powers, emit("reduceSum", [powers], last)], { formula: div("x0", "x1") });
    },
    kernel: ({ output }) => ({ kernel: "Softmax", inputs: { logits: 0 }, attrs: { dim: output.shape.length - 1 } }),
    flops: ({ output }) => 5 * output.shape.reduce((a, b) => a * b, 1),
  },
  { gives: "probabilities", defaults: { axis: -1 }, keras: { layer: "Softmax" }, emit: overAxis("softmax") },
);

/** The type of {@link softmax}. */
export interface Softmax extends Layer<"probabilities"> {
  readonly "~out": LastAxisShape<"softmax", this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * Softmax over the last axis: exp(x) / Σ exp(x); its results are probabilities that sum to 1.
 *
 * Shape   [a, …, c] -> the same.
 * Params  none.
 * Cost    about 5 FLOP per element.
 * Errors  an input without axes.
 * Source  Keras softmax; the largest element is subtracted first, so that nothing overflows.
 *
 * @example
 * const y = pipe(input([784]), dense({ units: 10 }), softmax) // Probabilities<[10]>
 */
export const softmax: Softmax = activationLayer(softmaxOperator, lastAxisShape("softmax"));

export const softmaxReference = {
  kind: "reference",
  operator: "softmax",
  run: ([x], output) => {
    if (x === undefined) return;
    for (const [from, to] of rowsOf(x.shape)) {
      const row = x.data.subarray(from, to);
      const largest = Math.max(...row);
      const powers = row.map((value) => Math.exp(value - largest));
      const sum = powers.reduce((a, b) => a + b, 0);
      output.data.set(
        powers.map((power) => power / sum),
        from,
      );
    }
  },
  cases: [
    { inputs: ["f32[3, 10]"], attrs: {} },
    { inputs: ["f32[2, 3, 4]"], attrs: {} },
    { inputs: ["f32[5, 1]"], attrs: {} },
  ],
} satisfies Reference<Record<never, never>>;

export const softmaxOnnx = {
  kind: "onnx",
  operator: "softmax",
  write: ({ output: { shape }, layout, input, node }) => ({
    layout,
    name: node("Softmax", [input(0, layout)], { axis: int(axisIn(layout, shape.length - 1, shape.length)) }),
  }),
} satisfies OnnxMapping;

export const softmaxOnnxReading = {
  kind: "onnxReading",
  reads: "Softmax",
  read: (request) => readOverAxis(request, "softmax"),
} satisfies OnnxReading;

export const softmaxTensorFlow = {
  kind: "tensorflow",
  operator: "softmax",
  // oneDNN's kernel leaves a NaN in its place only; divided by their sum all numbers of its row become NaN.
  write: ({ values, output, graph }) => {
    const shares = graph.node("Softmax", values);
    const last = graph.constant("i32", [output.shape.length - 1]);
    return graph.node("RealDiv", [shares, graph.node("Sum", [shares, last], { keep_dims: true })]);
  },
} satisfies TensorFlowMapping;

export const softmaxKeras = {
  kind: "keras",
  word: "softmax",
  classes: ["Softmax"],
  read: ({ config, inputs, apply }) => {
    const axes = config.axes("axis") ?? [-1];
    const [axis = -1] = axes;
    if (axes.length !== 1) config.refuse("a softmax over several axes is not supported: use one axis");
    return apply(valueStep("softmax", inputs, { axis: axis === -1 ? undefined : axis }));
  },
} satisfies KerasMapping;
