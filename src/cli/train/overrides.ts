/** The command line's own values, in place of a task's. */
import { orThrow } from "../../errors.js";
import type { Task } from "../../train/task.js";
import type { Call } from "../command.js";
import { wholeFlag } from "../flags.js";

/** What the flags say, where they are given. */
export interface Overrides {
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly seed: number | undefined;
}

export const overridesOf = ({ flags }: Call): Overrides => ({
  epochs: orThrow(wholeFlag(flags, "epochs", 1)),
  batchSize: orThrow(wholeFlag(flags, "batchSize", 1)),
  seed: orThrow(wholeFlag(flags, "seed", Number.MIN_SAFE_INTEGER)),
});

export const overridden = (task: Task, given: Overrides): Task => ({
  ...task,
  epochs: given.epochs ?? task.epochs,
  batchSize: given.batchSize ?? task.batchSize,
  seed: given.seed ?? task.seed,
});
