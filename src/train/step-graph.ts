/** The graphs of training: (weights, state, batch) -> (weights, state, loss, metrics), and the same for evaluation. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { appendGradient } from "../compiler/autodiff/gradient.js";
import { operatorOf, type GraphBuilder, type Registry } from "../compiler/ir/builder.js";
import type { Graph, Output, Value } from "../compiler/ir/graph.js";
import { add, gt, mul, neg, select } from "../formula/formula.js";
import type { ModelDescription } from "../dsl/model.js";
import { toGraph, type ModelGraph, type WeightInfo } from "../dsl/to-graph.js";
import type { Trait } from "../ops/operator.js";
import type { Loss } from "./loss.js";
import type { Metric } from "./metric.js";
import { appendOptimizer, type InitialState } from "./optimizer-graph.js";
import type { Optimizer } from "./optimizer.js";

export interface Objective {
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
}

export interface StepGraph {
  readonly graph: Graph;
  readonly model: ModelGraph;
  /** The states of the step beside the model's own, and how they begin. */
  readonly states: readonly InitialState[];
}

interface StepGraphRequest extends Objective {
  readonly model: ModelDescription;
  readonly registry: Registry;
  readonly seed: number;
}

/** The results of a step, by name: `loss`, then the metrics. */
export const lossName = "loss";
/** The name under which a step is fed its labels. */
export const labelsName = "labels";

/** One step of training: gradients, the optimiser's update and the moving statistics are all in it. */
export const trainingGraph = (request: StepGraphRequest & { readonly optimizer: Optimizer }): Either<SvertkaError, StepGraph> =>
  pipe(
    differentiated(request),
    E.map(({ model, total, results, trainable, gradients }) => {
      const { builder } = model;
      const optimized = appendOptimizer({ optimizer: request.optimizer, weights: trainable, gradients, builder });
      const counted = countStep(model.step, builder);
      const updates = [...[...model.updates].map(([name, value]) => update(name, value)), ...optimized.updates, ...counted.updates];
      const outputs = [result(lossName, total), ...results, ...updates];
      return { graph: builder.finish(outputs), model, states: [...optimized.states, ...counted.states] };
    }),
  );

/** The result of {@link gradientGraph} for a weight. */
export const gradientName = (weight: string): string => `gradient/${weight}`;

/** The loss in training mode and its gradient by every trainable weight that it depends on; nothing is updated. */
export const gradientGraph = (request: StepGraphRequest): Either<SvertkaError, StepGraph> =>
  pipe(
    differentiated(request),
    E.map(({ model, total, results, trainable, gradients }) => {
      const known = trainable.flatMap(({ name }, index) => {
        const gradient = gradients[index];
        return gradient === undefined ? [] : [result(gradientName(name), gradient)];
      });
      return { graph: model.builder.finish([result(lossName, total), ...results, ...known]), model, states: [] };
    }),
  );

