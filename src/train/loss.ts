/** Losses as values: each gives a number per example, as emitted operators, so the compiler sees through them. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { DataType, Dims } from "../compiler/ir/type.js";
import { add, exp, log, log1p, max, min, mul, neg, sub, abs, type Formula } from "../formula/formula.js";

/** What a loss is computed from: probabilities, their logits, or any values. */
export type LossInput = "probabilities" | "logits" | "values";

export interface LossRequest {
  readonly emit: Emit;
  /** The model's output: probabilities, logits or values, as `input` says. */
  readonly output: Value;
  /** The logits behind probabilities, where the model ends in softmax or sigmoid: exact and stable (Keras does the same). */
  readonly logits: Value | undefined;
  readonly labels: Value;
}

export interface Loss<In extends LossInput = LossInput> {
  readonly kind: "loss";
  /** Keras's name. */
  readonly name: string;
  readonly input: In;
  /** The probabilities that it needs, when it needs some. */
  readonly family: "categorical" | "binary" | "none";
  /** Type of the labels for outputs of that shape (batch axis first). */
  readonly labels: (output: Dims) => { readonly dtype: DataType; readonly shape: Dims };
  /** f32[n]: the loss of each example. */
  readonly perExample: (request: LossRequest) => Value;
}

export interface CrossentropyOptions<L extends boolean> {
  /** Whether the model gives logits instead of probabilities; false as in Keras. */
  readonly fromLogits?: L;
}

/** Keras's fuzz: probabilities are kept this far from 0 and 1. */
const epsilon = 1e-7;

const lastAxis = (value: Value): number => value.type.shape.length - 1;

/** −Σ labels · log p over the classes. */
const crossentropy = (logProbabilities: Value, labels: Value, emit: Emit): Value => {
  const terms = emit("elementwise", [labels, logProbabilities], { formula: neg(mul("x0", "x1")) });
  return meanOfRest(emit("reduceSum", [terms], { axes: [lastAxis(terms)], keepDims: false }), emit);
};

/** log p, from logits where there are some; else of clipped probabilities, brought to sum 1 first as Keras does. */
const logProbabilities = ({ emit, output, logits }: LossRequest): Value => {
  if (logits !== undefined) return emit("logSoftmax", [logits]);
  const sum = emit("reduceSum", [output], { axes: [lastAxis(output)], keepDims: true });
  const formula: Formula = log(max(min(["div", "x0", "x1"], 1 - epsilon), epsilon));
  return emit("elementwise", [output, sum], { formula });
};

/** Mean over the axes after the batch, when there are any. */
const meanOfRest = (value: Value, emit: Emit): Value => {
  const axes = value.type.shape.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? value : emit("reduceMean", [value], { axes, keepDims: false });
};

const inputOf = <L extends boolean>({ fromLogits }: CrossentropyOptions<L>): L extends true ? "logits" : "probabilities" =>
  (fromLogits === true ? "logits" : "probabilities") as L extends true ? "logits" : "probabilities"; // sound: L is the type of fromLogits

/**
 * Cross-entropy against class numbers: −log p[label].
 *
 * Shape   output [n, classes], labels i32 [n].
 * Source  Keras 3 `SparseCategoricalCrossentropy`.
 *
 * @example
 * const loss = sparseCategoricalCrossentropy({ fromLogits: true })
 */
export const sparseCategoricalCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities"> => ({
  kind: "loss",
  name: "sparse_categorical_crossentropy",
  input: inputOf(options),
  family: "categorical",
  labels: (output) => ({ dtype: "i32", shape: output.slice(0, -1) }),
  perExample: (request) => {
    const depth = Number(request.output.type.shape.at(-1));
    const oneHot = request.emit("oneHot", [request.labels], { depth });
    return crossentropy(logProbabilities(request), oneHot, request.emit);
  },
});

/**
 * Cross-entropy against probabilities per class: −Σ label · log p.
 *
 * Shape   output [n, classes], labels f32 [n, classes].
 * Source  Keras 3 `CategoricalCrossentropy`.
 */
export const categoricalCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities"> => ({
  kind: "loss",
  name: "categorical_crossentropy",
  input: inputOf(options),
  family: "categorical",
  labels: (output) => ({ dtype: "f32", shape: output }),
  perExample: (request) => crossentropy(logProbabilities(request), request.labels, request.emit),
});

/** max(z, 0) − z t + log(1 + e^−|z|): never overflows. */
const fromLogit: Formula = add(sub(max("x0", 0), mul("x0", "x1")), log1p(exp(neg(abs("x0")))));
const clipped: Formula = max(min("x0", 1 - epsilon), epsilon);
/** −t log p − (1 − t) log(1 − p) with p clipped and Keras's fuzz added inside the logarithms. */
const fromProbability: Formula = neg(
  add(mul("x1", log(add(clipped, epsilon))), mul(sub(1, "x1"), log(add(sub(1, clipped), epsilon)))),
);

/**
 * Cross-entropy of yes-or-no labels: −t log p − (1 − t) log(1 − p), mean over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape with values in [0, 1].
 * Source  Keras 3 `BinaryCrossentropy`; from logits the stable form of TensorFlow's sigmoid_cross_entropy_with_logits.
 */
export const binaryCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities"> => ({
  kind: "loss",
  name: "binary_crossentropy",
  input: inputOf(options),
  family: "binary",
  labels: (output) => ({ dtype: "f32", shape: output }),
  perExample: ({ emit, output, logits, labels }) =>
    meanOfRest(
      emit("elementwise", [logits ?? output, labels], { formula: logits === undefined ? fromProbability : fromLogit }),
      emit,
    ),
});

/**
 * Mean of (output − label)² over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `MeanSquaredError`.
 */
export const meanSquaredError = (): Loss<"values"> => ({
  kind: "loss",
  name: "mean_squared_error",
  input: "values",
  family: "none",
  labels: (output) => ({ dtype: "f32", shape: output }),
  perExample: ({ emit, output, labels }) => {
    const difference = sub("x0", "x1");
    return meanOfRest(emit("elementwise", [output, labels], { formula: mul(difference, difference) }), emit);
  },
});

