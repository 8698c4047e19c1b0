/** What can be wrong with a trainer's options, beside the model. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { ModelGraph } from "../dsl/to-graph.js";
import { classWeightsProblem } from "./class-weights.js";
import type { TrainerOptions } from "./trainer.js";
import { lossName } from "./step-graph.js";

/** The first mistake, if there is one. */
export const trainerProblem = (
  { outputs }: ModelGraph,
  { loss, optimizer, metrics = [], classWeights, seed = 0 }: TrainerOptions,
): Either<SvertkaError, void> => {
  if (loss.problem !== undefined) return fail("BadOption", "loss", loss.problem);
  if (optimizer.problem !== undefined) return fail("BadOption", "optimizer", optimizer.problem);
  if (!Number.isSafeInteger(seed))
    return fail("BadOption", "seed", `seed: ${seed} is no whole number: give one such as 0`);
  const names = metrics.map(({ name }) => name);
  const twice = names.find((name, i) => name === lossName || names.indexOf(name) !== i);
  if (twice !== undefined)
    return fail("BadOption", "metrics", `metrics: '${twice}' is there twice: leave one out, or give it another name`);
  const metric = metrics.find(({ problem }) => problem !== undefined);
  if (metric?.problem !== undefined) return fail("BadOption", "metrics", metric.problem);
  const problem =
    classWeights === undefined
      ? undefined
      : classWeightsProblem(classWeights, loss, outputs[0]?.value.type.shape ?? []);
  return problem === undefined ? E.right(undefined) : fail("BadOption", "classWeights", problem);
};
