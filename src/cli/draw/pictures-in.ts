/** `--image`: pictures for a model to look at, from files. */
import { basename } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { f32, type NdArray } from "../../data/nd-array.js";
import { sliceRows } from "../../data/rows.js";
import type { GraphInput } from "../../run/graph-family.js";
import { drawablePixels } from "../../viz/drawable-pixels.js";
import { readInputs } from "../read-input.js";

export interface ShownPicture {
  readonly label: string;
  /** As the model takes it: `[1, h, w, c]`. */
  readonly array: NdArray<"f32">;
  /** As it is drawn: `[h, w, c]`, from 0 to 1. */
  readonly pixels: NdArray<"f32">;
}

/** An .npy file holds many. */
const most = 16;

/** The pictures of files; each row of an .npy file is one. */
export const picturesIn = async (
  files: readonly string[],
  inputs: readonly GraphInput[],
): Promise<Either<SvertkaError, readonly ShownPicture[]>> => {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    return fail("BadOption", "--image", `the model has ${inputs.length} inputs: draw one that takes a picture alone`);
  const shown: ShownPicture[] = [];
  for (const file of files) {
    const read = await readInputs([file], inputs);
    if (E.isLeft(read)) return read;
    const array = read.right[input.name];
    if (array === undefined || array.shape.length !== 4)
      return fail(
        "BadData",
        file,
        `image: shape [${(array?.shape ?? []).slice(0, 6).join(", ")}], [n, height, width, channels] is needed: give a .png or .jpg, or such an array`,
      );
    const wrong = input.shape.some((size, axis) => size !== null && size !== array.shape[axis + 1]);
    if (wrong)
      return fail(
        "BadData",
        file,
        `image: it is ${array.shape.slice(1).join(" × ")}, the model takes ${input.shape.map((size) => size ?? "any").join(" × ")} (height, width, channels): scale it, or save it as grey or RGB`,
      );
    const count = array.shape[0] ?? 0;
    if (shown.length + count > most)
      return fail("BadOption", file, `image: more than ${most} pictures: give fewer, or fewer rows in the .npy file`);
    for (let row = 0; row < count; row++) {
      const one = sliceRows(array, row, row + 1);
      const pixels = drawablePixels(f32(one.shape.slice(1), one.data));
      shown.push({ label: count === 1 ? basename(file) : `${basename(file)} ${row}`, array: one, pixels });
    }
  }
  return shown.length > 0 ? E.right(shown) : fail("BadData", files[0] ?? "--image", "image: no rows: give a picture");
};

/** `0,3,8-15` as numbers. */
export const channelList = (text: string | undefined): Either<SvertkaError, readonly number[] | undefined> => {
  if (text === undefined) return E.right(undefined);
  const bad = (): Either<SvertkaError, never> =>
    fail("BadOption", "--channels", `${JSON.stringify(text.slice(0, 40))} is no list of channels: write 0,3,8-15`);
  const all: number[] = [];
  for (const part of text.split(",")) {
    const [, from, to] = /^\s*(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part) ?? [];
    if (from === undefined) return bad();
    const [first, last] = [Number(from), Number(to ?? from)];
    if (last < first || all.length + last - first > 1024) return bad();
    for (let channel = first; channel <= last; channel++) all.push(channel);
  }
  return E.right([...new Set(all)]);
};
