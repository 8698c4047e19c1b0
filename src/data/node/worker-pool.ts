/** Worker threads that read data sets: started when something is read, ended when nothing was for a while. */
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { fail, type SvertkaError } from "../../errors.js";
import type { Either } from "../../fp.js";
import type { Epoch, Indexed, Plan, Reader } from "../dataset.js";
import type { Report } from "./image-files.js";
import type { Answer, Job } from "./worker-messages.js";

/** Milliseconds without work after which threads end; a validation between two epochs is shorter. */
const idleTime = 5000;

/** One thread less than there are cores, which training takes; at least one. */
const defaultWorkers = (): number => Math.max(1, availableParallelism() - 1);

/** As the sources are: TypeScript in a checkout's tests, JavaScript in the package. */
const extension = extname(fileURLToPath(import.meta.url));
const script = new URL(`./worker${extension}`, import.meta.url);
const execArgv = extension === ".ts" ? ["--import", "jiti/register"] : [];

type Read = Either<SvertkaError, readonly unknown[]>;

interface Hand {
  readonly worker: Worker;
  readonly plans: Set<number>;
  readonly jobs: Map<number, (read: Read) => void>;
}

/** Plans that are equal objects have one number. */
const numberedPlans = (): ((plan: Plan) => number) => {
  const numbers = new WeakMap<Plan, number>();
  let count = 0;
  return (plan) => {
    const number = numbers.get(plan) ?? count++;
    numbers.set(plan, number);
    return number;
  };
};

export interface PoolOptions {
  /** One less than the machine's cores when not given. */
  readonly workers?: number | undefined;
  readonly report?: Report | undefined;
}

/** A reader by which what can be made again in another thread is read in worker threads. */
export const workerReader = ({ workers = defaultWorkers(), report }: PoolOptions = {}): Reader => {
  const hands = new Set<Hand>();
  const planNumber = numberedPlans();
  let count = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = (): Hand => {
    // Pictures are short-lived and large: a small young generation would be collected for every few of them.
    const worker = new Worker(script, { execArgv, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const hand: Hand = { worker, plans: new Set(), jobs: new Map() };
    worker.on("message", ({ id, read, reports }: Answer) => {
      for (const error of reports) report?.(error);
      finish(hand, id, read);
    });
    const lost = (why: string): void => {
      hands.delete(hand);
      const sentence = `data: a worker thread ended (${why.replace(/\s+/g, " ").slice(0, 90)}): use smaller batches or fewer workers`;
      for (const id of hand.jobs.keys()) finish(hand, id, fail("BadData", "workers", sentence));
    };
    worker.on("error", (cause) => lost(String(cause)));
    worker.on("exit", (code) => lost(`exit ${code}`));
    hands.add(hand);
    return hand;
  };
  const finish = (hand: Hand, id: number, read: Read): void => {
    const answer = hand.jobs.get(id);
    hand.jobs.delete(id);
    // A thread that has nothing to do must not keep the process alive.
    if (hand.jobs.size === 0) hand.worker.unref();
    if ([...hands].every(({ jobs }) => jobs.size === 0)) idle ??= setTimeout(end, idleTime).unref();
    answer?.(read);
  };
  const end = (): void => {
    idle = undefined;
    if ([...hands].some(({ jobs }) => jobs.size > 0)) return;
    for (const hand of hands) void hand.worker.terminate();
    hands.clear();
  };
  const leastBusy = (): Hand => {
    const free = [...hands].toSorted((a, b) => a.jobs.size - b.jobs.size)[0];
    return free === undefined || (free.jobs.size > 0 && hands.size < workers) ? start() : free;
  };
  const ask = (plan: Plan, indices: ArrayLike<number>, epoch: Epoch): Promise<Read> => {
    clearTimeout(idle);
    idle = undefined;
    const hand = leastBusy();
    const planId = planNumber(plan);
    const job: Job = {
      id: count++,
      planId,
      plan: hand.plans.has(planId) ? undefined : plan,
      indices: Array.from(indices),
      epoch,
    };
    hand.plans.add(planId);
    hand.worker.ref();
    return new Promise((resolve) => {
      hand.jobs.set(job.id, resolve);
      hand.worker.postMessage(job);
    });
  };
  return {
    ahead: 2 * workers,
    elsewhere: <A>(source: Indexed<A>, plan: Plan): Indexed<A> =>
      plan.portable
        ? {
            ...source,
            // Sound: the plan is that of the source, and gives the same values wherever it is read.
            read: (indices, epoch) => ask(plan, indices, epoch) as ReturnType<Indexed<A>["read"]>,
          }
        : source,
  };
};
