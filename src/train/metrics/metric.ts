/** What a metric is: sums that a batch adds to, as emitted operators, and what a total of them means. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { mul } from "../../formula/formula.js";
import type { Loss } from "../losses/loss.js";
import { oneHotLabels } from "../losses/categorical-crossentropy.js";

export interface MetricRequest {
  readonly emit: Emit;
  readonly output: Value;
  /** i32 class numbers, or f32. */
  readonly labels: Value;
  /** f32[n]: how much each example counts, where this metric is to heed it; see {@link Metric.weighs}. */
  readonly weights?: Value | undefined;
}

/**
 * What the model's output must be: `classes` are two or more numbers per position, of which the largest is the answer;
 * `probabilities` lie in [0, 1].
 */
export type MetricNeeds = "anything" | "classes" | "probabilities";

/**
 * A metric is a state of sums: it begins with zeros, a batch adds to it, batches in any order or grouping give the same.
 * `V` is a number, which histories can hold, or something larger, such as a confusion matrix.
 */
export interface Metric<V = unknown, N extends MetricNeeds = MetricNeeds> {
  readonly kind: "metric";
  /** The name in histories: `accuracy`, `val_accuracy`. */
  readonly name: string;
  readonly needs: N;
  /** Which way is better: callbacks that monitor it ask. */
  readonly better: "larger" | "smaller";
  /** Whether its sums heed the weights of examples: only such a one may stand among `weightedMetrics`. */
  readonly weighs?: boolean | undefined;
  /** What is wrong with the options, if anything; said when the model is compiled. */
  readonly problem?: string | undefined;
  /** f32 of one shape whatever the batch: what the batch adds. */
  readonly sums: (request: MetricRequest) => Value;
  /** The value of a total over so many examples. */
  readonly value: (sums: readonly number[], examples: number) => V;
}

/** What reads a number of results from its sums: a metric without the part that emits them, or one output's loss. */
export type Tracked = Pick<Metric, "name" | "better" | "value">;

/** The running state of a metric; `initial` is empty. Pure: resetting is beginning again. */
export interface RunningSums {
  readonly examples: number;
  /** By metric, and `loss` (its sum over the examples). */
  readonly sums: Readonly<Record<string, readonly number[]>>;
}

/** The state of metrics before the first batch. */
export const noSums: RunningSums = { examples: 0, sums: {} };

/** A state and a batch's, together. */
export const addSums = (a: RunningSums, b: RunningSums): RunningSums => ({
  examples: a.examples + b.examples,
  sums: Object.fromEntries(
    Object.entries(b.sums).map(([name, values]) => [name, values.map((value, i) => value + (a.sums[name]?.[i] ?? 0))]),
  ),
});

/** Loss and metrics as numbers by name; a metric whose value is no number, such as a confusion matrix, is left out. */
export const valuesOf = (
  metrics: readonly Tracked[],
  { examples, sums }: RunningSums,
): Readonly<Record<string, number>> => {
  const values: Record<string, number> = {};
  const [loss] = sums["loss"] ?? [];
  if (loss !== undefined) values["loss"] = loss / examples;
  for (const metric of metrics) {
    const total = sums[metric.name];
    const value = total === undefined ? undefined : metric.value(total, examples);
    if (typeof value === "number") values[metric.name] = value;
  }
  return values;
};

const lastAxis = (value: Value): number => value.type.shape.length - 1;

export const sumOver = (value: Value, axes: readonly number[], emit: Emit): Value =>
  emit("reduceSum", [value], { axes, keepDims: false });

export const allAxes = (value: Value): readonly number[] => value.type.shape.map((_, axis) => axis);

/** Class numbers: as they are, or the position of the largest entry of a row. */
export const classOf = (value: Value, emit: Emit): Value =>
  value.type.dtype === "i32" ? value : emit("argMax", [value], { axis: lastAxis(value) });

/** Labels in the shape of the output: class numbers become rows with one 1. */
export const labelsLikeOutput = (request: MetricRequest): Value =>
  request.labels.type.dtype === "i32" ? oneHotLabels(request) : request.labels;

/** The value times the weight of its example, where there are weights. */
export const weighed = (value: Value, { emit, weights }: Pick<MetricRequest, "emit" | "weights">): Value =>
  weights === undefined
    ? value
    : emit("elementwise", [value, alongExamples(weights, value, emit)], { formula: mul("x0", "x1") });

/** A number per example in a shape that broadcasts to the value's. */
export const alongExamples = (weights: Value, like: Value, emit: Emit): Value =>
  like.type.shape.length <= 1
    ? weights
    : emit("reshape", [weights], { shape: like.type.shape.map((_, axis) => (axis === 0 ? "n" : 1)) });

interface MeanFacts<N extends MetricNeeds> {
  readonly name: string;
  readonly needs: N;
  readonly better: "larger" | "smaller";
  readonly problem?: string | undefined;
  /** f32[n]. */
  readonly perExample: (request: MetricRequest) => Value;
}

/** A metric that is a number per example, averaged. Users make their own so. */
export const meanMetric = <N extends MetricNeeds>({ perExample, ...facts }: MeanFacts<N>): Metric<number, N> => ({
  kind: "metric",
  ...facts,
  weighs: true,
  // Weighed, the sum of weights stands beside: what the mean divides by.
  sums: (request) => {
    const { emit, weights } = request;
    const each = perExample(request);
    const total = sumOver(weighed(each, request), allAxes(each), emit);
    if (weights === undefined) return total;
    const both = [total, sumOver(weights, [0], emit)].map((sum) => emit("reshape", [sum], { shape: [1] }));
    return emit("concatenate", both, { axis: 0 });
  },
  value: ([sum = Number.NaN, weight], examples) => (weight === 0 ? 0 : sum / (weight ?? examples)),
});

/**
 * The mean of any loss as a metric, under its name or another.
 *
 * @example
 * const metrics = [meanOf(meanAbsoluteError()), meanOf(meanSquaredError(), "mse")]
 */
export const meanOf = (loss: Loss, name = loss.name): Metric<number, "anything"> =>
  meanMetric({
    name,
    needs: "anything",
    better: "smaller",
    problem: loss.problem,
    perExample: (request) => {
      const { emit, output, labels } = request;
      const wanted = loss.labels(output.type.shape).dtype;
      const given =
        wanted === labels.type.dtype ? labels : wanted === "f32" ? labelsLikeOutput(request) : classOf(labels, emit);
      return loss.perExample({ emit, output, labels: given, logits: loss.input === "logits" ? output : undefined });
    },
  });