interface Differentiated {
  readonly model: ModelGraph;
  /** The loss with the regularisers' penalties. */
  readonly total: Value;
  readonly results: readonly Output[];
  readonly trainable: readonly WeightInfo[];
  /** By trainable weight; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
}

/** The model in training mode, its loss, and the loss's gradients. */
const differentiated = (request: StepGraphRequest): Either<SvertkaError, Differentiated> =>
  pipe(
    toGraph(request.model, { registry: request.registry, mode: "training", seed: request.seed }),
    E.chain((model) =>
      pipe(
        appendObjective(model, request),
        E.map(({ results, loss }) => {
          const { builder, weights } = model;
          const total = withPenalties(loss, weights, builder);
          const trainable = weights.filter((weight) => weight.kind === "parameter");
          const gradients = appendGradient({
            nodes: builder.finish([]).nodes.slice(),
            builder,
            registry: request.registry,
            loss: total,
            wrt: trainable.map((weight) => weight.value),
          });
          return { model, total, results, trainable, gradients };
        }),
      ),
    ),
  );

/** Loss and metrics in inference mode, without regularisers' penalties changed: what Keras's evaluate gives. */
export const evaluationGraph = (request: StepGraphRequest): Either<SvertkaError, StepGraph> =>
  pipe(
    toGraph(request.model, { registry: request.registry, mode: "inference", seed: request.seed }),
    E.chain((model) =>
      pipe(
        appendObjective(model, request),
        E.map(({ results, loss }) => {
          const total = withPenalties(loss, model.weights, model.builder);
          return { graph: model.builder.finish([result(lossName, total), ...results]), model, states: [] };
        }),
      ),
    ),
  );

const result = (name: string, { id }: Value): Output => ({ kind: "result", name, value: id });
export const update = (name: string, { id }: Value): Output => ({ kind: "update", name, value: id });

interface Appended {
  readonly loss: Value;
  readonly results: readonly Output[];
}

/** Mean loss and mean metrics over the batch. */
const appendObjective = (model: ModelGraph, { loss, metrics, registry }: StepGraphRequest): Either<SvertkaError, Appended> => {
  const [output, second] = model.outputs;
  if (output === undefined || second !== undefined)
    return fail("Unsupported", "loss", `loss: a model with ${model.outputs.length} outputs cannot be trained yet: train a model of one output`);
  const { builder } = model;
  return pipe(
    logitsFor(loss, output.value, model, registry),
    E.map((logits) => {
      const labelsType = loss.labels(output.value.type.shape);
      const labels = builder.emit("input", [], { name: labelsName, ...labelsType });
      const perExample = loss.perExample({ emit: builder.emit, output: output.value, logits, labels });
      const results = metrics.map((metric) =>
        result(metric.name, batchMean(metric.perExample({ emit: builder.emit, output: output.value, labels }), builder)),
      );
      return { loss: batchMean(perExample, builder), results };
    }),
  );
};

const batchMean = (perExample: Value, { emit }: GraphBuilder): Value =>
  emit("reduceMean", [perExample], { axes: perExample.type.shape.map((_, axis) => axis), keepDims: false });

const familyTraits: Readonly<Record<"categorical" | "binary", Trait>> = {
  categorical: "categoricalProbabilities",
  binary: "binaryProbabilities",
};

/** The logits that the loss is computed from; undefined for a loss of values. Probabilities must come from softmax or sigmoid. */
const logitsFor = (loss: Loss, output: Value, model: ModelGraph, registry: Registry): Either<SvertkaError, Value | undefined> => {
  const { op, inputs } = model.builder.node(output.id);
  const { traits } = operatorOf(registry, op);
  const probabilities = traits.includes("categoricalProbabilities") || traits.includes("binaryProbabilities");
  const where = model.layers.at(-1)?.name ?? "";
  if (loss.input === "logits" && probabilities)
    return fail("BadModel", where, `${loss.name}: fromLogits is true but the model ends in ${op}, which gives probabilities: drop ${op}, or fromLogits`);
  if (loss.input === "logits") return E.right(output);
  if (loss.family === "none") return E.right(undefined);
  const [behind] = inputs;
  if (traits.includes(familyTraits[loss.family]) && behind !== undefined)
    return E.right({ id: behind, type: model.builder.node(behind).type });
  return probabilities
    ? E.right(undefined)
    : fail("BadModel", where, `${loss.name}: the model ends in ${op}, which gives no probabilities: end it in softmax or sigmoid, or use fromLogits: true`);
};

/** loss + Σ l1 |w| + l2 w² over the weights with a regulariser. */
const withPenalties = (loss: Value, weights: readonly WeightInfo[], { emit }: GraphBuilder): Value =>
  weights.reduce((sum, { value, regularizer, kind }) => {
    if (regularizer === undefined || kind === "state") return sum;
    const { l1, l2 } = regularizer;
    const size = select(gt("x0", 0), "x0", neg("x0"));
    const formula = l1 === 0 ? mul(l2, mul("x0", "x0")) : add(mul(l1, size), mul(l2, mul("x0", "x0")));
    const axes = value.type.shape.map((_, axis) => axis);
    return emit("add", [sum, emit("reduceSum", [emit("elementwise", [value], { formula })], { axes, keepDims: false })]);
  }, loss);

/** The step's number, when a layer draws random numbers from it: one more after each step. */
const countStep = (step: Value | undefined, { emit }: GraphBuilder): { updates: readonly Output[]; states: readonly InitialState[] } => {
  if (step === undefined) return { updates: [], states: [] };
  const next = emit("cast", [emit("elementwise", [step], { formula: add("x0", 1) })], { dtype: "i32" });
  return { updates: [update("step", next)], states: [{ name: "step", dtype: "i32", shape: [], start: 0 }] };
};
