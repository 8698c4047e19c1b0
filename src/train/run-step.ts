/** One run of a step's program: the batch goes in, results come out, and updates replace what the store holds. */
import { invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Buffer, Device, Feeds } from "../backends/backend.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { CompiledGraph } from "../run/compiled-graph.js";
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
  const fed = new Map<string, Buffer>();
  for (const [name, { data, dtype, shape }] of [...inputs, [learningRateName, scalar(learningRate)] as const])
    fed.set(name, device.upload(data, { dtype, shape }));
  const feeds: Feeds = { input: (name) => inputNamed(fed, name), parameter: store.get, state: store.get };
  const ran = await compiled.run(size, feeds);
  for (const buffer of fed.values()) device.release(buffer);
  if (E.isLeft(ran)) return ran;
  const outputs = compiled.graph.outputs.map(({ kind, name }, index) => {
    const buffer = ran.right[index];
    invariant(buffer, `no result for ${name}`);
    return { kind, name, buffer };
  });
  const results = outputs.filter(({ kind }) => kind === "result");
  const read = new Map(
    await Promise.all(results.map(async ({ name, buffer }) => [name, await numbersOf(device, buffer)] as const)),
  );
  const isGood = accept(read);
  for (const { kind, name, buffer } of outputs) {
    if (kind === "update" && isGood) store.put(name, await carried(device, buffer));
    else device.release(buffer);
  }
  return E.right(read);
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

const inputNamed = (fed: ReadonlyMap<string, Buffer>, name: string): Buffer => {
  const buffer = fed.get(name);
  invariant(buffer, `nothing is fed for '${name}'`);
  return buffer;
};
