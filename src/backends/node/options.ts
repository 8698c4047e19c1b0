/** What TensorFlow reads when it starts, once for the process: devices, memory, threads. */
import process from "node:process";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

export interface NodeOptions {
  /** GPUs to use, by their numbers; an empty list: none. By default all. */
  readonly gpus?: readonly number[] | undefined;
  /** Take a GPU's memory as it is needed, not all at once; true by default. */
  readonly memoryGrowth?: boolean | undefined;
  /** Threads within one operation; by default as many as cores. */
  readonly threads?: number | undefined;
}

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

/** The environment that TensorFlow is to see; what the user set there himself stays where an option does not say otherwise. */
const environmentOf = ({ gpus, memoryGrowth, threads }: NodeOptions): Readonly<Record<string, string>> => ({
  // Errors alone: a failed run is a value already.
  TF_CPP_MIN_LOG_LEVEL: process.env["TF_CPP_MIN_LOG_LEVEL"] ?? "2",
  TF_FORCE_GPU_ALLOW_GROWTH:
    memoryGrowth === undefined ? (process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ?? "true") : String(memoryGrowth),
  ...(gpus === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpus.length === 0 ? "-1" : gpus.join() }),
  ...(threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: String(threads) }),
});

/** With what TensorFlow was started. */
let started: NodeOptions | undefined;

const problemOf = ({ gpus = [], threads = 1 }: NodeOptions): string | undefined => {
  if (!gpus.every((gpu) => isCount(gpu, 0)))
    return `gpus: ${JSON.stringify(gpus).slice(0, 60)} are no numbers of GPUs: give a list such as [0]`;
  return isCount(threads, 1) ? undefined : `threads: ${threads} is no number of threads: give 1 or more`;
};

/** Puts the options where TensorFlow looks; to be called before the addon is loaded. */
export const applyOptions = (options: NodeOptions): Either<SvertkaError, void> => {
  const problem = problemOf(options);
  if (problem !== undefined) return fail("BadOption", "nodeWith", problem);
  const asked = JSON.stringify([options.gpus, options.memoryGrowth, options.threads]);
  if (started !== undefined) {
    const before = JSON.stringify([started.gpus, started.memoryGrowth, started.threads]);
    return asked === before || asked === "[null,null,null]"
      ? E.right(undefined)
      : fail("BadOption", "nodeWith", "nodeWith: TensorFlow started in this process with other options: use the same");
  }
  started = options;
  Object.assign(process.env, environmentOf(options));
  return E.right(undefined);
};
