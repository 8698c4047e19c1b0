/** A compiled model for inference: arrays in, arrays out, any number of examples. */
import { fail, failureAsValue, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend, Buffer, Device } from "../backends/backend.js";
import type { Graph } from "../compiler/ir/graph.js";
import { isDataset, type AnyDataset } from "../data/dataset.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { asBatches, openBatches } from "../data/pipeline/read.js";
import { sliceRows } from "../data/rows.js";
import type { InputShapes } from "../dsl/with-input-shape.js";
import { operators } from "../ops/registry.js";
import { checkInputs } from "./check-inputs.js";
import { compileGraph, type CompiledGraph } from "./compiled-graph.js";
import { readAll, withFed } from "./fed-buffers.js";
import { singleGraph, type GraphFamily } from "./graph-family.js";
import type { Weights } from "./initial-weights.js";
import { namedArrays, type Arrays } from "./named-arrays.js";
import { specialisations, type Specialisations } from "./specialisations.js";
import { readArray, uploadedWeights } from "./weight-store.js";

export interface PredictOptions {
  /**
   * NaN and infinite values in an input are a `BadData` that names the input, says how many there are and where the first is,
   * before anything runs; else they go through the model. It reads every number once. False, or as `compile` was told.
   */
  readonly checkInputs?: boolean | undefined;
  /** Hears how many examples are done, of how many where that is known: after each that are computed at once (128). */
  readonly onProgress?: ((done: number, count: number | undefined) => void) | undefined;
}

export interface Predictor {
  readonly backend: string;
  /** Names, and shapes without the batch axis; `null` is an axis of any size. */
  readonly inputs: GraphFamily["inputs"];
  /**
   * One array for a model of one input, arrays by name, or a data set, of which the inputs (x) are taken, in the order of its
   * first epoch; the results by output name.
   */
  readonly predict: (
    x: NdArray<"f32"> | Arrays | AnyDataset,
    options?: PredictOptions,
  ) => TaskEither<SvertkaError, Arrays>;
  /** For `explain`: the graph as compiled for inputs of these shapes, which need no mention where the model says them. */
  readonly compiledFor: (shapes?: InputShapes) => Either<SvertkaError, CompiledGraph>;
  readonly device: Device;
  readonly dispose: () => void;
}

export interface PredictorRequest extends Omit<FamilyRequest, "graphs"> {
  /** In inference mode, with results by output name. */
  readonly graph: Graph;
}

export interface FamilyRequest {
  readonly graphs: GraphFamily;
  readonly weights: Weights;
  readonly backend: Backend;
  readonly verifyEach?: boolean | undefined;
  /** Of every predict that does not say otherwise: see {@link PredictOptions}. */
  readonly checkInputs?: boolean | undefined;
}

/** Examples that are computed at once: more would only take memory. */
const chunk = 128;

/** A predictor of a graph whose shapes are known. */
export const predictor = ({ graph, ...rest }: PredictorRequest): TaskEither<SvertkaError, Predictor> =>
  familyPredictor({ graphs: singleGraph(graph), ...rest });

/** A predictor of a graph for each shape of the inputs, all with the same weights. */
export const familyPredictor = ({
  graphs,
  weights,
  backend,
  verifyEach,
  checkInputs: always = false,
}: FamilyRequest): TaskEither<SvertkaError, Predictor> =>
  pipe(
    backend.load,
    TE.chainEitherK((device): Either<SvertkaError, Predictor> => {
      const uploaded = uploadedWeights(device, weights);
      if (E.isLeft(uploaded)) return uploaded;
      const store = uploaded.right;
      const kept = specialisations();
      let disposed = false;
      const { inputs } = graphs;
      const compiledFor = (shapes: InputShapes = {}): Either<SvertkaError, CompiledGraph> =>
        pipe(
          graphs.graphFor(shapes),
          E.map((graph) => compileGraph(graph, { registry: operators, device, stableWeights: true, verifyEach })),
        );
      const running = { device, inputs, kept, compiledFor, weight: store.get, isDisposed: () => disposed };
      const ready = inputs.some(({ shape }) => shape.includes(null))
        ? E.right(undefined)
        : kept.prepare(keyOf({}, inputs), compiledFor);
      if (E.isLeft(ready)) return ready;
      return E.right({
        backend: device.name,
        inputs,
        compiledFor,
        device,
        predict: (x, options) => async () =>
          disposed
            ? fail("BadOption", "predict", "predict: this predictor is disposed of: compile the model again")
            : failureAsValue(() => {
                const how = { finite: options?.checkInputs ?? always, heard: options?.onProgress ?? unheard };
                return isDataset(x) ? predictDataset(x, how, running) : predictAll(x, how, running);
              }),
        dispose: () => {
          disposed = true;
          kept.dispose();
          store.dispose();
        },
      });
    }),
  );

