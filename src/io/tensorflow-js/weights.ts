/** Numbers of a group of weights, out of its files. */
import { fail, type SvertkaError } from "../../errors.js";
import { readElements } from "../../data/elements.js";
import { f32, type NdArray } from "../../data/nd-array.js";
import { E, type Either } from "../../fp.js";
import { joined } from "../joined.js";
import type { ManifestEntry, ManifestGroup } from "./manifest.js";

/** One file is not copied. */
const whole = (files: readonly Uint8Array[]): Uint8Array => {
  const [only, ...others] = files;
  return only !== undefined && others.length === 0 ? only : joined(files);
};

const numbersOf = (
  { shape, format, quantization }: ManifestEntry,
  bytes: Uint8Array,
  where: string,
): Either<SvertkaError, NdArray<"f32">> => {
  const read = readElements({ format, littleEndian: true, shape, bytes, where });
  if (E.isLeft(read)) return read;
  if (quantization === undefined) return E.right(f32(shape, Float32Array.from(read.right.data)));
  const { scale, min } = quantization;
  const numbers = new Float32Array(read.right.data.length);
  // A loop: `from` with a function takes seconds for a large model.
  for (let i = 0; i < numbers.length; i++) numbers[i] = (read.right.data[i] ?? 0) * scale + min;
  return E.right(f32(shape, numbers));
};

/** The weights of a group by name; `files` are those of its paths, in order. */
export const readGroup = (
  { entries, paths }: ManifestGroup,
  files: readonly Uint8Array[],
  where: string,
): Either<SvertkaError, ReadonlyMap<string, NdArray<"f32">>> => {
  const bytes = whole(files);
  const needed = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (bytes.byteLength !== needed)
    return fail(
      "BadFile",
      where,
      `${paths.join(", ").slice(0, 60)}: ${bytes.byteLength} bytes, the weights of model.json take ${needed}: a file is ${bytes.byteLength < needed ? "cut short" : "another model's"}`,
    );
  const weights = new Map<string, NdArray<"f32">>();
  let place = 0;
  for (const entry of entries) {
    const numbers = numbersOf(entry, bytes.subarray(place, place + entry.bytes), where);
    if (E.isLeft(numbers)) return numbers;
    weights.set(entry.name, numbers.right);
    place += entry.bytes;
  }
  return E.right(weights);
};
