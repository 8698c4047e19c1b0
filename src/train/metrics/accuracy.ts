/** Accuracies: shares of what is classified right. */
import type { Value } from "../../compiler/ir/graph.js";
import { eq, gt, mul } from "../../formula/formula.js";
import { meanOfRest } from "../losses/loss.js";
import { anyNumber, count, optionsProblem, word } from "../options.js";
import { classOf, labelsLikeOutput, meanMetric, type Metric, type MetricRequest } from "./metric.js";

const isOneColumn = ({ type }: Value): boolean => type.shape.at(-1) === 1;

const sameClass = ({ emit, output, labels }: MetricRequest): Value =>
  meanOfRest(emit("elementwise", [classOf(output, emit), classOf(labels, emit)], { formula: eq("x0", "x1") }), emit);

const sameSide = (request: MetricRequest, threshold: number): Value => {
  const { emit, output } = request;
  const labels = labelsLikeOutput(request);
  return meanOfRest(emit("elementwise", [output, labels], { formula: eq(gt("x0", threshold), "x1") }), emit);
};

const better = "larger" as const;

/**
 * The share of examples that are classified right.
 *
 * One output per example counts as right when it is on the label's side of 0.5 (Keras's binary accuracy); several when
 * the largest is the label's (categorical, or sparse when labels are class numbers).
 *
 * Source  Keras 3's "accuracy", which chooses among the same three. Logits in one column: `binaryAccuracy({ threshold: 0 })`.
 */
export const accuracy = (): Metric<number, "anything"> =>
  meanMetric({
    name: "accuracy",
    needs: "anything",
    better,
    perExample: (request) => (isOneColumn(request.output) ? sameSide(request, 0.5) : sameClass(request)),
  });

/**
 * The share of outputs that are on the label's side of a threshold, mean over examples and outputs.
 *
 * Source  Keras 3 `BinaryAccuracy`; the threshold is 0.5 as there.
 */
export const binaryAccuracy = (
  options: { readonly threshold?: number | undefined; readonly name?: string | undefined } = {},
): Metric<number, "anything"> =>
  meanMetric({
    name: options.name ?? "binary_accuracy",
    needs: "anything",
    better,
    problem: optionsProblem("binaryAccuracy", options, binaryAccuracyRules),
    perExample: (request) => sameSide(request, options.threshold ?? 0.5),
  });

const binaryAccuracyRules = { name: word, threshold: anyNumber };

const classAccuracy = (metricName: string): Metric<number, "classes"> =>
  meanMetric({ name: metricName, needs: "classes", better, perExample: sameClass });

/** The share of positions whose largest output is where the label's row has its largest. Source  Keras 3 `CategoricalAccuracy`. */
export const categoricalAccuracy = (): Metric<number, "classes"> => classAccuracy("categorical_accuracy");

/** The share of positions whose largest output is the label's class. Source  Keras 3 `SparseCategoricalAccuracy`. */
export const sparseCategoricalAccuracy = (): Metric<number, "classes"> => classAccuracy("sparse_categorical_accuracy");

/** 1 where fewer than k outputs are larger than the label's: ties count as inside, as in TensorFlow's in_top_k. */
const amongLargest = (request: MetricRequest, k: number): Value => {
  const { emit, output } = request;
  const axes = [output.type.shape.length - 1];
  const one = emit("oneHot", [classOf(request.labels, emit)], { depth: Number(output.type.shape.at(-1)) });
  const right = emit("reduceSum", [emit("elementwise", [output, one], { formula: mul("x0", "x1") })], {
    axes,
    keepDims: true,
  });
  const larger = emit("elementwise", [output, right], { formula: gt("x0", "x1") });
  const rank = emit("reduceSum", [larger], { axes, keepDims: false });
  return meanOfRest(emit("elementwise", [rank], { formula: gt(k, "x0") }), emit);
};

export interface TopKOptions {
  /** 5 as in Keras. */
  readonly k?: number | undefined;
  readonly name?: string | undefined;
}

const topKRules = { k: count(1), name: word };

const topK = (maker: string, metricName: string, options: TopKOptions): Metric<number, "classes"> =>
  meanMetric({
    name: options.name ?? metricName,
    needs: "classes",
    better,
    problem: optionsProblem(maker, options, topKRules),
    perExample: (request) => amongLargest(request, options.k ?? 5),
  });

/**
 * The share of positions whose label's class is among the k largest outputs; labels are rows.
 *
 * Source  Keras 3 `TopKCategoricalAccuracy`.
 */
export const topKCategoricalAccuracy = (options: TopKOptions = {}): Metric<number, "classes"> =>
  topK("topKCategoricalAccuracy", "top_k_categorical_accuracy", options);

/**
 * The share of positions whose label's class is among the k largest outputs; labels are class numbers.
 *
 * Source  Keras 3 `SparseTopKCategoricalAccuracy`.
 *
 * @example
 * const metrics = [accuracy(), sparseTopKCategoricalAccuracy({ k: 3 })]
 */
export const sparseTopKCategoricalAccuracy = (options: TopKOptions = {}): Metric<number, "classes"> =>
  topK("sparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy", options);
