/**
 * NumPy's .npy files, versions 1 to 3: magic, version, header length, a Python dict as text, and the numbers.
 * Written by hand: npyjs 1.2 (tried) checks neither sizes nor shapes and leaves Fortran order and big-endian to the caller.
 *
 * Source  NumPy, "NEP 1 — A simple file format for NumPy arrays", and numpy.lib.format.
 */
import { fail, type SvertkaError } from "../errors.js";
import { bytesOf, readElements, type ElementFormat } from "../data/elements.js";
import { sizeOf, type Dtype, type NdArray } from "../data/nd-array.js";
import { E, pipe, type Either } from "../fp.js";
import { joined } from "./joined.js";
import { toRowMajor } from "./row-major.js";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** NumPy's type codes without the byte order. */
const formatsByCode: ReadonlyMap<string, ElementFormat> = new Map([
  ["b1", "bool"],
  ["u1", "uint8"],
  ["i1", "int8"],
  ["i2", "int16"],
  ["u2", "uint16"],
  ["i4", "int32"],
  ["u4", "uint32"],
  ["i8", "int64"],
  ["u8", "uint64"],
  ["f2", "float16"],
  ["f4", "float32"],
  ["f8", "float64"],
]);

const codes: Readonly<Record<Dtype, string>> = { f32: "<f4", i32: "<i4", u8: "|u1" };

type Header = {
  readonly format: ElementFormat;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
};

type Parts = { readonly text: string; readonly body: Uint8Array };

/** The header's text and the bytes behind it. */
const split = (bytes: Uint8Array, where: string): Either<SvertkaError, Parts> => {
  if (bytes.length < 12)
    return fail("BadFile", where, `npy: ${bytes.length} bytes, no .npy file is so short: save it again`);
  if (!MAGIC.every((byte, i) => bytes[i] === byte))
    return fail("BadFile", where, "npy: does not begin with \\x93NUMPY: save the array with numpy.save");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    return fail("Unsupported", where, `npy: format version ${version}, 1 to 3 are known: save it with numpy.save`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textAt = version === 1 ? 10 : 12;
  const bodyAt = textAt + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bodyAt > bytes.length)
    return fail("BadFile", where, `npy: the header ends at byte ${bodyAt} of ${bytes.length}: the file is cut short`);
  return E.right({ text: new TextDecoder().decode(bytes.subarray(textAt, bodyAt)), body: bytes.subarray(bodyAt) });
};

const toFormat = (text: string, where: string): Either<SvertkaError, Pick<Header, "format" | "littleEndian">> => {
  const descr = /'descr'\s*:\s*'([^']{0,20})'/.exec(text)?.[1];
  if (descr === undefined && /'descr'\s*:\s*\[/.test(text))
    return fail("Unsupported", where, "npy: a structured dtype: save each field as an array of its own");
  if (descr === undefined) return fail("BadFile", where, "npy: the header has no 'descr': save it again");
  const format = formatsByCode.get(descr.slice(1));
  return format !== undefined && "<>|=".includes(descr.charAt(0))
    ? E.right({ format, littleEndian: !descr.startsWith(">") })
    : fail("Unsupported", where, `npy: dtype ${JSON.stringify(descr)}: save it as float32, int32 or uint8 (astype)`);
};

/** NumPy's own bound on dimensions (2.0). */
const MOST_DIMENSIONS = 64;

/** `(2, 3)`, `(2,)`, `()`: the whole numbers, or nothing where there is anything else. */
const toShape = (text: string): readonly number[] | undefined => {
  const inside = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  const words = inside
    ?.replace(/,\s*$/, "")
    .split(",")
    .map((word) => word.trim());
  if (words?.length === 1 && words[0] === "") return [];
  const isShape = words?.every((word) => /^\d{1,15}$/.test(word)) === true && words.length <= MOST_DIMENSIONS;
  return isShape ? words.map(Number) : undefined;
};

const toHeader = (text: string, where: string): Either<SvertkaError, Header> => {
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = toShape(text);
  if (order === undefined || shape === undefined) {
    const lacking = order === undefined ? "'fortran_order'" : "'shape' of whole numbers";
    return fail("BadFile", where, `npy: the header has no valid ${lacking}: save it again`);
  }
  return pipe(
    toFormat(text, where),
    E.map((format) => ({ ...format, fortranOrder: order === "True", shape })),
  );
};

const checkLength = (header: Header, length: number, where: string): Either<SvertkaError, Header> => {
  const needed = sizeOf(header.shape) * bytesOf(header.format);
  return length === needed
    ? E.right(header)
    : fail(
        "BadFile",
        where,
        `npy: ${length} bytes of data, shape (${header.shape.slice(0, 6).join(", ")}) takes ${needed}: ${length < needed ? "the file is cut short" : "cut off what is behind"}`,
      );
};

/**
 * The array of a .npy file in row-major order. float64 and float16 become f32, whole numbers i32 (BadData where one
 * does not fit), uint8 and bool u8; complex numbers, strings, dates and objects are Unsupported.
 */
export const readNpy = (bytes: Uint8Array, where: string): Either<SvertkaError, NdArray> => npyOf(bytes, where, false);

/** See {@link readNpy}; with `share` the array may be a view of the bytes, which nobody else has. */
export const npyOf = (bytes: Uint8Array, where: string, share: boolean): Either<SvertkaError, NdArray> =>
  pipe(
    split(bytes, where),
    E.chain(({ text, body }) =>
      pipe(
        toHeader(text, where),
        E.chain((header) => checkLength(header, body.length, where)),
        E.chain((header) =>
          pipe(
            readElements({ ...header, bytes: body, where, share }),
            E.map((array) => (header.fortranOrder ? toRowMajor(array) : array)),
          ),
        ),
      ),
    ),
  );

/** A .npy file, version 1.0, row-major, little-endian; the data begins at a multiple of 64 bytes, as NumPy writes it. */
export const writeNpy = (array: NdArray): Uint8Array => joined(npyChunks(array));

/** The file's head, and the array's own bytes. */
export const npyChunks = ({ dtype, shape, data }: NdArray): readonly Uint8Array[] => {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${codes[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const bodyAt = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const out = new Uint8Array(bodyAt).fill(0x20);
  out.set([...MAGIC, 1, 0]);
  new DataView(out.buffer).setUint16(8, bodyAt - 10, true);
  out.set(new TextEncoder().encode(`${dict.padEnd(bodyAt - 11)}\n`), 10);
  return [out, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
};
