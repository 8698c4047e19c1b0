/** `--input`: arrays by input name, from .npy files and pictures. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { fail, failTask, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { readBytes, readNpyFile } from "../io/node.js";

/** Whole numbers become floats as they are: only the user knows what they mean. */
const asFloats = (array: NdArray): NdArray<"f32"> =>
  array.dtype === "f32" ? array : f32(array.shape, Float32Array.from(array.data));

/** A picture as one example [1, height, width, channels] from 0 to 1, without its transparency. */
const readPng = async (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, NdArray<"f32">>> => {
  const { decode } = await import("fast-png");
  const decoded = E.tryCatch(() => decode(bytes), String);
  if (E.isLeft(decoded))
    return fail("BadFile", where, `png: ${decoded.left.replace(/^Error: /, "").slice(0, 100)}: save the picture again`);
  const { width, height, channels, depth, data, palette } = decoded.right;
  if (palette !== undefined || depth < 8)
    return fail("Unsupported", where, "png: a palette or fewer than 8 bits a channel: save it as grey or RGB");
  const kept = channels === 2 || channels === 4 ? channels - 1 : channels;
  const pixels = new Float32Array(width * height * kept);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = (data[Math.floor(i / kept) * channels + (i % kept)] ?? 0) / (2 ** depth - 1);
  return E.right(f32([1, height, width, kept], pixels));
};

const readArray = (path: string): TaskEither<SvertkaError, NdArray<"f32">> => {
  if (!existsSync(path)) return failTask("BadFile", path, "input: no such file: check the path");
  const kind = extname(path).toLowerCase();
  if (kind === ".png")
    return pipe(
      readBytes(path),
      TE.flatMap((bytes) => () => readPng(bytes, path)),
    );
  if ([".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"].includes(kind))
    return failTask(
      "Unsupported",
      path,
      `input: ${kind} pictures are not readable yet: save it as .png, or its numbers as .npy`,
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
