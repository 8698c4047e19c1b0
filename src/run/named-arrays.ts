/** What a model is fed: one array for a model of one input, or arrays by name. */
import type { NdArray } from "../data/nd-array.js";

export type Arrays = Readonly<Record<string, NdArray<"f32">>>;

/** Whether it is an array itself, not arrays by name. */
export const isArray = <A extends NdArray>(x: A | Readonly<Record<string, A>>): x is A => "dtype" in x && "data" in x;

/** Inputs by name: a single array belongs to the only input. */
export const namedArrays = (x: NdArray<"f32"> | Arrays, inputs: readonly { readonly name: string }[]): Arrays =>
  isArray(x) ? { [inputs[0]?.name ?? "input"]: x } : x;
