/** The header of a safetensors file: what it may say, checked before any of it is used. */
import { fail, type SvertkaError } from "../errors.js";
import { bytesOf, type ElementFormat } from "../data/elements.js";
import { sizeOf } from "../data/nd-array.js";
import { E, pipe, type Either } from "../fp.js";
import { isObject, type JsonObject } from "../json-object.js";
import { firstDuplicateKey } from "./duplicate-keys.js";

/** One tensor as the header describes it; `start` and `end` count from the first byte after the header. */
export type Entry = {
  readonly name: string;
  /** Undefined for a dtype that an `NdArray` does not hold. */
  readonly format: ElementFormat | undefined;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
};

export type Header = {
  readonly entries: readonly Entry[];
  /** Without a prototype, so that a name such as `__proto__` is a name like any other. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The formats that an `NdArray` holds exactly; the others (F64, I64, U64, U32, BOOL, F8_…) are refused by name. */
const formatsByDtype: ReadonlyMap<string, ElementFormat> = new Map([
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I32", "int32"],
  ["I16", "int16"],
  ["I8", "int8"],
  ["U16", "uint16"],
  ["U8", "uint8"],
]);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isCounts = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isCount);

/** A name as it may stand in a message: JSON-quoted, and cut where it is long. */
export const shown = (name: string): string => JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name);

const toEntry = (name: string, value: unknown, { where, foreign }: HeaderOptions): Either<SvertkaError, Entry> => {
  const bad = (rule: string): Either<SvertkaError, never> =>
    fail("BadFile", where, `safetensors, tensor ${shown(name)}: ${rule}: the file is damaged`);
  if (!isObject(value) || typeof value["dtype"] !== "string") return bad("no dtype");
  const { shape, data_offsets: offsets, dtype } = value;
  const format = formatsByDtype.get(String(dtype));
  if (format === undefined && foreign === "refuse") {
    const known = [...formatsByDtype.keys()].join(", ");
    return fail(
      "Unsupported",
      where,
      `safetensors, tensor ${shown(name)}: dtype ${shown(String(dtype))} is none of ${known}: convert it`,
    );
  }
  if (!isCounts(shape)) return bad("shape is no list of whole numbers from 0");
  if (!isCounts(offsets)) return bad("data_offsets are no two whole numbers from 0");
  const [start, end] = offsets;
  if (start === undefined || end === undefined || offsets.length !== 2) return bad("data_offsets are not two numbers");
  const needed = format === undefined ? Math.max(0, end - start) : sizeOf(shape) * bytesOf(format);
  if (end - start !== needed) return bad(`${end - start} bytes, its shape takes ${needed}`);
  return E.right({ name, format, shape, start, end });
};

const toMetadata = (value: unknown, where: string): Either<SvertkaError, Readonly<Record<string, string>>> => {
  const metadata = Object.create(null) as Record<string, string>; // sound: it is empty
  if (value === undefined) return E.right(metadata);
  if (!isObject(value)) return fail("BadFile", where, "safetensors: __metadata__ is no object: the file is damaged");
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string")
      return fail("BadFile", where, `safetensors: __metadata__ ${shown(key)} is no text: the file is damaged`);
    metadata[key] = text;
  }
  return E.right(metadata);
};

/** The format asks that tensors fill the data without a gap or an overlap; zero bytes may stand anywhere between. */
const checkLayout = (
  entries: readonly Entry[],
  length: number,
  where: string,
): Either<SvertkaError, readonly Entry[]> => {
  const ordered = entries.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let reached = 0;
  for (const { name, start, end } of ordered) {
    if (start !== reached)
      return fail(
        "BadFile",
        where,
        `safetensors, tensor ${shown(name)}: begins at byte ${start}, the one before ends at ${reached}: the file is damaged`,
      );
    reached = end;
  }
  if (reached === length) return E.right(ordered);
  const rule = `the tensors take ${reached} bytes, the file has ${length} for them`;
  return fail("BadFile", where, `safetensors: ${rule}: the file is ${reached > length ? "cut short" : "damaged"}`);
};

const parse = (json: string, where: string): Either<SvertkaError, JsonObject> => {
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(json),
    () => "no JSON",
  );
  if (E.isLeft(parsed) || !isObject(parsed.right))
    return fail("BadFile", where, "safetensors: the header is no JSON object: the file is damaged or no safetensors");
  const twice = firstDuplicateKey(json);
  return twice === undefined
    ? E.right(parsed.right)
    : fail("BadFile", where, `safetensors: the header has ${shown(twice)} twice: the file is damaged`);
};

export interface HeaderOptions {
  readonly where: string;
  /** What becomes of tensors of dtypes that an `NdArray` does not hold: another program's file may have some. */
  readonly foreign: "refuse" | "leaveOut";
}

/** The tensors in the order of their data, and the metadata; `length` is how many bytes follow the header. */
export const readHeader = (json: string, length: number, options: HeaderOptions): Either<SvertkaError, Header> => {
  const { where } = options;
  return pipe(
    E.Do,
    E.bind("header", () => parse(json, where)),
    E.bind("metadata", ({ header }) =>
      toMetadata(Object.hasOwn(header, "__metadata__") ? header["__metadata__"] : undefined, where),
    ),
    E.bind("entries", ({ header }) => {
      const entries: Entry[] = [];
      for (const [name, value] of Object.entries(header)) {
        if (name === "__metadata__") continue;
        const entry = toEntry(name, value, options);
        if (E.isLeft(entry)) return entry;
        entries.push(entry.right);
      }
      return checkLayout(entries, length, where);
    }),
    E.map(({ entries, metadata }) => ({ entries, metadata })),
  );
};
