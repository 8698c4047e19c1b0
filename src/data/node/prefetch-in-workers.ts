/** Reading in worker threads. */
import type { AnyDataset } from "../dataset.js";
import { workerReader } from "./worker-pool.js";

export interface WorkerOptions {
  /** How many threads; one less than the machine's cores when not given. */
  readonly workers?: number | undefined;
  /** How many batches are read ahead; two a worker when not given. */
  readonly ahead?: number | undefined;
}

/**
 * Reads batches ahead in worker threads: files, decoding, and maps that svertka makes (`normalize`, augmentation). A function of
 * one's own cannot go to another thread: from there on the pipeline runs in this one. `imagesFromFolder` reads so by itself.
 *
 * @example
 * const fed = pipe(pictures, shuffle(), batch(32), prefetchInWorkers({ workers: 2 }))
 */
export const prefetchInWorkers =
  ({ workers, ahead }: WorkerOptions = {}) =>
  <D extends AnyDataset<unknown, unknown>>(dataset: D): D => {
    const reader = workerReader({ workers });
    return { ...dataset, reader: ahead === undefined ? reader : { ...reader, ahead } };
  };
