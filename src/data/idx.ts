/**
 * IDX, the format of MNIST and its kin: two zero bytes, a type byte, the number of dimensions, their sizes as
 * big-endian uint32, and the numbers, big-endian, row-major.
 *
 * Source  Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "the IDX file format".
 */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { bytesOf, readElements, type ElementFormat } from "./elements.js";
import type { NdArray } from "./nd-array.js";

/** The type byte; 0x0A is not used. */
const formatsByCode: ReadonlyMap<number, ElementFormat> = new Map([
  [0x08, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);

/** The most elements that a file may state; its bytes are counted as well, this bounds the arithmetic before. */
const MOST_ELEMENTS = 2 ** 29;

type Header = { readonly format: ElementFormat; readonly shape: readonly number[]; readonly bodyAt: number };

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

const readMagic = (bytes: Uint8Array, where: string): Either<SvertkaError, ElementFormat> => {
  const [zero0, zero1, code, rank] = bytes;
  if (zero0 === undefined || zero1 === undefined || code === undefined || rank === undefined)
    return fail("BadFile", where, `IDX: ${bytes.length} bytes, the header takes at least 8: the file is cut short`);
  if (zero0 !== 0 || zero1 !== 0)
    return fail("BadFile", where, `IDX: begins with ${hex(zero0)} ${hex(zero1)}, not 0x00 0x00: this is no IDX file`);
  const format = formatsByCode.get(code);
  if (format === undefined)
    return fail(
      "Unsupported",
      where,
      `IDX: element type ${hex(code)} is none of 0x08, 0x09, 0x0b to 0x0e: convert the file`,
    );
  if (rank === 0) return fail("BadFile", where, "IDX: 0 dimensions, at least 1 is needed: the file is damaged");
  return E.right(format);
};

const readHeader = (bytes: Uint8Array, where: string): Either<SvertkaError, Header> =>
  pipe(
    readMagic(bytes, where),
    E.chain((format) => {
      const rank = bytes[3] ?? 0;
      const bodyAt = 4 + 4 * rank;
      if (bytes.length < bodyAt)
        return fail(
          "BadFile",
          where,
          `IDX: ${bytes.length} bytes, a header of ${rank} dimensions takes ${bodyAt}: the file is cut short`,
        );
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
      return E.right({ format, shape, bodyAt });
    }),
  );

/** Counts with early exit: a product of 255 factors of 2^32 would be infinite. */
const checkSizes = ({ format, shape, bodyAt }: Header, length: number, where: string): Either<SvertkaError, number> => {
  let elements = 1;
  for (const [axis, extent] of shape.entries()) {
    if (extent === 0)
      return fail("BadFile", where, `IDX: dimension ${axis} is 0, at least 1 is needed: the file is damaged`);
    elements *= extent;
    if (elements > MOST_ELEMENTS)
      return fail(
        "BadFile",
        where,
        `IDX: more than ${MOST_ELEMENTS} elements up to dimension ${axis} (${extent}): the header is damaged`,
      );
  }
  const needed = bodyAt + elements * bytesOf(format);
  if (length < needed)
    return fail("BadFile", where, `IDX: ${length} bytes, the header states ${needed}: the file is cut short`);
  if (length > needed)
    return fail(
      "BadFile",
      where,
      `IDX: ${length} bytes, the header states ${needed}: cut off the ${length - needed} behind`,
    );
  return E.right(needed);
};

/** The array of an unpacked IDX file; everything that the header states is checked before memory is taken. */
export const readIdx = (bytes: Uint8Array, where: string): Either<SvertkaError, NdArray> =>
  pipe(
    readHeader(bytes, where),
    E.chain((header) =>
      pipe(
        checkSizes(header, bytes.length, where),
        E.chain(() =>
          readElements({
            format: header.format,
            littleEndian: false,
            shape: header.shape,
            bytes: bytes.subarray(header.bodyAt),
            where,
          }),
        ),
      ),
    ),
  );
