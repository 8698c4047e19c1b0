/** What a run is fed and what it gives, on the device: released when it is done with, also where the run or a read fails. */
import { invariant } from "../errors.js";
import type { Buffer, Device } from "../backends/backend.js";
import type { NdArray } from "../data/nd-array.js";

type Fed = Iterable<readonly [string, NdArray<"f32"> | NdArray<"i32">]>;

/** Uploads arrays, runs, and releases them. */
export const withFed = async <A>(
  device: Device,
  arrays: Fed,
  run: (input: (name: string) => Buffer) => Promise<A>,
): Promise<A> => {
  const fed = new Map<string, Buffer>();
  try {
    for (const [name, { data, dtype, shape }] of arrays) fed.set(name, device.upload(data, { dtype, shape }));
    return await run((name) => {
      const buffer = fed.get(name);
      invariant(buffer, `nothing is fed for '${name}'`);
      return buffer;
    });
  } finally {
    for (const buffer of fed.values()) device.release(buffer);
  }
};

/** Reads all of them at once; where one cannot be read, that is thrown when the others have ended. */
export const readAll = async <A>(
  buffers: readonly Buffer[],
  read: (buffer: Buffer, index: number) => Promise<A>,
): Promise<readonly A[]> => {
  const [first] = buffers;
  if (buffers.length === 1 && first !== undefined) return [await read(first, 0)];
  const settled = await Promise.allSettled(buffers.map(read));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
};
