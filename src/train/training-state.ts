/** What a trainer carries from step to step: weights and optimiser state on the device, the step's number, what is kept. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Device } from "../backends/backend.js";
import { f32, i32, type NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { Weights } from "../run/initial-weights.js";
import { checkWeights, uploadedWeights, type WeightStore } from "../run/weight-store.js";
import { averageSlot, slotName, type InitialState } from "./optimizers/optimizer-graph.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { keepsakes } from "./keepsakes.js";
import { restoreInto } from "./restore.js";
import type { Trainer } from "./trainer.js";

type Named = NdArray & { readonly name: string };

/** The number of steps taken, in snapshots. */
const iterationsName = "optimizer:iterations";

interface StateRequest {
  readonly device: Device;
  readonly weights: Weights;
  readonly states: readonly InitialState[];
  readonly infos: readonly WeightInfo[];
  readonly optimizer: Optimizer;
  /** Called when weights are set from outside, not by a step. */
  readonly changed: () => void;
}

type Shared =
  | "iterations"
  | "learningRate"
  | "setLearningRate"
  | "weights"
  | "setWeights"
  | "useAverages"
  | "keep"
  | "kept"
  | "snapshot"
  | "restore"
  | "dispose";

export interface TrainingState extends Pick<Trainer, Shared> {
  readonly store: WeightStore;
  /** One step more is done. */
  readonly count: () => void;
}

/** Errors  what the device says where it has no room for them. */
export const trainingState = (request: StateRequest): Either<SvertkaError, TrainingState> => {
  const { device, weights, states, infos } = request;
  const begun = states.map((state) => [state.name, initialState(state)] as const);
  return pipe(
    uploadedWeights(device, [...ofModel(weights, infos), ...begun]),
    E.map((store) => stateIn(store, request)),
  );
};

/** Those that the model has. */
const ofModel = (weights: Weights, infos: readonly WeightInfo[]): readonly (readonly [string, NdArray<"f32">])[] =>
  infos.flatMap(({ name }) => {
    const array = weights.get(name);
    return array === undefined ? [] : [[name, array] as const];
  });

const stateIn = (store: WeightStore, { device, infos, optimizer, changed }: StateRequest): TrainingState => {
  const { schedule } = optimizer;
  const aside = keepsakes(infos);
  let iterations = 0;
  let rate = optimizer.learningRate;
  return {
    store,
    count: () => void (iterations += 1),
    iterations: () => iterations,
    learningRate: () => schedule?.at(iterations) ?? rate,
    setLearningRate: (next) => {
      if (schedule !== undefined)
        return fail(
          "BadOption",
          "learningRate",
          `learningRate: the schedule ${schedule.name} decides it: give the optimizer a number instead`,
        );
      if (!(next >= 0 && next < Infinity))
        return fail("BadOption", "learningRate", `learningRate: ${next} is not 0 or more: use a number such as 0.001`);
      rate = next;
      return E.right(undefined);
    },
    weights: () => readWeights(store, infos),
    setWeights: (given) => {
      const checked = checkWeights(infos, given, "weights");
      if (E.isLeft(checked)) return checked;
      const uploaded = store.upload(ofModel(given, infos));
      if (E.isRight(uploaded)) changed();
      return uploaded;
    },
    useAverages: () => {
      const known = new Set(store.names());
      for (const { name } of infos) {
        const average = slotName(averageSlot, name);
        if (iterations > 0 && known.has(average)) store.put(name, device.retain(store.get(average)));
      }
      changed();
    },
    keep: aside.keep,
    kept: aside.kept,
    snapshot: async () => [
      ...(await readAll(store)),
      { name: iterationsName, ...i32([], Int32Array.of(iterations)) },
      ...aside.arrays(),
    ],
    restore: (arrays, where) => {
      const steps = stepsIn(arrays, where);
      if (E.isLeft(steps)) return steps;
      const { own, rest } = aside.split(arrays.filter(({ name }) => name !== iterationsName));
      const restored = restoreInto(store, rest, where);
      if (E.isLeft(restored)) return restored;
      changed();
      aside.take(own);
      iterations = steps.right;
      return restored;
    },
    dispose: store.dispose,
  };
};

const stepsIn = (arrays: readonly Named[], where: string): Either<SvertkaError, number> => {
  const found = arrays.find(({ name }) => name === iterationsName);
  const steps = found?.data[0] ?? -1;
  return found?.dtype === "i32" && found.data.length === 1 && steps >= 0
    ? E.right(steps)
    : fail(
        "BadFile",
        where,
        `checkpoint: '${iterationsName}' is missing or no count: resume with a checkpoint as svertka wrote it`,
      );
};

const readWeights = async (store: WeightStore, infos: readonly WeightInfo[]): Promise<Weights> => {
  const names = infos.map((info) => info.name);
  const arrays = await store.read(names);
  return new Map(arrays.flatMap((array, i) => (array.dtype === "f32" ? [[names[i] ?? "", array] as const] : [])));
};

const readAll = async (store: WeightStore): Promise<readonly Named[]> => {
  const names = store.names();
  const arrays = await store.read(names);
  return arrays.map((array, i) => ({ ...array, name: names[i] ?? "" }));
};

const initialState = ({ dtype, shape, start }: InitialState): NdArray<"f32"> | NdArray<"i32"> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return dtype === "i32"
    ? { dtype, shape, data: new Int32Array(size).fill(start) }
    : f32(shape, new Float32Array(size).fill(start));
};
