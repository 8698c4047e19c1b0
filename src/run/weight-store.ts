/** Weights and states as buffers of a device, by name. */
import { fail, invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Buffer, Device } from "../backends/backend.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { ConcreteType } from "../ops/operator.js";
import type { Weights } from "./initial-weights.js";

export interface WeightStore {
  readonly get: (name: string) => Buffer;
  /** Puts a buffer in a weight's place and releases the old one; the store owns it from then on. */
  readonly put: (name: string, buffer: Buffer) => void;
  readonly upload: (name: string, array: NdArray<"f32" | "i32">) => void;
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
    upload: (name, { dtype, shape, data }) => put(name, device.upload(data, { dtype, shape })),
    read: (names) => Promise.all(names.map((name) => readArray(device, get(name)))),
    names: () => [...buffers.keys()],
    dispose: () => {
      for (const buffer of buffers.values()) device.release(buffer);
      buffers.clear();
    },
  };
};

/** A buffer as an array of ours; float64 of the reference backend is rounded to float32. */
export const readArray = async (device: Device, buffer: Buffer): Promise<NdArray<"f32"> | NdArray<"i32">> => {
  const numbers = await device.read(buffer);
  const { dtype, shape }: ConcreteType = buffer.type;
  return dtype === "i32" ? { dtype, shape, data: Int32Array.from(numbers) } : f32(shape, Float32Array.from(numbers));
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
