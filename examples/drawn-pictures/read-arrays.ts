/** Drawn files as arrays: the records of CIFAR-10's binary version, and folders of PNG files. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decode } from "fast-png";
import * as TE from "fp-ts/lib/TaskEither.js";
import { f32, i32, type NdArray, type SvertkaError } from "svertka";

const reading = <A>(folder: string, read: () => Promise<A>): TE.TaskEither<SvertkaError, A> =>
  TE.tryCatch(read, (cause): SvertkaError => ({
    tag: "BadFile",
    where: folder,
    message: `pictures: they cannot be read (${String(cause).slice(0, 100)}): give the folder that the README describes`,
  }));

export interface Vehicles {
  readonly x: NdArray<"f32", readonly [number, 128, 128, 3]>;
  readonly y: NdArray<"f32">;
}

/** Pictures of 128×128 pixels from `car` and `truck` under the folder: 0 and 1. */
export const readVehicles = (folder: string): TE.TaskEither<SvertkaError, Vehicles> =>
  reading(folder, async () => {
    const listed = await Promise.all(
      ["car", "truck"].map(async (name, label) =>
        (await readdir(join(folder, name))).toSorted().map((file) => ({ label, path: join(folder, name, file) })),
      ),
    );
    const files = listed.flat();
    const size = 128 * 128 * 3;
    const x = new Float32Array(files.length * size);
    for (const [i, { path }] of files.entries()) {
      const { data } = decode(await readFile(path));
      if (data.length !== size) throw new Error(`${path} is not 128x128x3`);
      for (let j = 0; j < size; j++) x[i * size + j] = (data[j] ?? 0) / 255;
    }
    const labels = Float32Array.from(files, ({ label }) => label);
    return { x: f32([files.length, 128, 128, 3], x), y: f32([files.length, 1], labels) };
  });

export interface Things {
  readonly x: NdArray<"f32", readonly [number, 32, 32, 3]>;
  readonly y: NdArray<"i32">;
  readonly classes: 10;
}

/** All records of the files. */
export const readThings = (folder: string, names: readonly string[]): TE.TaskEither<SvertkaError, Things> =>
  reading(folder, async () => {
    const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
    const count = bytes.length / 3073;
    if (!Number.isInteger(count)) throw new Error(`${bytes.length} bytes are no records of 3,073`);
    const x = new Float32Array(count * 3072);
    for (let i = 0; i < count; i++)
      for (let channel = 0; channel < 3; channel++)
        for (let pixel = 0; pixel < 1024; pixel++)
          x[i * 3072 + pixel * 3 + channel] = (bytes[i * 3073 + 1 + channel * 1024 + pixel] ?? 0) / 255;
    const labels = Int32Array.from({ length: count }, (_, i) => bytes[i * 3073] ?? 0);
    return { x: f32([count, 32, 32, 3], x), y: i32([count], labels), classes: 10 };
  });
