/** What a pool and its worker threads say to each other. */
import type { SvertkaError } from "../../errors.js";
import type { Either } from "../../fp.js";
import type { Epoch, Plan } from "../dataset.js";

export interface Job {
  readonly id: number;
  /** The number of the plan, and the plan itself when this worker gets it for the first time. */
  readonly planId: number;
  readonly plan: Plan | undefined;
  readonly indices: readonly number[];
  readonly epoch: Epoch;
}

export interface Answer {
  readonly id: number;
  readonly read: Either<SvertkaError, readonly unknown[]>;
  /** Pictures that were left out. */
  readonly reports: readonly SvertkaError[];
}
