/** The graphs of training: (weights, state, batch) -> (weights, state, loss, metrics), and the same for evaluation. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { appendGradient } from "../compiler/autodiff/gradient.js";
import type { GraphBuilder, Registry } from "../compiler/ir/builder.js";
import type { Graph, Output, Value } from "../compiler/ir/graph.js";
import { add } from "../formula/formula.js";
import type { ModelDescription } from "../dsl/model.js";
import { toGraph, type ModelGraph, type WeightInfo } from "../dsl/to-graph.js";
import { matches } from "../dsl/weight-paths.js";
import { constraintProblem } from "./constraint-graph.js";
import type { Head } from "./heads.js";
import { appendObjective, withPenalties, type EmittedObjective, type Objective } from "./objective.js";
import { appendAccumulation, appendOptimizer, type InitialState } from "./optimizers/optimizer-graph.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export { labelsName } from "./objective.js";

export interface StepGraph {
  readonly graph: Graph;
  readonly model: ModelGraph;
  readonly heads: readonly Head[];
  /** The states of the step beside the model's own, and how they begin. */
  readonly states: readonly InitialState[];
}

export interface StepGraphRequest extends Objective {
  readonly model: ModelDescription;
  readonly registry: Registry;
  readonly seed: number;
  /** Paths of the weights that training may change; all that are not frozen when not given. */
  readonly trainable?: readonly string[] | undefined;
}

/** Whether this step changes the weights, or only adds to the sum of gradients. */
export type StepPhase = "apply" | "accumulate";

/** The result that is the whole loss with its penalties; the others are sums: of an output's loss, of a metric. */
export const lossName = "loss";

/** One step of training: gradients, the optimiser's update and the moving statistics are all in it. */
export const trainingGraph = (
  request: StepGraphRequest & { readonly optimizer: Optimizer; readonly phase?: StepPhase | undefined },
): Either<SvertkaError, StepGraph> =>
  pipe(
    differentiated(request),
    E.map(({ model, heads, results, trainable, gradients }) => {
      const { builder } = model;
      const append = request.phase === "accumulate" ? appendAccumulation : appendOptimizer;
      const optimized = append({ optimizer: request.optimizer, weights: trainable, gradients, builder });
      const counted = countStep(model.step, builder);
      const moved = [...model.updates].map(([name, value]) => update(name, value));
      const outputs = [...results, ...moved, ...optimized.updates, ...counted.updates];
      return { graph: builder.finish(outputs), model, heads, states: [...optimized.states, ...counted.states] };
    }),
  );

/** The result of {@link gradientGraph} for a weight. */
export const gradientName = (weight: string): string => `gradient/${weight}`;

/** The loss in training mode and its gradient by every trainable weight that it depends on; nothing is updated. */
export const gradientGraph = (request: StepGraphRequest): Either<SvertkaError, StepGraph> =>
  pipe(
    differentiated(request),
    E.map(({ model, heads, results, trainable, gradients }) => {
      const known = trainable.flatMap(({ name }, index) => {
        const gradient = gradients[index];
        return gradient === undefined ? [] : [result(gradientName(name), gradient)];
      });
      return { graph: model.builder.finish([...results, ...known]), model, heads, states: [] };
    }),
  );

/** Loss and metrics in inference mode, regularisers' penalties included: what Keras's evaluate gives. */
export const evaluationGraph = (request: StepGraphRequest): Either<SvertkaError, StepGraph> =>
  pipe(
    withObjective(request, "inference"),
    E.map(({ model, heads, results }) => ({ graph: model.builder.finish(results), model, heads, states: [] })),
  );

/** The result of {@link probeGraph} for a layer, by its place in the order of layers. */
export const probeName = (layer: number): string => `layer/${layer}`;

