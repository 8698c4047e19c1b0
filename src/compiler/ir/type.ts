/** The type of a value in a graph: element type and shape, the batch axis symbolic. */
import { invariant } from "../../errors.js";

/** Elements: float32, or int32 for labels, indices and counters. */
export type DataType = "f32" | "i32";

/** A dimension: a number, `n` (the batch size), or a multiple of it such as `676n` (batch and image axes made one). */
export type Dim = number | "n" | `${number}n`;

export type Dims = readonly Dim[];

export interface TensorType {
  readonly dtype: DataType;
  readonly shape: Dims;
}

/** The type of a float tensor: `f32("n", 28, 28, 1)`. */
export const f32 = (...shape: readonly Dim[]): TensorType => ({ dtype: "f32", shape });

/** How often the batch size stands in a dimension: 1 for `n`, 676 for `676n`, 0 for a number. */
export const batchFactor = (dim: Dim): number =>
  typeof dim === "number" ? 0 : dim === "n" ? 1 : Number(dim.slice(0, -1));

const batchMultiple = (factor: number): Dim => (factor === 1 ? "n" : `${factor}n`);

/** Product of two dimensions; at most one may hold the batch size. */
export const multiplyDims = (a: Dim, b: Dim): Dim => {
  if (typeof a === "number") return typeof b === "number" ? a * b : a === 0 ? 0 : batchMultiple(a * batchFactor(b));
  invariant(typeof b === "number", `a tensor cannot hold the batch axis twice (${a} x ${b})`);
  return multiplyDims(b, a);
};

/** Number of elements. */
export const sizeOf = (shape: Dims): Dim => shape.reduce<Dim>(multiplyDims, 1);

/** The dimension for a given batch size. */
export const concreteDim = (dim: Dim, batch: number): number =>
  typeof dim === "number" ? dim : batchFactor(dim) * batch;

/** The shape for a given batch size. */
export const concreteShape = (shape: Dims, batch: number): readonly number[] =>
  shape.map((dim) => concreteDim(dim, batch));

/** Whether two shapes agree in every axis, unknown ones by their name. */
export const sameShape = (a: Dims, b: Dims): boolean => a.length === b.length && a.every((dim, i) => dim === b[i]);

export const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);

/** `f32[n, 26, 26, 64]`, as graphs print it. */
export const typeText = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(", ")}]`;

const typePattern = /^(f32|i32)\[([^\]]*)\]$/;
const dimPattern = /^(0|[1-9]\d{0,15})?(n?)$/;

/** Reads what {@link typeText} writes; undefined when it is no type. */
export const parseType = (text: string): TensorType | undefined => {
  const match = typePattern.exec(text.trim());
  if (match === null) return undefined;
  const inner = (match[2] ?? "").trim();
  const dims = inner === "" ? [] : inner.split(",").map((part) => parseDim(part.trim()));
  if (dims.includes(undefined)) return undefined;
  return { dtype: match[1] === "i32" ? "i32" : "f32", shape: dims.filter((dim) => dim !== undefined) };
};

const parseDim = (text: string): Dim | undefined => {
  const match = dimPattern.exec(text);
  if (match === null || text === "") return undefined;
  if (match[2] === "") return Number(match[1]);
  return match[1] === undefined ? "n" : batchMultiple(Number(match[1]));
};
