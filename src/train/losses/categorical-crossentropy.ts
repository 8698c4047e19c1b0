/** Cross-entropy over classes, with labels as class numbers or as probabilities per class. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { log, max, min, mul, neg, type Formula } from "../../formula/formula.js";
import { belowOne, flag, optionsProblem } from "../options.js";
import { epsilon, inputOf, lastAxis, sameAsOutput, smoothed, sumOfLast, type Loss, type LossRequest } from "./loss.js";

export interface CrossentropyOptions<L extends boolean> {
  /** Whether the model gives logits instead of probabilities; false as in Keras. */
  readonly fromLogits?: L | undefined;
  /** s: labels become label (1 − s) + s / classes; 0 as in Keras. */
  readonly labelSmoothing?: number | undefined;
}

export const crossentropyRules = { fromLogits: flag, labelSmoothing: belowOne(0.1) };

/** The probabilities themselves, brought to sum 1 and kept from 0 and 1, as Keras does. */
export const clippedProbabilities = (output: Value, emit: Emit): Value => {
  const sum = emit("reduceSum", [output], { axes: [lastAxis(output)], keepDims: true });
  const formula: Formula = max(min(["div", "x0", "x1"], 1 - epsilon), epsilon);
  return emit("elementwise", [output, sum], { formula });
};

/** log p, from logits where there are some; else of clipped probabilities. */
export const logProbabilities = ({ emit, output, logits }: LossRequest): Value =>
  logits !== undefined
    ? emit("logSoftmax", [logits])
    : emit("elementwise", [clippedProbabilities(output, emit)], { formula: log("x0") });

/** −Σ labels · log p over the classes. */
const crossentropy = (request: LossRequest, labels: Value, labelSmoothing: number): Value => {
  const classes = Number(request.output.type.shape.at(-1));
  const formula = neg(mul(smoothed("x0", labelSmoothing, classes), "x1"));
  return sumOfLast(request.emit("elementwise", [labels, logProbabilities(request)], { formula }), request.emit);
};

/** Class numbers as rows with one 1. */
export const oneHotLabels = ({ emit, output, labels }: Omit<LossRequest, "logits">): Value =>
  emit("oneHot", [labels], { depth: Number(output.type.shape.at(-1)) });

/**
 * Cross-entropy against class numbers: −log p[label].
 *
 * Shape   output [n, …, classes], labels i32 [n, …].
 * Source  Keras 3 `SparseCategoricalCrossentropy`; label smoothing, which Keras has for dense labels only, is what
 *         `categoricalCrossentropy` does with the same labels as rows of 0 and 1.
 *
 * @example
 * const loss = sparseCategoricalCrossentropy({ fromLogits: true })
 */
export const sparseCategoricalCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities", "categorical", "classes"> => ({
  kind: "loss",
  name: "sparse_categorical_crossentropy",
  input: inputOf(options.fromLogits),
  family: "categorical",
  options: { ...options },
  problem: optionsProblem("sparseCategoricalCrossentropy", options, crossentropyRules),
  labels: (output) => ({ dtype: "i32", shape: output.slice(0, -1) }),
  perExample: (request) => crossentropy(request, oneHotLabels(request), options.labelSmoothing ?? 0),
});

/**
 * Cross-entropy against probabilities per class: −Σ label · log p.
 *
 * Shape   output [n, …, classes], labels f32 of the same shape.
 * Source  Keras 3 `CategoricalCrossentropy`; label smoothing after Szegedy et al. 2015 (arXiv:1512.00567) §7.
 *
 * @example
 * const loss = categoricalCrossentropy({ labelSmoothing: 0.1 })
 */
export const categoricalCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities", "categorical", "output"> => ({
  kind: "loss",
  name: "categorical_crossentropy",
  input: inputOf(options.fromLogits),
  family: "categorical",
  options: { ...options },
  problem: optionsProblem("categoricalCrossentropy", options, crossentropyRules),
  labels: sameAsOutput,
  perExample: (request) => crossentropy(request, request.labels, options.labelSmoothing ?? 0),
});
