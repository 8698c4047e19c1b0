/** A compiled model for inference: arrays in, arrays out, any number of examples. */
import { fail, invariant, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend, Buffer, Device } from "../backends/backend.js";
import { sourceName, type Graph } from "../compiler/ir/graph.js";
import { f32, malformation, type NdArray } from "../data/nd-array.js";
import { sliceRows } from "../data/rows.js";
import { operators } from "../ops/registry.js";
import { compileGraph, type CompiledGraph } from "./compiled-graph.js";
import type { Weights } from "./initial-weights.js";
import { namedArrays, type Arrays } from "./named-arrays.js";
import { readArray, weightStore } from "./weight-store.js";

export interface Predictor {
  readonly backend: string;
  /** Names, and shapes without the batch axis. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** One array for a model of one input, or arrays by name; the results by output name. */
  readonly predict: (x: NdArray<"f32"> | Arrays) => TaskEither<SvertkaError, Arrays>;
  readonly compiled: CompiledGraph;
  readonly device: Device;
  readonly dispose: () => void;
}

export interface PredictorRequest {
  /** In inference mode, with results by output name. */
  readonly graph: Graph;
  readonly weights: Weights;
  readonly backend: Backend;
  readonly verifyEach?: boolean | undefined;
}

/** Examples that are computed at once: more would only take memory. */
const chunk = 128;

export const predictor = ({
  graph,
  weights,
  backend,
  verifyEach,
}: PredictorRequest): TaskEither<SvertkaError, Predictor> =>
  pipe(
    backend.load,
    TE.map((device) => {
      const compiled = compileGraph(graph, { registry: operators, device, stableWeights: true, verifyEach });
      const store = weightStore(device);
      for (const [name, array] of weights) store.upload(name, array);
      let disposed = false;
      const inputs = graph.nodes
        .filter((node) => node.op === "input")
        .map((node) => ({ name: sourceName(node), shape: node.type.shape.slice(1).map(Number) }));
      return {
        backend: device.name,
        inputs,
        compiled,
        device,
        predict: (x) => async () =>
          disposed
            ? fail("BadOption", "predict", "predict: this predictor is disposed of: compile the model again")
            : predictAll(x, { device, compiled, inputs, weight: store.get, isDisposed: () => disposed }),
        dispose: () => {
          disposed = true;
          compiled.dispose();
          store.dispose();
        },
      };
    }),
  );

interface Running {
  readonly device: Device;
  readonly compiled: CompiledGraph;
  readonly inputs: Predictor["inputs"];
  readonly weight: (name: string) => Buffer;
  readonly isDisposed: () => boolean;
}

const predictAll = async (x: NdArray<"f32"> | Arrays, running: Running): Promise<Either<SvertkaError, Arrays>> => {
  const given = namedArrays(x, running.inputs);
  const count = checkInputs(given, running.inputs);
  if (E.isLeft(count)) return count;
  const parts: Arrays[] = [];
  for (let start = 0; start < count.right; start += chunk) {
    const end = Math.min(count.right, start + chunk);
    if (running.isDisposed())
      return fail(
        "BadOption",
        "predict",
        "predict: the predictor was disposed of on the way: wait for the result first",
      );
    const part = await predictChunk(given, start, end, running);
    if (E.isLeft(part)) return part;
    parts.push(part.right);
  }
  return E.right(joined(parts));
};

/** The number of examples, the same for all inputs. */
const checkInputs = (given: Arrays, inputs: Predictor["inputs"]): Either<SvertkaError, number> => {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined)
    return fail(
      "BadData",
      unknown,
      `predict: the model has no input '${unknown}': its inputs are ${inputs.map((input) => input.name).join(", ")}`,
    );
  let count: number | undefined;
  for (const { name, shape } of inputs) {
    const array = given[name];
    if (array === undefined)
      return fail(
        "BadData",
        name,
        `predict: nothing is given for the input '${name}': give an array [n, ${shape.join(", ")}]`,
      );
    const [n = 0, ...rest] = array.shape;
    if (array.shape.length === 0 || rest.join() !== shape.join())
      return fail(
        "BadData",
        name,
        `predict: '${name}' is [${array.shape.join(", ")}], the model needs [n, ${shape.join(", ")}]: give data of that shape`,
      );
    const malformed = malformation(array);
    if (malformed !== undefined) return fail("BadData", name, `predict: '${name}' ${malformed}`);
    if (n === 0) return fail("BadData", name, `predict: '${name}' holds no examples: give at least one`);
    if (count !== undefined && count !== n)
      return fail(
        "BadData",
        name,
        `predict: '${name}' holds ${n} examples, another input ${count}: give the same number for all`,
      );
    count = n;
  }
  return E.right(count ?? 0);
};

const predictChunk = async (
  given: Arrays,
  start: number,
  end: number,
  running: Running,
): Promise<Either<SvertkaError, Arrays>> => {
  const { device, compiled, weight } = running;
  const fed = new Map<string, Buffer>();
  for (const [name, array] of Object.entries(given)) {
    const { data, shape, dtype } = sliceRows(array, start, end);
    fed.set(name, device.upload(data, { dtype, shape }));
  }
  const input = (name: string): Buffer => {
    const buffer = fed.get(name);
    invariant(buffer, `nothing is fed for '${name}'`);
    return buffer;
  };
  const ran = await compiled.run(end - start, { input, parameter: weight, state: weight });
  for (const buffer of fed.values()) device.release(buffer);
  if (E.isLeft(ran)) return ran;
  const read = await Promise.all(
    ran.right.map(async (buffer, index) => {
      const array = await readArray(device, buffer);
      device.release(buffer);
      return [
        compiled.graph.outputs[index]?.name ?? "output",
        f32(array.shape, Float32Array.from(array.data)),
      ] as const;
    }),
  );
  return E.right(Object.fromEntries(read));
};

/** Results of chunks one after the other. */
const joined = (parts: readonly Arrays[]): Arrays => {
  const [first = {}] = parts;
  return Object.fromEntries(
    Object.entries(first).map(([name, { shape }]) => {
      const arrays = parts.map((part) => part[name]).filter((array) => array !== undefined);
      const rows = arrays.reduce((sum, array) => sum + (array.shape[0] ?? 0), 0);
      const data = new Float32Array(arrays.reduce((sum, array) => sum + array.data.length, 0));
      let at = 0;
      for (const array of arrays) {
        data.set(array.data, at);
        at += array.data.length;
      }
      return [name, f32([rows, ...shape.slice(1)], data)];
    }),
  );
};