const unheard = (): void => undefined;

interface How {
  /** Whether inputs are looked through for NaN and infinite values. */
  readonly finite: boolean;
  readonly heard: NonNullable<PredictOptions["onProgress"]>;
}

interface Running extends Pick<Predictor, "device" | "inputs" | "compiledFor"> {
  readonly kept: Specialisations;
  readonly weight: (name: string) => Buffer;
  readonly isDisposed: () => boolean;
}

/** Batch by batch: only the results are held. */
const predictDataset = async (
  data: AnyDataset,
  { finite, heard }: How,
  running: Running,
): Promise<Either<SvertkaError, Arrays>> => {
  if (data.count === Infinity) return fail("BadData", "predict", "predict: the data have no end: take(n) of them");
  const parts: Arrays[] = [];
  let done = 0;
  for await (const batch of openBatches(asBatches(data, chunk), { seed: 0, epoch: 0 })) {
    if (E.isLeft(batch)) return batch;
    const before = done;
    const how: How = { finite, heard: (more) => heard((done = before + more), data.count) };
    // Sound: what it must be is looked at by the check of inputs.
    const part = await predictAll(batch.right.x as NdArray<"f32"> | Arrays, how, running);
    if (E.isLeft(part)) return part;
    parts.push(part.right);
  }
  return parts.length === 0
    ? fail("BadData", "predict", "predict: there are no examples: give at least one")
    : E.right(joined(parts));
};

const predictAll = async (
  x: NdArray<"f32"> | Arrays,
  { finite, heard }: How,
  running: Running,
): Promise<Either<SvertkaError, Arrays>> => {
  const given = namedArrays(x, running.inputs);
  const count = checkInputs(given, { inputs: running.inputs, finite });
  if (E.isLeft(count)) return count;
  const key = keyOf(given, running.inputs);
  const parts: Arrays[] = [];
  const isWhole = running.inputs.every(({ first }) => first !== undefined);
  const step = isWhole ? count.right : chunk;
  for (let start = 0; start < count.right; start += step) {
    const end = Math.min(count.right, start + step);
    if (running.isDisposed())
      return fail(
        "BadOption",
        "predict",
        "predict: the predictor was disposed of on the way: wait for the result first",
      );
    const part = await running.kept.use(
      key,
      () => running.compiledFor(shapesOf(given)),
      (compiled) =>
        predictChunk(end - start === count.right ? given : rowsOf(given, running.inputs, [start, end]), compiled, {
          device: running.device,
          weight: running.weight,
          examples: end - start,
        }),
    );
    if (E.isLeft(part)) return part;
    parts.push(part.right);
    heard(end, count.right);
  }
  return E.right(joined(parts));
};

/** Which specialisation these shapes take; a model whose axes are all known has one. */
const keyOf = (given: Arrays, inputs: Predictor["inputs"]): string =>
  inputs.some(({ shape }) => shape.includes(null))
    ? JSON.stringify(inputs.map(({ name }) => given[name]?.shape.slice(1)))
    : "";

const shapesOf = (given: Arrays): InputShapes =>
  Object.fromEntries(Object.entries(given).map(([name, { shape }]) => [name, shape.slice(1)]));

/** Examples `start` to `end`; an array whose first axis is no batch goes into each run whole. */
const rowsOf = (given: Arrays, inputs: Predictor["inputs"], [start, end]: readonly [number, number]): Arrays => {
  const whole = new Set(inputs.flatMap(({ name, first }) => (first === undefined ? [] : [name])));
  return Object.fromEntries(
    Object.entries(given).map(([name, array]) => [name, whole.has(name) ? array : sliceRows(array, start, end)]),
  );
};

const predictChunk = async (
  given: Arrays,
  compiled: CompiledGraph,
  { device, weight, examples }: Pick<Running, "device" | "weight"> & { readonly examples: number },
): Promise<Either<SvertkaError, Arrays>> => {
  const ran = await withFed(device, Object.entries(given), (input) =>
    compiled.run(examples, { input, parameter: weight, state: weight }),
  );
  if (E.isLeft(ran)) return ran;
  try {
    const read = await readAll(ran.right, async (buffer, index) => {
      const read = await readArray(device, buffer);
      const floats = read.dtype === "f32" ? read : f32(read.shape, Float32Array.from(read.data));
      return [compiled.graph.outputs[index]?.name ?? "output", floats] as const;
    });
    return E.right(Object.fromEntries(read));
  } finally {
    for (const buffer of ran.right) device.release(buffer);
  }
};

/** Results of chunks one after the other. */
const joined = (parts: readonly Arrays[]): Arrays => {
  const [first = {}] = parts;
  if (parts.length === 1) return first;
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
