/** How shapes and options are written in sentences: a type and a function of the same name for each form. */
import type { Dim, Shape } from "./shape.js";

/** `28`; `?` where it is unknown. */
export type DimText<D> = D extends number ? (number extends D ? "?" : `${D}`) : D extends null ? "?" : never;
export const dimText = (dim: Dim): string => (dim === null ? "?" : String(dim));

/** `28x28x64`. */
export type ShapeText<S> = S extends readonly [infer Head, ...infer Tail]
  ? `${DimText<Head>}${Tail extends [] ? "" : `x${ShapeText<Tail>}`}`
  : S extends readonly []
    ? ""
    : "?";
export const shapeText = (shape: Shape): string => shape.map(dimText).join("x");

/** An option as the user wrote it: `3`, `[3, 2]`, `[[1, 0], [0, 1]]`, `'same'`. */
export type OptionText<V> = V extends number
  ? DimText<V>
  : V extends string
    ? `'${V}'`
    : V extends readonly []
      ? "[]"
      : V extends readonly [infer Head, ...infer Tail]
        ? `[${OptionText<Head>}${TailText<Tail>}]`
        : "?";
type TailText<V> = V extends readonly [infer Head, ...infer Tail] ? `, ${OptionText<Head>}${TailText<Tail>}` : "";
export const optionText = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(optionText).join(", ")}]`
    : typeof value === "string"
      ? `'${value}'`
      : String(value);
