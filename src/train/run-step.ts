/** One run of a step's program: the batch goes in, updates replace what the store holds, results come out. */
import { invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Buffer, Device } from "../backends/backend.js";
import type { Feeds } from "../backends/executor.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { CompiledGraph } from "../run/compiled-graph.js";
import type { WeightStore } from "../run/weight-store.js";
import { learningRateName } from "./optimizer-graph.js";
import type { StepResult } from "./trainer.js";

export interface FedBatch {
  readonly size: number;
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
  readonly learningRate: number;
}

const scalar = (value: number): NdArray<"f32"> => f32([], Float32Array.of(value));

/** Uploads the batch, runs the program, puts updates in the store and reads the results. */
export const runStep = async (
  device: Device,
  store: WeightStore,
  compiled: CompiledGraph,
  { size, inputs, learningRate }: FedBatch,
): Promise<Either<SvertkaError, StepResult>> => {
  const fed = new Map<string, Buffer>();
  for (const [name, { data, dtype, shape }] of [...inputs, [learningRateName, scalar(learningRate)] as const])
    fed.set(name, device.upload(data, { dtype, shape }));
  const feeds: Feeds = { input: (name) => inputNamed(fed, name), parameter: store.get, state: store.get };
  const ran = compiled.run(size, feeds);
  for (const buffer of fed.values()) device.release(buffer);
  if (E.isLeft(ran)) return ran;
  const values: [string, Promise<ArrayLike<number>>][] = [];
  ran.right.program.outputs.forEach(({ kind, name }, index) => {
    const buffer = ran.right.results[index];
    invariant(buffer, `no result for ${name}`);
    if (kind === "update") store.put(name, buffer);
    else values.push([name, device.read(buffer).finally(() => device.release(buffer))]);
  });
  const read = await Promise.all(values.map(async ([name, numbers]) => [name, (await numbers)[0] ?? Number.NaN] as const));
  return E.right(Object.fromEntries(read));
};

const inputNamed = (fed: ReadonlyMap<string, Buffer>, name: string): Buffer => {
  const buffer = fed.get(name);
  invariant(buffer, `nothing is fed for '${name}'`);
  return buffer;
};