/** A number per layer in training mode, 0 where all that it gives is finite, else NaN: to find where a bad loss came from. */
export const probeGraph = (request: StepGraphRequest): Either<SvertkaError, StepGraph> =>
  pipe(
    withObjective(request, "training"),
    E.map(({ model, heads, results }) => {
      const { emit } = model.builder;
      const probes = model.layers.map(({ output }, index) => {
        // x - x is NaN for NaN and for infinities.
        const marks = emit("elementwise", [output], { formula: ["sub", "x0", "x0"] });
        const axes = output.type.shape.map((_, axis) => axis);
        return result(probeName(index), emit("reduceSum", [marks], { axes, keepDims: false }));
      });
      return { graph: model.builder.finish([...results, ...probes]), model, heads, states: [] };
    }),
  );

interface WithObjective {
  readonly model: ModelGraph;
  readonly heads: readonly Head[];
  /** The loss with the regularisers' penalties. */
  readonly total: Value;
  readonly results: readonly Output[];
}

const withObjective = (
  request: StepGraphRequest,
  mode: "training" | "inference",
): Either<SvertkaError, WithObjective> => {
  const { registry, seed, trainable } = request;
  return pipe(
    toGraph(request.model, { registry, mode, seed, trainable }),
    E.chain((model) => checkWeightOptions(model, trainable)),
    E.chain((model) =>
      pipe(
        appendObjective(model, request, registry),
        E.map((objective) => ({ model, ...totalOf(objective, model) })),
      ),
    ),
  );
};

const totalOf = (
  { heads, loss, sums }: EmittedObjective,
  { weights, builder }: ModelGraph,
): Omit<WithObjective, "model"> => {
  const total = withPenalties(loss, weights, builder);
  return { heads, total, results: [result(lossName, total), ...sums.map(({ name, value }) => result(name, value))] };
};

/** Patterns that match nothing and constraints that do not fit are the user's mistakes. */
const checkWeightOptions = (
  model: ModelGraph,
  trainable: readonly string[] | undefined,
): Either<SvertkaError, ModelGraph> => {
  const parameters = model.weights.filter(({ kind }) => kind === "parameter");
  const idle = trainable?.find((pattern) => !parameters.some(({ name }) => matches(pattern, name)));
  if (idle !== undefined) {
    const known = parameters.map(({ name }) => name).join(", ");
    return fail(
      "BadOption",
      "trainable",
      `trainable: '${idle}' is no weight's path, nor the beginning of one: use ${shortened(known)}`,
    );
  }
  const problem = model.weights.map(constraintProblem).find((sentence) => sentence !== undefined);
  return problem === undefined ? E.right(model) : fail("BadOption", "constraint", problem);
};

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

interface Differentiated extends WithObjective {
  readonly trainable: readonly WeightInfo[];
  /** By trainable weight; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
}

/** The model in training mode, its loss, and the loss's gradients. */
const differentiated = (request: StepGraphRequest): Either<SvertkaError, Differentiated> =>
  pipe(
    withObjective(request, "training"),
    E.map((objective) => {
      const { builder, weights } = objective.model;
      const trainable = weights.filter((weight) => weight.trainable);
      const gradients = appendGradient({
        nodes: builder.finish([]).nodes.slice(),
        builder,
        registry: request.registry,
        loss: objective.total,
        wrt: trainable.map((weight) => weight.value),
      });
      return { ...objective, trainable, gradients };
    }),
  );

const result = (name: string, { id }: Value): Output => ({ kind: "result", name, value: id });
const update = (name: string, { id }: Value): Output => ({ kind: "update", name, value: id });

/** The step's number, when a layer draws random numbers from it: one more after each step. */
const countStep = (
  step: Value | undefined,
  { emit }: GraphBuilder,
): { updates: readonly Output[]; states: readonly InitialState[] } => {
  if (step === undefined) return { updates: [], states: [] };
  const next = emit("cast", [emit("elementwise", [step], { formula: add("x0", 1) })], { dtype: "i32" });
  return { updates: [update("step", next)], states: [{ name: "step", dtype: "i32", shape: [], start: 0 }] };
};
