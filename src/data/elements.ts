/** Reads the number formats that files hold (1 to 8 bytes, either byte order) into the three element types of `NdArray`. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { f32, i32, sizeOf, u8, zeros, type Dtype, type NdArray } from "./nd-array.js";

/** What a file calls a number, independent of the file's format. */
export type ElementFormat = keyof typeof formats;

type Format = {
  readonly bytes: number;
  readonly dtype: Dtype;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
};

/** Half precision by its parts, IEEE 754 §3.6: sign, 5 bits of exponent (bias 15), 10 of fraction. */
const float16 = (word: number): number => {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
};

const scratch = new DataView(new ArrayBuffer(4));

/** The brain float's 16 bits are the upper half of a float32. */
const brainFloat = (word: number): number => {
  scratch.setUint16(0, word);
  return scratch.getFloat32(0);
};

/** Every format, its width, and the element type that holds it. float64 is rounded to float32; the rest is exact. */
const formats = {
  bool: { bytes: 1, dtype: "u8", read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  uint8: { bytes: 1, dtype: "u8", read: (view, at) => view.getUint8(at) },
  int8: { bytes: 1, dtype: "i32", read: (view, at) => view.getInt8(at) },
  int16: { bytes: 2, dtype: "i32", read: (view, at, little) => view.getInt16(at, little) },
  uint16: { bytes: 2, dtype: "i32", read: (view, at, little) => view.getUint16(at, little) },
  int32: { bytes: 4, dtype: "i32", read: (view, at, little) => view.getInt32(at, little) },
  uint32: { bytes: 4, dtype: "i32", read: (view, at, little) => view.getUint32(at, little) },
  int64: { bytes: 8, dtype: "i32", read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  uint64: { bytes: 8, dtype: "i32", read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  float16: { bytes: 2, dtype: "f32", read: (view, at, little) => float16(view.getUint16(at, little)) },
  bfloat16: { bytes: 2, dtype: "f32", read: (view, at, little) => brainFloat(view.getUint16(at, little)) },
  float32: { bytes: 4, dtype: "f32", read: (view, at, little) => view.getFloat32(at, little) },
  float64: { bytes: 8, dtype: "f32", read: (view, at, little) => view.getFloat64(at, little) },
} satisfies Record<string, Format>;

/** The bytes that one number takes. */
export const bytesOf = (format: ElementFormat): number => formats[format].bytes;

export type Elements = {
  readonly format: ElementFormat;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  /** Exactly `sizeOf(shape) * bytesOf(format)` bytes: the caller has checked them. */
  readonly bytes: Uint8Array;
  readonly where: string;
  /** Whether the array may be a view of the bytes, which nobody else will change: a large file is then in memory once. */
  readonly share?: boolean | undefined;
};

/** The byte order of this machine: nearly always little-endian. */
const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Whether a file's bytes are those of the array in memory, so that one copy does. */
const isNative = (format: ElementFormat, littleEndian: boolean): boolean =>
  format === "uint8" || ((format === "int32" || format === "float32") && littleEndian === hostIsLittleEndian);

const viewOf = (dtype: Dtype, shape: readonly number[], bytes: Uint8Array): NdArray => {
  const [buffer, at, size] = [bytes.buffer, bytes.byteOffset, sizeOf(shape)];
  switch (dtype) {
    case "f32":
      return f32(shape, new Float32Array(buffer, at, size));
    case "i32":
      return i32(shape, new Int32Array(buffer, at, size));
    case "u8":
      return u8(shape, new Uint8Array(buffer, at, size));
  }
};

/** Numbers from bytes; an integer that does not fit in 32 bits is BadData. */
export const readElements = ({
  format,
  littleEndian,
  shape,
  bytes,
  where,
  share = false,
}: Elements): Either<SvertkaError, NdArray> => {
  const { dtype, read, bytes: width }: Format = formats[format];
  if (share && isNative(format, littleEndian) && bytes.byteOffset % width === 0)
    return E.right(viewOf(dtype, shape, bytes));
  const array = zeros(dtype, shape);
  if (isNative(format, littleEndian)) {
    new Uint8Array(array.data.buffer).set(bytes);
    return E.right(array);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < array.data.length; i++) {
    const value = read(view, i * width, littleEndian);
    array.data[i] = value;
    if (dtype === "i32" && array.data[i] !== value)
      return fail(
        "BadData",
        where,
        `element ${i}: ${value} does not fit in 32 bits: save the array as int32 or float32`,
      );
  }
  return E.right(array);
};
