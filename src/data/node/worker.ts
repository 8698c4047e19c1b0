/** A worker thread: makes data sets of plans, and reads from them what it is asked for. */
import { parentPort } from "node:worker_threads";
import { invariant, SvertkaFailure, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { AnyDataset, Indexed } from "../dataset.js";
import { remake } from "./remake.js";
import type { Answer, Job } from "./worker-messages.js";

const known = new Map<number, AnyDataset>();
let reports: SvertkaError[] = [];

const read = async ({ planId, plan, indices, epoch }: Job): Promise<Either<SvertkaError, readonly unknown[]>> => {
  try {
    const dataset = known.get(planId) ?? (plan && remake(plan, (error) => void reports.push(error)));
    invariant(dataset?.source.kind === "indexed", "a worker is given plans of what is read by number");
    known.set(planId, dataset);
    const source: Indexed<unknown> = dataset.source;
    return await source.read(indices, epoch);
  } catch (cause) {
    if (cause instanceof SvertkaFailure) return E.left(cause.error);
    throw cause;
  }
};

/** The memory of all arrays in a value, which goes over without a copy. */
const buffersIn = (value: unknown, found: Set<ArrayBuffer>): Set<ArrayBuffer> => {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null)
    for (const part of Object.values(value)) buffersIn(part, found);
  return found;
};

invariant(parentPort, "this module runs in a worker thread");
const port = parentPort;
// One after the other: what a job reports is its own.
let last: Promise<void> = Promise.resolve();
port.on("message", (job: Job) => {
  last = last.then(async () => {
    const result = await read(job);
    const answer: Answer = { id: job.id, read: result, reports };
    reports = [];
    port.postMessage(answer, [...buffersIn(result, new Set())]);
  });
});
