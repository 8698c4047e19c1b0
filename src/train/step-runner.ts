/** Runs steps: checks the batch, picks the graph, counts, and says why when a loss is no number. */
import { fail, failureAsValue, type SvertkaError } from "../errors.js";
import { E, pipe, type Either, type TaskEither } from "../fp.js";
import type { Device } from "../backends/backend.js";
import type { ModelGraph } from "../dsl/to-graph.js";
import { checkBatch, type Batch, type BatchRules, type CheckedBatch } from "./batch.js";
import type { ClassWeights } from "./class-weights.js";
import type { CompiledSteps } from "./compiled-steps.js";
import { divergedAt } from "./diverged.js";
import type { Head } from "./heads.js";
import { loneValue } from "./lone-values.js";
import type { RunningSums } from "./metrics/metric.js";
import { fedName, labelsName, sampleWeightsName } from "./objective.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { runStep, type StepNumbers } from "./run-step.js";
import { lossName } from "./step-graph.js";
import type { TrainingState } from "./training-state.js";

interface RunnerRequest {
  readonly device: Device;
  readonly state: TrainingState;
  readonly steps: CompiledSteps;
  readonly model: ModelGraph;
  readonly heads: readonly Head[];
  readonly optimizer: Optimizer;
  readonly classWeights: ClassWeights | undefined;
}

export interface StepRunner {
  readonly step: (batch: Batch, learningRate?: number) => TaskEither<SvertkaError, RunningSums>;
  readonly evaluate: (batch: Batch) => TaskEither<SvertkaError, RunningSums>;
  readonly batchProblem: (examples: number) => SvertkaError | undefined;
  readonly checkBatch: (batch: Batch) => Either<SvertkaError, void>;
}

export const stepRunner = (request: RunnerRequest): StepRunner => {
  const { device, state, steps, model, heads, optimizer, classWeights } = request;
  const on = { device, store: state.store };
  const rules = batchRules(model, heads);
  const batchProblem = (examples: number): SvertkaError | undefined => loneValue(model.layers, examples);
  const step = async (batch: Batch, given?: number): Promise<Either<SvertkaError, RunningSums>> => {
    if (given !== undefined && !(given >= 0 && given < Infinity))
      return fail("BadOption", "learningRate", `learningRate: ${given} is not 0 or more: use a number such as 0.001`);
    const checked = checkBatch(batch, rules, classWeights);
    if (E.isLeft(checked)) return checked;
    const { size, weighted } = checked.right;
    const problem = batchProblem(size);
    if (problem !== undefined) return E.left(problem);
    const isLast = (state.iterations() + 1) % optimizer.accumulationSteps === 0;
    const graph = steps.get({ does: isLast ? "apply" : "accumulate", weighted });
    const learningRate = given ?? state.learningRate();
    const ran = await runStep(on, graph, { ...checked.right, learningRate }, (results) =>
      Number.isFinite(lossIn(results)),
    );
    if (E.isLeft(ran)) return ran;
    if (!Number.isFinite(lossIn(ran.right))) return E.left(await explained(request, checked.right, lossIn(ran.right)));
    state.count();
    return E.right(sumsOf(ran.right, size));
  };
  const evaluate = async (batch: Batch): Promise<Either<SvertkaError, RunningSums>> => {
    const checked = checkBatch(batch, rules, undefined);
    if (E.isLeft(checked)) return checked;
    const { size, weighted } = checked.right;
    const ran = await runStep(
      on,
      steps.get({ does: "evaluate", weighted }),
      { ...checked.right, learningRate: 0 },
      () => true,
    );
    return E.isLeft(ran) ? ran : E.right(sumsOf(ran.right, size));
  };
  // One at a time: a step that began before the last one ended would start from its weights, and its update would be lost.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(run: () => Promise<A>): Promise<A> => {
    const mine = last.then(run);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    step: (batch, learningRate) => () => inTurn(() => failureAsValue(() => step(batch, learningRate))),
    evaluate: (batch) => () => inTurn(() => failureAsValue(() => evaluate(batch))),
    batchProblem,
    checkBatch: (batch) =>
      pipe(
        checkBatch(batch, rules, undefined),
        E.map(() => undefined),
      ),
  };
};

const lossIn = (results: StepNumbers): number => results.get(lossName)?.[0] ?? Number.NaN;

const sumsOf = (results: StepNumbers, examples: number): RunningSums => ({
  examples,
  sums: { ...Object.fromEntries(results), [lossName]: [lossIn(results) * examples] },
});

/** Runs the batch again, layer by layer. */
const explained = async (
  { device, state, steps, model }: RunnerRequest,
  batch: CheckedBatch,
  loss: number,
): Promise<SvertkaError> => {
  const probe = steps.get({ does: "probe", weighted: batch.weighted });
  const fed = { ...batch, learningRate: 0 };
  const probes = await runStep({ device, store: state.store }, probe, fed, () => true);
  if (E.isLeft(probes)) return probes.left;
  const traces = { inputs: batch.inputs, weights: await state.weights(), layers: model.layers, probes: probes.right };
  return divergedAt(state.iterations(), loss, traces);
};

/** What a batch must be for this model and these losses. */
const batchRules = ({ inputs, outputs }: ModelGraph, heads: readonly Head[]): BatchRules => ({
  inputs: inputs.map(({ name, value }) => ({ name, shape: value.type.shape.slice(1).map(Number) })),
  outputs: outputs.map(({ name }) => name),
  labels: heads.map((head) => {
    const shape = outputs.find(({ name }) => name === head.output)?.value.type.shape ?? [];
    return {
      output: head.output,
      fed: { labels: fedName(labelsName, head, heads), weights: fedName(sampleWeightsName, head, heads) },
      ...head.loss.labels(shape),
      classes: head.loss.family === "categorical" ? Number(shape.at(-1)) : undefined,
    };
  }),
});
