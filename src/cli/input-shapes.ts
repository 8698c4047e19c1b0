/** `--input-shape`: sizes for a model whose input has unknown axes. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Model } from "../dsl/model.js";
import { withInputShape } from "../dsl/with-input-shape.js";

const flag = "--input-shape";

/** `224,224,3`, or `image=224,224,3`. */
const split = (text: string): readonly [name: string | undefined, shape: readonly number[] | undefined] => {
  const at = text.lastIndexOf("=");
  const sizes = text.slice(at + 1).split(",");
  const shape = sizes.every((size) => /^\s*\d+\s*$/.test(size)) ? sizes.map(Number) : undefined;
  return [at < 0 ? undefined : text.slice(0, at), shape];
};

/** Shapes by input name, each given as `224,224,3` or, for several inputs, `name=224,224,3`. */
export const inputShapesOf = (
  given: readonly string[],
  names: readonly string[],
): Either<SvertkaError, Readonly<Record<string, readonly number[]>>> => {
  const shapes = new Map<string, readonly number[]>();
  for (const text of given) {
    const [said, shape] = split(text);
    const name = said ?? (names.length === 1 ? names[0] : undefined);
    if (shape === undefined)
      return fail("BadOption", flag, `${text.slice(0, 40)}: this is no shape: give sizes with commas, as 224,224,3`);
    if (name === undefined || !names.includes(name))
      return fail(
        "BadOption",
        flag,
        `${text.slice(0, 40)}: it names no input of the model (${names.join(", ").slice(0, 60)}): give NAME=224,224,3`,
      );
    if (shapes.has(name))
      return fail("BadOption", flag, `the input '${name.slice(0, 40)}' is given twice: give one shape for each`);
    shapes.set(name, shape);
  }
  return E.right(Object.fromEntries(shapes));
};

/** The model at the given shapes. */
export const sizedModel = (
  model: Model<unknown, unknown>,
  given: readonly string[],
): Either<SvertkaError, Model<unknown, unknown>> =>
  given.length === 0
    ? E.right(model)
    : pipe(
        inputShapesOf(given, Object.keys(model["~model"].inputs)),
        E.map((shapes) => withInputShape(model, shapes)),
      );

/** Why a file whose shapes are all known takes no other ones. */
export const noOtherShape = (given: readonly string[]): Either<SvertkaError, void> =>
  given.length === 0
    ? E.right(undefined)
    : fail("BadOption", flag, "the checkpoint's graph has the shape that it was trained at: leave the option out");
