/** Weights and states as buffers of a device, by name. */
import { SvertkaFailure, fail, invariant, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Buffer, Device } from "../backends/backend.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { ConcreteType } from "../ops/operator.js";
import type { Weights } from "./initial-weights.js";

type Uploads = Iterable<readonly [string, NdArray<"f32"> | NdArray<"i32">]>;

export interface WeightStore {
  readonly get: (name: string) => Buffer;
  /** Puts a buffer in a weight's place and releases the old one; the store owns it from then on. */
  readonly put: (name: string, buffer: Buffer) => void;
  /** Puts arrays in the places of these names: all of them, or none where the device fails (no room, a GPU that is lost). */
  readonly upload: (arrays: Uploads) => Either<SvertkaError, void>;
  readonly read: (names: readonly string[]) => Promise<readonly NdArray[]>;
  readonly names: () => readonly string[];
  readonly dispose: () => void;
}

export const weightStore = (device: Device): WeightStore => {
  const buffers = new Map<string, Buffer>();
  const get = (name: string): Buffer => {
    const buffer = buffers.get(name);
    invariant(buffer, `no weight or state '${name}'`);
    return buffer;
  };
  const put = (name: string, buffer: Buffer): void => {
    const old = buffers.get(name);
    if (old !== undefined) device.release(old);
    buffers.set(name, buffer);
  };
  return {
    get,
    put,
    upload: (arrays) => {
      const uploaded: (readonly [string, Buffer])[] = [];
      try {
        for (const [name, { dtype, shape, data }] of arrays)
          uploaded.push([name, device.upload(data, { dtype, shape })]);
      } catch (thrown) {
        for (const [, buffer] of uploaded) device.release(buffer);
        if (thrown instanceof SvertkaFailure) return E.left(thrown.error);
        throw thrown;
      }
      for (const [name, buffer] of uploaded) put(name, buffer);
      return E.right(undefined);
    },
    read: (names) => Promise.all(names.map((name) => readArray(device, get(name)))),
    names: () => [...buffers.keys()],
    dispose: () => {
      for (const buffer of buffers.values()) device.release(buffer);
      buffers.clear();
    },
  };
};

/** A store that holds them; the device's failure where it has no room for one, and then nothing is held. */
export const uploadedWeights = (device: Device, arrays: Uploads): Either<SvertkaError, WeightStore> => {
  const store = weightStore(device);
  return pipe(
    store.upload(arrays),
    E.map(() => store),
  );
};

/** A buffer as an array of ours; float64 of the reference backend is rounded to float32. What is read is a copy already. */
export const readArray = async (device: Device, buffer: Buffer): Promise<NdArray<"f32"> | NdArray<"i32">> => {
  const numbers = await device.read(buffer);
  const { dtype, shape }: ConcreteType = buffer.type;
  return dtype === "i32"
    ? { dtype, shape, data: numbers instanceof Int32Array ? numbers : Int32Array.from(numbers) }
    : f32(shape, numbers instanceof Float32Array ? numbers : Float32Array.from(numbers));
};

/** The weights that a model needs, all there and of the right shapes, or the first that is not. */
export const checkWeights = (
  needed: readonly WeightInfo[],
  given: Weights,
  where: string,
): Either<SvertkaError, Weights> => {
  for (const { name, shape } of needed) {
    const array = given.get(name);
    if (array === undefined)
      return fail(
        "BadModel",
        where,
        `weights: '${name}' [${shape.join(", ")}] is missing: give the weights of this model`,
      );
    if (array.shape.join() !== shape.join())
      return fail(
        "BadModel",
        where,
        `weights: '${name}' is [${array.shape.join(", ")}], the model needs [${shape.join(", ")}]: give the weights of this model`,
      );
  }
  const known = new Set(needed.map((weight) => weight.name));
  const extra = [...given.keys()].find((name) => !known.has(name));
  return extra === undefined
    ? E.right(given)
    : fail("BadModel", where, `weights: '${extra}' is no weight of this model: give the weights of this model`);
};
