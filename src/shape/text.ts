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

/** The text without its first 20 characters; nothing when it has no more. */
type After20<Text> =
  Text extends `${infer _a}${infer _b}${infer _c}${infer _d}${infer _e}${infer _f}${infer _g}${infer _h}${infer _i}${infer _j}${infer _k}${infer _l}${infer _m}${infer _n}${infer _o}${infer _p}${infer _q}${infer _r}${infer _s}${infer _t}${infer Rest}`
    ? Rest
    : "";
type After100<Text> = After20<After20<After20<After20<After20<Text>>>>>;

/** A sentence, or the brief one where it has more than 200 characters, as absurd sizes make it. */
export type Brief<Sentence, Short> = After100<After100<Sentence>> extends "" ? Sentence : Short;
/** Run-time twin of {@link Brief}. */
export const brief = (sentence: string, short: string): string => (sentence.length <= 200 ? sentence : short);
