/** The plain value that holds numbers: element type, shape and a flat array in row-major order. */
import { fail, invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";

/** Element types and the arrays that hold them. */
export type DataOf = { readonly f32: Float32Array; readonly i32: Int32Array; readonly u8: Uint8Array };

export type Dtype = keyof DataOf;

/**
 * Numbers in row-major (C) order; `NdArray` is any of the three kinds, `NdArray<"f32">` one. Where types know the shape, as in
 * `f32([n, 28, 28, 1] as const, data)`, training compares it with the model's in types.
 */
export type NdArray<D extends Dtype = Dtype, S extends readonly number[] = readonly number[]> = {
  readonly [K in D]: { readonly dtype: K; readonly shape: S; readonly data: DataOf[K] };
}[D];

/** How many elements a shape has; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** A float array of a shape. */
export const f32 = <S extends readonly number[]>(shape: S, data: Float32Array): NdArray<"f32", S> => {
  invariant(data.length === sizeOf(shape), `${data.length} numbers for the shape [${shape.join(", ")}]`);
  return { dtype: "f32", shape, data };
};

/** An integer array of a shape. */
export const i32 = <S extends readonly number[]>(shape: S, data: Int32Array): NdArray<"i32", S> => {
  invariant(data.length === sizeOf(shape), `${data.length} numbers for the shape [${shape.join(", ")}]`);
  return { dtype: "i32", shape, data };
};

/** A byte array of a shape. */
export const u8 = <S extends readonly number[]>(shape: S, data: Uint8Array): NdArray<"u8", S> => {
  invariant(data.length === sizeOf(shape), `${data.length} numbers for the shape [${shape.join(", ")}]`);
  return { dtype: "u8", shape, data };
};

const make: { readonly [K in Dtype]: (shape: readonly number[]) => NdArray<K> } = {
  f32: (shape) => f32(shape, new Float32Array(sizeOf(shape))),
  i32: (shape) => i32(shape, new Int32Array(sizeOf(shape))),
  u8: (shape) => u8(shape, new Uint8Array(sizeOf(shape))),
};

/** An array of zeros. */
export const zeros = <D extends Dtype>(dtype: D, shape: readonly number[]): NdArray<D> => make[dtype](shape);

/** The place of element `flat` as indices along each axis. */
export const indicesOf = (shape: readonly number[], flat: number): readonly number[] =>
  shape.map((extent, axis) => Math.floor(flat / sizeOf(shape.slice(axis + 1))) % extent);

/** The array itself, if no element is NaN or infinite; else the first such element's place, as BadData. */
export const checkFinite = <A extends NdArray>(array: A, where: string): Either<SvertkaError, A> => {
  if (array.dtype !== "f32") return E.right(array);
  const bad = array.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return E.right(array);
  const place = indicesOf(array.shape, bad).join(", ");
  return fail(
    "BadData",
    where,
    `data: element [${place}] is ${array.data[bad]}: remove or replace NaN and infinite values`,
  );
};

/** How many elements are NaN or infinite and where the first is, as the end of a sentence; undefined where none is. */
export const nonFinite = ({ data, shape }: NdArray<"f32">): string | undefined => {
  let count = 0;
  let first = 0;
  for (let at = data.length - 1; at >= 0; at--)
    if (!Number.isFinite(data[at])) {
      count++;
      first = at;
    }
  if (count === 0) return undefined;
  const place = indicesOf(shape, first).join(", ");
  return `holds ${count} NaN or infinite value${count === 1 ? "" : "s"}, the first is ${data[first]} at [${place}]: replace them, or predict without checkInputs`;
};

/** What is wrong with an array that was made by hand, as the end of a sentence; arrays of {@link f32} and the like are right. */
export const malformation = (
  { dtype, shape, data }: NdArray<"f32"> | NdArray<"i32">,
  wanted: Dtype = "f32",
): string | undefined =>
  dtype !== wanted
    ? `is ${String(dtype)}, ${wanted} is needed: make it by ${wanted}(shape, data)`
    : data.length === sizeOf(shape)
      ? undefined
      : `holds ${data.length} numbers, its shape [${shape.join(", ")}] needs ${sizeOf(shape)}: give data of that size`;
