/** The weights manifest of a TensorFlow.js model: names, shapes, files and how numbers were made smaller; checked before it is used. */
import { fail, type SvertkaError } from "../../errors.js";
import { bytesOf, type ElementFormat } from "../../data/elements.js";
import { E, type Either } from "../../fp.js";
import { at, listAt, textAt } from "../keras/json.js";

/** Numbers in the files are q · scale + min. */
export interface Quantization {
  readonly scale: number;
  readonly min: number;
}

export interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** As the numbers lie in the files. */
  readonly format: ElementFormat;
  readonly quantization: Quantization | undefined;
  readonly bytes: number;
}

/** Entries one after the other in the files, which are one after the other. */
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly entries: readonly ManifestEntry[];
}

/** Element types by TensorFlow.js's names; `string` and `complex64` are no weights. */
const formats: ReadonlyMap<string, ElementFormat> = new Map([
  ["float32", "float32"],
  ["int32", "int32"],
  ["bool", "bool"],
]);
const smallFormats: ReadonlyMap<string, ElementFormat> = new Map([
  ["uint8", "uint8"],
  ["uint16", "uint16"],
  ["float16", "float16"],
]);

const damaged = (where: string, rule: string): Either<SvertkaError, never> =>
  fail("BadFile", where, `model.json: ${rule}: the file is damaged`);

const shown = (name: string): string => `'${name.slice(0, 60)}'`;

/** A file beside the model: one that leads elsewhere, or to another host, is not read. */
const isBeside = (path: string): boolean =>
  path !== "" &&
  !/^[/\\]|[\0\\]|^[A-Za-z][A-Za-z0-9+.-]*:/.test(path) &&
  path.split("/").every((part) => part !== ".." && part !== "." && part !== "");

const sizesOf = (value: unknown): readonly number[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const sizes: readonly unknown[] = value;
  return sizes.every((size): size is number => Number.isSafeInteger(size) && Number(size) >= 0) ? sizes : undefined;
};

const quantizationOf = (
  value: unknown,
  name: string,
  where: string,
): Either<SvertkaError, Quantization | undefined> => {
  if (at(value, "dtype") === "float16") return E.right(undefined);
  const [scale, min] = [at(value, "scale"), at(value, "min")];
  return typeof scale === "number" && typeof min === "number" && Number.isFinite(scale) && Number.isFinite(min)
    ? E.right({ scale, min })
    : damaged(where, `the quantization of ${shown(name)} has no scale and min`);
};

const entryOf = (value: unknown, where: string): Either<SvertkaError, ManifestEntry> => {
  const [name, dtype, shape] = [textAt(value, "name"), textAt(value, "dtype"), sizesOf(at(value, "shape"))];
  if (name === undefined || dtype === undefined || shape === undefined)
    return damaged(where, "a weight has no name, dtype or shape");
  const given = at(value, "quantization");
  const small = given === undefined ? undefined : (textAt(given, "dtype") ?? "");
  const format = small === undefined ? formats.get(dtype) : smallFormats.get(small);
  if (format === undefined)
    return fail(
      "Unsupported",
      where,
      `model.json: ${shown(name)} holds ${(small ?? dtype).slice(0, 20)}: convert it to float32`,
    );
  const quantization = given === undefined ? E.right(undefined) : quantizationOf(given, name, where);
  if (E.isLeft(quantization)) return quantization;
  const bytes = shape.reduce((product, size) => product * size, bytesOf(format));
  return Number.isSafeInteger(bytes)
    ? E.right({ name, shape, format, quantization: quantization.right, bytes })
    : damaged(where, `the shape of ${shown(name)} is larger than any file`);
};

const groupOf = (value: unknown, where: string): Either<SvertkaError, ManifestGroup> => {
  const [paths, weights] = [listAt(value, "paths"), listAt(value, "weights")];
  if (paths === undefined || weights === undefined) return damaged(where, "a group of weights has no paths or weights");
  const files: string[] = [];
  for (const path of paths) {
    if (typeof path !== "string" || !isBeside(path))
      return fail(
        "BadFile",
        where,
        `model.json: the path ${shown(String(path))} leads out of its folder: give files beside it`,
      );
    files.push(path);
  }
  const entries: ManifestEntry[] = [];
  for (const weight of weights) {
    const entry = entryOf(weight, where);
    if (E.isLeft(entry)) return entry;
    entries.push(entry.right);
  }
  return E.right({ paths: files, entries });
};

/** The groups of a `weightsManifest`. */
export const readManifest = (value: unknown, where: string): Either<SvertkaError, readonly ManifestGroup[]> => {
  if (!Array.isArray(value)) return damaged(where, "it has no weightsManifest");
  const groups: ManifestGroup[] = [];
  const names = new Set<string>();
  for (const one of value) {
    const group = groupOf(one, where);
    if (E.isLeft(group)) return group;
    for (const { name } of group.right.entries) {
      if (names.has(name)) return damaged(where, `the weight ${shown(name)} stands twice`);
      names.add(name);
    }
    groups.push(group.right);
  }
  return E.right(groups);
};
