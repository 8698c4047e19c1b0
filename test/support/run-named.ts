/** Runs the graph of a model on a device: inputs, weights and states are given by name. */
import type { Buffer, Device } from "../../src/backends/backend.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import type { NdArray } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { compileGraph } from "../../src/run/compiled-graph.js";

type Fed =
  | NdArray<"f32">
  | NdArray<"i32">
  | { readonly dtype: "f32"; readonly shape: readonly number[]; readonly data: Float64Array };

export interface NamedRun {
  readonly batch: number;
  /** Inputs, parameters and states in one: their names differ. */
  readonly feeds: ReadonlyMap<string, Fed>;
  readonly passes?: readonly Pass[];
  /** Whether weights count as constants, so that what depends on them alone is prepared once: inference. */
  readonly stableWeights?: boolean;
}

/** Every output by name; results and updates alike. Every buffer is released again. */
export const runNamed = async (
  graph: Graph,
  device: Device,
  { batch, feeds, passes, stableWeights = false }: NamedRun,
): Promise<ReadonlyMap<string, Float64Array>> => {
  const compiled = compileGraph(graph, { registry: operators, device, stableWeights, passes, verifyEach: true });
  const buffers = new Map<string, Buffer>();
  for (const [name, { data, dtype, shape }] of feeds) buffers.set(name, device.upload(data, { dtype, shape }));
  const feed = (name: string): Buffer => {
    const buffer = buffers.get(name);
    if (buffer === undefined) throw new Error(`nothing is fed for ${name}`);
    return buffer;
  };
  const results = orThrow(await compiled.run(batch, { input: feed, parameter: feed, state: feed }));
  const outputs = new Map<string, Float64Array>();
  for (const [index, buffer] of results.entries()) {
    outputs.set(compiled.graph.outputs[index]?.name ?? "", Float64Array.from(await device.read(buffer)));
    device.release(buffer);
  }
  for (const buffer of buffers.values()) device.release(buffer);
  compiled.dispose();
  return outputs;
};
