/** What can be wrong with a trainer's options, beside the model. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { ModelGraph } from "../dsl/to-graph.js";
import { classWeightsProblem } from "./class-weights.js";
import { trackedOf, type Head } from "./heads.js";
import type { TrainerOptions } from "./trainer.js";
import { lossName } from "./step-graph.js";

type Judged = Pick<TrainerOptions, "optimizer" | "classWeights" | "seed">;

/** The first mistake, if there is one. */
export const trainerProblem = (
  { outputs }: ModelGraph,
  heads: readonly Head[],
  { optimizer, classWeights, seed = 0 }: Judged,
): Either<SvertkaError, void> => {
  const loss = heads.find((head) => head.loss.problem !== undefined)?.loss.problem;
  if (loss !== undefined) return fail("BadOption", "loss", loss);
  if (optimizer.problem !== undefined) return fail("BadOption", "optimizer", optimizer.problem);
  if (!Number.isSafeInteger(seed))
    return fail("BadOption", "seed", `seed: ${seed} is no whole number: give one such as 0`);
  const names = trackedOf(heads).map(({ name }) => name);
  const twice = names.find((name, i) => name === lossName || names.indexOf(name) !== i);
  if (twice !== undefined)
    return fail("BadOption", "metrics", `metrics: '${twice}' is there twice: leave one out, or give it another name`);
  const metric = heads
    .flatMap((head) => head.metrics.map((one) => one.metric.problem))
    .find((one) => one !== undefined);
  if (metric !== undefined) return fail("BadOption", "metrics", metric);
  const problem = classWeights === undefined ? undefined : problemByClass(classWeights, heads, outputs);
  return problem === undefined ? E.right(undefined) : fail("BadOption", "classWeights", problem);
};

/** As in Keras, only where one output is learned: of several nobody could say whose classes are meant. */
const problemByClass = (
  weights: NonNullable<TrainerOptions["classWeights"]>,
  heads: readonly Head[],
  outputs: ModelGraph["outputs"],
): string | undefined => {
  const [head, second] = heads;
  if (head === undefined || second !== undefined)
    return "classWeights: several outputs have a loss: use sampleWeights by output name, one per example";
  const output = outputs.find(({ name }) => name === head.output)?.value.type.shape ?? [];
  return classWeightsProblem(weights, head.loss, output);
};
