/** Sizes: what may be an axis, a count or a padding. */
import { optionText, type OptionText } from "./text.js";

/** Nothing is larger, neither an axis nor the elements of one example: 4 GB of float32. */
export const largest = 999_999_999;

/** Whether the text of a number is a whole number of at most nine digits and at least 1, or 0. */
type IsSize<Text extends string, Least extends 0 | 1> = Text extends
  | `-${string}`
  | `${string}.${string}`
  | `${string}e${string}`
  ? false
  : Text extends "0"
    ? Least extends 0
      ? true
      : false
    : HasTenDigits<Text> extends true
      ? false
      : true;
export type HasTenDigits<Text extends string> =
  Text extends `${infer _a}${infer _b}${infer _c}${infer _d}${infer _e}${infer _f}${infer _g}${infer _h}${infer _i}${infer _j}${infer _}`
    ? true
    : false;
const isSize = (value: unknown, least: 0 | 1): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= largest;

/** The literals in V that are no sizes: `never` when all may be. */
export type BadSizes<V, Least extends 0 | 1> = V extends number
  ? number extends V
    ? never
    : IsSize<`${V}`, Least> extends true
      ? never
      : V
  : V extends readonly (infer Item)[]
    ? BadSizes<Item, Least>
    : never;
export const allSizes = (value: unknown, least: 0 | 1): boolean =>
  Array.isArray(value)
    ? value.every((item) => allSizes(item, least))
    : typeof value === "string" || isSize(value, least);

const noSize = <Layer extends string, Option extends string, Value extends string, Least extends 0 | 1>(option: {
  readonly layer: Layer;
  readonly name: Option;
  readonly value: Value;
  readonly least: Least;
}) =>
  `${option.layer}: ${option.name} ${option.value} is no size: use whole numbers from ${option.least} to 999999999` as const;

/** The sentence about an option that is no size; undefined when it is one, or when types cannot know. */
export type SizeProblem<Layer extends string, Name extends string, Value, Least extends 0 | 1 = 1> = [
  BadSizes<Value, Least>,
] extends [never]
  ? undefined
  : ReturnType<typeof noSize<Layer, Name, OptionText<Value>, Least>>;
/** Run-time twin; `fits` says whether a value that types did not check has the right form (a word among them). */
export const sizeProblem = (
  layer: string,
  option: { readonly name: string; readonly value: unknown; readonly least?: 0 | 1 },
  fits: (value: unknown) => boolean = (value) => typeof value === "number",
): string | undefined => {
  const { name, value, least = 1 } = option;
  return fits(value) && allSizes(value, least) ? undefined : noSize({ layer, name, value: optionText(value), least });
};
