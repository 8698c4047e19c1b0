/** Emits what a step is for: the loss, the metrics' sums, the regularisers' penalties. */
import { fail, invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { operatorOf, registryOf, type GraphBuilder, type Registry } from "../compiler/ir/builder.js";
import type { Node, Value } from "../compiler/ir/graph.js";
import { add, gt, mul, neg, select } from "../formula/formula.js";
import type { ModelGraph, WeightInfo } from "../dsl/to-graph.js";
import type { Trait } from "../ops/operator.js";
import { logitsOfProbabilities, metricOfLogits, nothingToChoose, oneClass } from "./fits.js";
import { headsOf, type Aims, type Head } from "./heads.js";
import type { Loss } from "./losses/loss.js";
import { allAxes, sumOver } from "./metrics/metric.js";
import { givesProbabilities, holdsProbabilities } from "./probabilities-of.js";

export interface Objective extends Aims {
  /** Whether each example has a weight, fed as {@link sampleWeightsName}. */
  readonly weighted?: boolean | undefined;
}

/** The names under which a step is fed its labels and the weights of its examples; of one output among several, with its name. */
export const labelsName = "step:labels";
export const sampleWeightsName = "step:sampleWeights";
export const fedName = (name: string, head: Head, heads: readonly Head[]): string =>
  heads.length > 1 ? `${name}/${head.output}` : name;

export interface EmittedObjective {
  readonly heads: readonly Head[];
  /** Mean over the batch, without penalties. */
  readonly loss: Value;
  readonly sums: readonly { readonly name: string; readonly value: Value }[];
}

/**
 * The sum over the heads of head weight · mean loss, the mean being Σ weight · loss / n over the batch (Keras's
 * sum_over_batch_size), and what the batch adds to each result.
 */
export const appendObjective = (
  model: ModelGraph,
  objective: Objective,
  registry: Registry,
): Either<SvertkaError, EmittedObjective> => {
  const heads = headsOf(
    model.outputs.map(({ name }) => name),
    objective,
  );
  if (E.isLeft(heads)) return heads;
  const emitted: EmittedHead[] = [];
  for (const head of heads.right) {
    const one = appendHead(model, head, {
      labels: fedName(labelsName, head, heads.right),
      weights: objective.weighted === true ? fedName(sampleWeightsName, head, heads.right) : undefined,
      registry: registryOf(model.builder, registry),
    });
    if (E.isLeft(one)) return one;
    emitted.push(one.right);
  }
  const { emit } = model.builder;
  return E.right({
    heads: heads.right,
    loss: emitted.map(({ loss }) => loss).reduce((sum, loss) => emit("add", [sum, loss])),
    sums: emitted.flatMap(({ sums }) => sums),
  });
};

interface HeadRequest {
  /** Names of the inputs. */
  readonly labels: string;
  readonly weights: string | undefined;
  readonly registry: Registry;
}

type EmittedHead = Omit<EmittedObjective, "heads">;

const appendHead = (
  model: ModelGraph,
  head: Head,
  { labels: labelsInput, weights: weightsInput, registry }: HeadRequest,
): Either<SvertkaError, EmittedHead> => {
  const { loss, metrics, weight, lossName } = head;
  const { builder } = model;
  const { emit } = builder;
  const output = model.outputs.find(({ name }) => name === head.output)?.value;
  invariant(output, `a head is an output of the model: ${head.output}`);
  const logits = logitsFor(loss, output, model, registry);
  if (E.isLeft(logits)) return logits;
  const unfit = metricProblem(head, output, model, registry);
  if (unfit !== undefined) return fail("BadModel", layerOf(output, model), unfit);
  const labels = emit("input", [], { name: labelsInput, ...loss.labels(output.type.shape) });
  const plain = loss.perExample({ emit, output, logits: logits.right, labels });
  const weights =
    weightsInput === undefined ? undefined : emit("input", [], { name: weightsInput, dtype: "f32", shape: ["n"] });
  const perExample =
    weights === undefined ? plain : emit("elementwise", [plain, weights], { formula: mul("x0", "x1") });
  const mean = batchMean(perExample, builder);
  const own = lossName === undefined ? [] : [{ name: lossName, value: sumOver(perExample, allAxes(perExample), emit) }];
  return E.right({
    loss: weight === 1 ? mean : emit("elementwise", [mean], { formula: mul("x0", weight) }),
    sums: [
      ...own,
      ...metrics.map(({ name, metric, weighted }) => ({
        name,
        value: metric.sums({ emit, output, labels, ...(weighted && weights !== undefined ? { weights } : {}) }),
      })),
    ],
  });
};

const batchMean = (perExample: Value, { emit }: GraphBuilder): Value =>
  emit("reduceMean", [perExample], { axes: perExample.type.shape.map((_, axis) => axis), keepDims: false });

/** The layer that gives a value. */
const layerOf = (value: Value, { layers }: ModelGraph): string =>
  (layers.findLast(({ output }) => output.id === value.id) ?? layers.at(-1))?.name ?? "";

const familyTraits: Readonly<Record<"categorical" | "binary", Trait>> = {
  categorical: "categoricalProbabilities",
  binary: "binaryProbabilities",
};

/** The traits of the operator that computes a value. */
const traitsOf = ({ op }: Node, registry: Registry): readonly Trait[] => operatorOf(registry, op).traits;

/** The logits that the loss is computed from; undefined for a loss of values. Probabilities must come from softmax or sigmoid. */
const logitsFor = (
  loss: Loss,
  output: Value,
  model: ModelGraph,
  registry: Registry,
): Either<SvertkaError, Value | undefined> => {
  const node = model.builder.node(output.id);
  const traits = traitsOf(node, registry);
  const where = layerOf(output, model);
  if (loss.family === "categorical" && output.type.shape.at(-1) === 1) return fail("BadModel", where, nothingToChoose);
  if (loss.input === "logits")
    return givesProbabilities(traits) ? fail("BadModel", where, logitsOfProbabilities) : E.right(output);
  if (loss.family === "none") return E.right(undefined);
  const [behind] = node.inputs;
  if (traits.includes(familyTraits[loss.family]) && behind !== undefined)
    return E.right({ id: behind, type: model.builder.node(behind).type });
  return holdsProbabilities(node, model.builder, registry)
    ? E.right(undefined)
    : fail(
        "BadModel",
        where,
        `${loss.name}: the model ends in ${node.op}, which gives no probabilities: end it in softmax or sigmoid, or use fromLogits: true`,
      );
};

/** What is wrong with the metrics for this output, if anything. */
const metricProblem = (
  { loss, metrics }: Head,
  ...[output, model, registry]: readonly [Value, ModelGraph, Registry]
): string | undefined => {
  for (const { metric, weighted } of metrics) {
    const { needs, name } = metric;
    if (weighted && metric.weighs !== true) return noWeights(name);
    if (needs === "classes" && output.type.shape.at(-1) === 1) return oneClass;
    if (needs !== "probabilities") continue;
    if (loss.input === "logits") return metricOfLogits;
    const node = model.builder.node(output.id);
    if (!holdsProbabilities(node, model.builder, registry))
      return `${name}: the model ends in ${node.op}, which gives no probabilities: end it in softmax or sigmoid`;
  }
  return undefined;
};

const noWeights = (metric: string): string =>
  `weightedMetrics: ${metric} says nothing of weights: put it into metrics, or give it weighs: true and have its sums heed them`;

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
