/** One run of a step's program: the batch goes in, results come out, and updates replace what the store holds. */
import { invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Buffer, Device } from "../backends/backend.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { CompiledGraph } from "../run/compiled-graph.js";
import { readAll, withFed } from "../run/fed-buffers.js";
import type { WeightStore } from "../run/weight-store.js";
import { learningRateName } from "./optimizers/optimizer-graph.js";

export interface FedBatch {
  readonly size: number;
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
  readonly learningRate: number;
}

/** The results of a run by name: the loss, the metrics' sums. */
export type StepNumbers = ReadonlyMap<string, readonly number[]>;

const scalar = (value: number): NdArray<"f32"> => f32([], Float32Array.of(value));

/** Uploads the batch, runs the program and reads the results; updates are put in the store when `accept` likes these. */
export const runStep = async (
  { device, store }: { readonly device: Device; readonly store: WeightStore },
  compiled: CompiledGraph,
  { size, inputs, learningRate }: FedBatch,
  accept: (results: StepNumbers) => boolean,
): Promise<Either<SvertkaError, StepNumbers>> => {
  const fed = [...inputs, [learningRateName, scalar(learningRate)] as const];
  const ran = await withFed(device, fed, (input) =>
    compiled.run(size, { input, parameter: store.get, state: store.get }),
  );
  if (E.isLeft(ran)) return ran;
  const outputs = compiled.graph.outputs.map(({ kind, name }, index) => {
    const buffer = ran.right[index];
    invariant(buffer, `no result for ${name}`);
    return { kind, name, buffer };
  });
  /** Those that nobody has taken; two of them may be references to one buffer. */
  const left = new Set(outputs);
  try {
    const results = outputs.filter(({ kind }) => kind === "result");
    const numbers = await readAll(
      results.map(({ buffer }) => buffer),
      (buffer) => numbersOf(device, buffer),
    );
    const read = new Map(results.map(({ name }, index) => [name, numbers[index] ?? []] as const));
    if (!accept(read)) return E.right(read);
    const updates = outputs.filter(({ kind }) => kind === "update");
    for (const update of updates) update.buffer = await carried(device, update.buffer);
    // Nothing can fail any more: all weights change, or none.
    for (const update of updates) {
      left.delete(update);
      store.put(update.name, update.buffer);
    }
    return E.right(read);
  } finally {
    for (const { buffer } of left) device.release(buffer);
  }
};

const numbersOf = async (device: Device, buffer: Buffer): Promise<readonly number[]> =>
  Array.from(await device.read(buffer));

/** What the next step begins with: never more digits than a checkpoint holds, or a resumed training would go elsewhere. */
const carried = async (device: Device, buffer: Buffer): Promise<Buffer> => {
  if (device.precision === undefined || buffer.type.dtype !== "f32") return buffer;
  const rounded = device.upload(Float32Array.from(await device.read(buffer)), buffer.type);
  device.release(buffer);
  return rounded;
};
