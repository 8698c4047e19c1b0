/** Emits what a step is for: the loss, the metrics' sums, the regularisers' penalties. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { operatorOf, type GraphBuilder, type Registry } from "../compiler/ir/builder.js";
import type { Node, Value } from "../compiler/ir/graph.js";
import { add, gt, mul, neg, select } from "../formula/formula.js";
import type { ModelGraph, WeightInfo } from "../dsl/to-graph.js";
import type { Trait } from "../ops/operator.js";
import { logitsOfProbabilities, metricOfLogits, oneClass } from "./fits.js";
import type { Loss } from "./losses/loss.js";
import type { Metric } from "./metrics/metric.js";

export interface Objective {
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  /** Whether each example has a weight, fed as {@link sampleWeightsName}. */
  readonly weighted?: boolean | undefined;
}

/** The names under which a step is fed its labels and the weights of its examples. */
export const labelsName = "step:labels";
export const sampleWeightsName = "step:sampleWeights";

export interface EmittedObjective {
  /** Mean over the batch, without penalties. */
  readonly loss: Value;
  readonly sums: readonly { readonly name: string; readonly value: Value }[];
}

/** The mean loss Σ weight · loss / n (Keras's sum_over_batch_size), and what the batch adds to each metric. */
export const appendObjective = (
  model: ModelGraph,
  { loss, metrics, weighted = false }: Objective,
  registry: Registry,
): Either<SvertkaError, EmittedObjective> => {
  const [output, second] = model.outputs;
  if (output === undefined || second !== undefined)
    return fail(
      "Unsupported",
      "loss",
      `loss: a model with ${model.outputs.length} outputs cannot be trained yet: train a model of one output`,
    );
  const { builder } = model;
  const logits = logitsFor(loss, output.value, model, registry);
  if (E.isLeft(logits)) return logits;
  const unfit = metricProblem(loss, metrics, output.value, model, registry);
  if (unfit !== undefined) return fail("BadModel", lastLayer(model), unfit);
  const { emit } = builder;
  const labels = emit("input", [], { name: labelsName, ...loss.labels(output.value.type.shape) });
  const perExample = loss.perExample({ emit, output: output.value, logits: logits.right, labels });
  return E.right({
    loss: batchMean(weighted ? weighed(perExample, builder) : perExample, builder),
    sums: metrics.map((metric) => ({ name: metric.name, value: metric.sums({ emit, output: output.value, labels }) })),
  });
};

const weighed = (perExample: Value, { emit }: GraphBuilder): Value => {
  const weights = emit("input", [], { name: sampleWeightsName, dtype: "f32", shape: ["n"] });
  return emit("elementwise", [perExample, weights], { formula: mul("x0", "x1") });
};

const batchMean = (perExample: Value, { emit }: GraphBuilder): Value =>
  emit("reduceMean", [perExample], { axes: perExample.type.shape.map((_, axis) => axis), keepDims: false });

const lastLayer = ({ layers }: ModelGraph): string => layers.at(-1)?.name ?? "";

const familyTraits: Readonly<Record<"categorical" | "binary", Trait>> = {
  categorical: "categoricalProbabilities",
  binary: "binaryProbabilities",
};

/** The traits of the operator that computes a value. */
const traitsOf = ({ op }: Node, registry: Registry): readonly Trait[] => operatorOf(registry, op).traits;

const givesProbabilities = (traits: readonly Trait[]): boolean =>
  traits.includes("categoricalProbabilities") || traits.includes("binaryProbabilities");

/** The logits that the loss is computed from; undefined for a loss of values. Probabilities must come from softmax or sigmoid. */
const logitsFor = (
  loss: Loss,
  output: Value,
  model: ModelGraph,
  registry: Registry,
): Either<SvertkaError, Value | undefined> => {
  const node = model.builder.node(output.id);
  const traits = traitsOf(node, registry);
  if (loss.family === "categorical" && output.type.shape.at(-1) === 1)
    return fail(
      "BadModel",
      lastLayer(model),
      `${loss.name}: the model has 1 output, and one class has nothing to choose from: give it an output per class, or use binaryCrossentropy`,
    );
  if (loss.input === "logits")
    return givesProbabilities(traits) ? fail("BadModel", lastLayer(model), logitsOfProbabilities) : E.right(output);
  if (loss.family === "none") return E.right(undefined);
  const [behind] = node.inputs;
  if (traits.includes(familyTraits[loss.family]) && behind !== undefined)
    return E.right({ id: behind, type: model.builder.node(behind).type });
  return behindMoves(node, model, registry)
    ? E.right(undefined)
    : fail(
        "BadModel",
        lastLayer(model),
        `${loss.name}: the model ends in ${node.op}, which gives no probabilities: end it in softmax or sigmoid, or use fromLogits: true`,
      );
};

/** Whether the value is probabilities, moved about at most. */
const behindMoves = (node: Node, model: ModelGraph, registry: Registry): boolean => {
  const traits = traitsOf(node, registry);
  const [from] = node.inputs;
  if (givesProbabilities(traits)) return true;
  return traits.includes("movesData") && from !== undefined && behindMoves(model.builder.node(from), model, registry);
};

/** What is wrong with the metrics for this output, if anything. */
const metricProblem = (
  loss: Loss,
  metrics: readonly Metric[],
  ...[output, model, registry]: readonly [Value, ModelGraph, Registry]
): string | undefined => {
  for (const { needs, name } of metrics) {
    if (needs === "classes" && output.type.shape.at(-1) === 1) return oneClass;
    if (needs !== "probabilities") continue;
    if (loss.input === "logits") return metricOfLogits;
    const node = model.builder.node(output.id);
    if (!behindMoves(node, model, registry))
      return `${name}: the model ends in ${node.op}, which gives no probabilities: end it in softmax or sigmoid`;
  }
  return undefined;
};

/** loss + Σ l1 |w| + l2 w² over the weights with a regulariser; of frozen ones Keras takes none. */
export const withPenalties = (loss: Value, weights: readonly WeightInfo[], { emit }: GraphBuilder): Value =>
  weights.reduce((sum, { value, regularizer, trainable }) => {
    if (regularizer === undefined || !trainable) return sum;
    const { l1, l2 } = regularizer;
    const size = select(gt("x0", 0), "x0", neg("x0"));
    const formula = l1 === 0 ? mul(l2, mul("x0", "x0")) : add(mul(l1, size), mul(l2, mul("x0", "x0")));
    const axes = value.type.shape.map((_, axis) => axis);
    const penalty = emit("reduceSum", [emit("elementwise", [value], { formula })], { axes, keepDims: false });
    return emit("add", [sum, penalty]);
  }, loss);
