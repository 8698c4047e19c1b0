/** Keras files under test/fixtures/keras, and running what was read from one. */
import { readdirSync, readFileSync } from "node:fs";
import type { Backend } from "../../../src/backends/backend.js";
import type { Pass } from "../../../src/compiler/passes/pass.js";
import type { NdArray } from "../../../src/data/nd-array.js";
import { withInputShape } from "../../../src/dsl/with-input-shape.js";
import { orThrow } from "../../../src/errors.js";
import type { LayersFile } from "../../../src/io/keras/read.js";
import { decodeSafetensors, type NamedTensor } from "../../../src/io/safetensors.js";
import { hasUnknownAxes, inferenceGraph } from "../../../src/run/inference-graph.js";
import { runNamed } from "../../support/run-named.js";

const folder = new URL("../../fixtures/keras/", import.meta.url);

export const keptKerasFiles: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".keras"))
  .map((name) => name.slice(0, -".keras".length));

export const keptBytes = (id: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${id}.keras`, folder)));

export interface Tried {
  readonly inputs: ReadonlyMap<string, NdArray<"f32">>;
  /** What Keras gives. */
  readonly outputs: ReadonlyMap<string, NdArray<"f32">>;
}

const isF32 = (tensor: NamedTensor): tensor is NamedTensor & NdArray<"f32"> => tensor.dtype === "f32";

/** The tensors of a safetensors file under `input/` and `output/`. */
export const triedOf = (bytes: Uint8Array): Tried => {
  const { tensors } = orThrow(decodeSafetensors(bytes, "tried"));
  const under = (start: string): Tried["inputs"] =>
    new Map(
      tensors
        .filter(isF32)
        .filter(({ name }) => name.startsWith(start))
        .map(({ name, ...array }) => [name.slice(start.length), array]),
    );
  return { inputs: under("input/"), outputs: under("output/") };
};

export const keptTried = (id: string): Tried => triedOf(readFileSync(new URL(`${id}.safetensors`, folder)));

/** The outputs of a model that was read, by name. */
export const outputsOf = async (
  { model, weights }: Pick<LayersFile, "model" | "weights">,
  { inputs }: Pick<Tried, "inputs">,
  { backend, passes }: { readonly backend: Backend; readonly passes?: readonly Pass[] | undefined },
): Promise<ReadonlyMap<string, Float64Array>> => {
  const shapes = Object.fromEntries([...inputs].map(([name, { shape }]) => [name, shape.slice(1)]));
  const sized = hasUnknownAxes(model) ? withInputShape(model, shapes) : model;
  const { graph } = orThrow(inferenceGraph(sized));
  const [first] = inputs.values();
  return runNamed(graph, orThrow(await backend.load()), {
    batch: first?.shape[0] ?? 1,
    feeds: new Map([...inputs, ...weights]),
    stableWeights: true,
    ...(passes === undefined ? {} : { passes }),
  });
};

/** The largest difference of two arrays, of a number as large as 1 or more in relation to it. */
export const largestError = (got: ArrayLike<number> | undefined, want: ArrayLike<number>): number => {
  if (got?.length !== want.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  for (let i = 0; i < want.length; i++) {
    const [a = Number.NaN, b = 0] = [got[i], want[i]];
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
    error = difference <= error ? error : difference;
  }
  return error;
};
