/** `--input`: arrays by input name, from .npy files and pictures. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { fail, failTask, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { readBytes, readNpyFile } from "../io/node.js";
import { readPicture } from "./read-picture.js";

/** Whole numbers become floats as they are: only the user knows what they mean. */
const asFloats = (array: NdArray): NdArray<"f32"> =>
  array.dtype === "f32" ? array : f32(array.shape, Float32Array.from(array.data));

const readArray = (path: string): TaskEither<SvertkaError, NdArray<"f32">> => {
  if (!existsSync(path)) return failTask("BadFile", path, "input: no such file: check the path");
  const kind = extname(path).toLowerCase();
  if ([".png", ".jpg", ".jpeg"].includes(kind))
    return pipe(
      readBytes(path),
      TE.flatMap((bytes) => () => readPicture(bytes, path)),
    );
  if ([".gif", ".webp", ".bmp", ".tif", ".tiff"].includes(kind))
    return failTask(
      "Unsupported",
      path,
      `input: ${kind} pictures are not readable yet: save it as .png or .jpg, or its numbers as .npy`,
    );
  return pipe(readNpyFile(path), TE.map(asFloats));
};

/** `name=x.npy`, or `x.npy` alone; a file whose own name holds `=` is taken as one when it exists. */
const split = (text: string): { readonly name: string | undefined; readonly path: string } => {
  const [, name, path] = existsSync(text) ? [] : (/^([^=]+)=(.+)$/s.exec(text) ?? []);
  return path === undefined ? { name: undefined, path: text } : { name, path };
};

/** The arrays for the inputs of a model; one without a name belongs to the only input. */
export const readInputs = async (
  given: readonly string[],
  inputs: readonly { readonly name: string }[],
): Promise<Either<SvertkaError, Readonly<Record<string, NdArray<"f32">>>>> => {
  const names = inputs.map(({ name }) => name).join(", ");
  const arrays = new Map<string, NdArray<"f32">>();
  for (const text of given) {
    const { name: said, path } = split(text);
    if (said === undefined && inputs.length !== 1)
      return fail(
        "BadOption",
        "--input",
        `${text}: the model has ${inputs.length} inputs: give each by name, as NAME=X.npy (${names})`,
      );
    const name = said ?? inputs[0]?.name ?? "";
    if (!inputs.some((input) => input.name === name))
      return fail("BadOption", "--input", `the model has no input '${name}': its inputs are ${names}`);
    if (arrays.has(name))
      return fail("BadOption", "--input", `the input '${name}' is given twice: give one file for each`);
    const array = await readArray(path)();
    if (E.isLeft(array)) return array;
    arrays.set(name, array.right);
  }
  return E.right(Object.fromEntries(arrays));
};
