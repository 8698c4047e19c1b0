/** Shapes that people write down: every axis is a size or, in an input, null. */
import { allSizes, type BadSizes } from "./size.js";
import { poisoned, type Shape, type ShapeError } from "./shape.js";
import { shapeText, type ShapeText } from "./text.js";

const badInput = <Text extends string>(text: Text) =>
  `input: shape [${text}] has an axis that is no size: use whole numbers from 1 to 999999999, or null for an axis that is not known` as const;

/** The shape itself when each axis is a size, null or a wide number; else the sentence. */
export type InputShape<S extends Shape> = [BadSizes<S, 1>] extends [never]
  ? S
  : ShapeError<ReturnType<typeof badInput<ShapeText<S>>>>;
export const inputShape = (shape: Shape): Shape =>
  !isList(shape)
    ? poisoned(badInput(String(shape)))
    : shape.every((dim) => dim === null || allSizes(dim, 1))
      ? [...shape]
      : poisoned(badInput(shapeText(shape)));

// Files are run without a type check.
const isList = (value: unknown): boolean => Array.isArray(value);
