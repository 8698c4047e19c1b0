/** An example as bytes and back: what a file of cached examples holds of each. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isObject } from "../../json-object.js";
import type { Example, Value } from "../dataset.js";
import { f32, i32, sizeOf, u8, type Dtype, type NdArray } from "../nd-array.js";

/** How many classes labels are of stands beside their array. */
type Held = NdArray & { readonly classes?: unknown };

interface ArrayLayout {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly classes?: number | undefined;
}

/** No name: the array alone. */
type SideLayout = readonly (readonly [name: string | null, array: ArrayLayout])[] | null;

interface Layout {
  readonly x: SideLayout;
  readonly y: SideLayout;
}

/**
 * Length of the layout (u32), whether there is a weight (u32), the weight (f64); then the layout as JSON and the arrays' numbers
 * as memory has them, each from a multiple of 4 on.
 */
const headBytes = 16;

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

const bytesPerElement = { f32: 4, i32: 4, u8: 1 } satisfies Record<Dtype, number>;

const isDtype = (value: unknown): value is Dtype => typeof value === "string" && Object.hasOwn(bytesPerElement, value);

const isArray = (value: NonNullable<Value>): value is NdArray => "dtype" in value && "data" in value;

const arraysOf = (value: Value): readonly (readonly [string | null, Held])[] =>
  value === undefined ? [] : isArray(value) ? [[null, value]] : Object.entries(value);

const sideOf = (value: Value): SideLayout =>
  value === undefined
    ? null
    : arraysOf(value).map(([name, { dtype, shape, classes }]) => [
        name,
        typeof classes === "number" ? { dtype, shape, classes } : { dtype, shape },
      ]);

/** The bytes of an example; what is no array of numbers is BadData. */
export const encodedExample = ({ x, y, weight }: Example, where: string): Either<SvertkaError, Uint8Array> => {
  const arrays = [...arraysOf(x), ...arraysOf(y)].map(([, array]) => array);
  const wrong = arrays.some(
    ({ dtype, shape, data }) => !isDtype(dtype) || !ArrayBuffer.isView(data) || data.length !== sizeOf(shape),
  );
  if (wrong) return fail("BadData", where, "cache: an example holds what is no array: make arrays by f32, i32 or u8");
  const layout = new TextEncoder().encode(JSON.stringify({ x: sideOf(x), y: sideOf(y) } satisfies Layout));
  const start = headBytes + padded(layout.length);
  const bytes = new Uint8Array(arrays.reduce((size, { data }) => size + padded(data.byteLength), start));
  const head = new DataView(bytes.buffer);
  head.setUint32(0, layout.length, true);
  head.setUint32(4, weight === undefined ? 0 : 1, true);
  head.setFloat64(8, weight ?? 0, true);
  bytes.set(layout, headBytes);
  let at = start;
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += padded(data.byteLength);
  }
  return E.right(bytes);
};

const isSide = (side: unknown): side is SideLayout =>
  side === null ||
  (Array.isArray(side) &&
    side.every(
      (entry: unknown) =>
        Array.isArray(entry) &&
        (entry[0] === null ? side.length === 1 : typeof entry[0] === "string") &&
        isObject(entry[1]) &&
        isDtype(entry[1]["dtype"]) &&
        Array.isArray(entry[1]["shape"]) &&
        entry[1]["shape"].every((size) => Number.isSafeInteger(size) && Number(size) >= 0) &&
        ["number", "undefined"].includes(typeof entry[1]["classes"]),
    ));

const layoutOf = (text: string): Layout | undefined => {
  const parsed = E.tryCatch((): unknown => JSON.parse(text), String);
  if (E.isLeft(parsed) || !isObject(parsed.right)) return undefined;
  const { x, y } = parsed.right;
  return isSide(x) && isSide(y) ? { x, y } : undefined;
};

/** A view of the bytes: an example is in memory once. */
const viewOf = ({ dtype, shape, classes }: ArrayLayout, bytes: Uint8Array, at: number): NdArray => {
  const [from, size] = [bytes.byteOffset + at, sizeOf(shape)];
  const array =
    dtype === "f32"
      ? f32(shape, new Float32Array(bytes.buffer, from, size))
      : dtype === "i32"
        ? i32(shape, new Int32Array(bytes.buffer, from, size))
        : u8(shape, new Uint8Array(bytes.buffer, from, size));
  return classes === undefined ? array : Object.assign(array, { classes });
};

/** The example of bytes that begin at a multiple of 4 of their buffer; undefined where they are none. */
export const decodedExample = (bytes: Uint8Array): Example | undefined => {
  if (bytes.length < headBytes) return undefined;
  const head = new DataView(bytes.buffer, bytes.byteOffset, headBytes);
  const layoutBytes = head.getUint32(0, true);
  let at = headBytes + padded(layoutBytes);
  if (at > bytes.length) return undefined;
  const layout = layoutOf(new TextDecoder().decode(bytes.subarray(headBytes, headBytes + layoutBytes)));
  if (layout === undefined) return undefined;
  const sizes = [...(layout.x ?? []), ...(layout.y ?? [])].map(([, { dtype, shape }]) =>
    padded(sizeOf(shape) * bytesPerElement[dtype]),
  );
  if (sizes.reduce((sum, size) => sum + size, at) !== bytes.length) return undefined;
  const taken = (array: ArrayLayout): NdArray => {
    const view = viewOf(array, bytes, at);
    at += padded(view.data.byteLength);
    return view;
  };
  const valueOf = (side: SideLayout): Value => {
    if (side === null) return undefined;
    const arrays = side.map(([name, array]) => [name, taken(array)] as const);
    const [first] = arrays;
    if (first !== undefined && first[0] === null) return first[1];
    return Object.fromEntries(arrays.map(([name, array]) => [name ?? "", array]));
  };
  const x = valueOf(layout.x);
  const y = valueOf(layout.y);
  return head.getUint32(4, true) === 0 ? { x, y } : { x, y, weight: head.getFloat64(8, true) };
};
