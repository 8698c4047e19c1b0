/**
 * HDF5 files by h5wasm, which is loaded when the first is read: it is 4 MB, and programs that read none do not carry it. Its
 * file system is in memory, so that links in a file lead nowhere.
 */
import { fail, invariant, mistake, type SvertkaError } from "../../errors.js";
import { E, TE, type Either, type TaskEither } from "../../fp.js";

export interface Variable {
  readonly shape: readonly number[];
  readonly numbers: () => Either<SvertkaError, Float32Array<ArrayBuffer>>;
}

export interface WeightFile {
  /** The datasets `0`, `1`, … of a group; undefined for none. */
  readonly variable: (path: string, place: number) => Variable | undefined;
  readonly close: () => void;
}

type Library = typeof import("h5wasm");
type Dataset = InstanceType<Library["Dataset"]>;

type Holder = Readonly<Record<string, unknown>>;
const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/**
 * HDF5 tells what it stumbles over on its standard error, in a dozen lines; here that is one sentence, as a value. What is
 * replaced is the stream of its own file system (Emscripten's stream 2), not the program's.
 */
const silence = (fileSystem: unknown): void => {
  const streams = isHolder(fileSystem) ? fileSystem["streams"] : undefined;
  const error: unknown = Array.isArray(streams) ? streams[2] : undefined;
  if (!isHolder(error)) return;
  const write = (_stream: unknown, _bytes: unknown, _offset: unknown, length: number): number => length;
  Object.assign(error, { stream_ops: { ...(isHolder(error["stream_ops"]) ? error["stream_ops"] : {}), write } });
};

const load: TaskEither<SvertkaError, Library> = TE.tryCatch(
  async () => {
    const library = await import("h5wasm");
    await library.ready;
    silence(library.FS);
    return library;
  },
  () =>
    mistake(
      "BackendMissing",
      "h5wasm",
      "Keras file: h5wasm, which reads its weights, cannot be loaded: npm install h5wasm",
    ),
);

let files = 0;
const mark = [0x89, 0x48, 0x44, 0x46];

const damaged = (where: string, rule: string): Either<SvertkaError, never> =>
  fail("BadFile", where, `Keras file: ${rule}: the file is cut short or damaged`);

/** H5T_FLOAT of 4 or 8 bytes; a `count` of Normalization is H5T_INTEGER. */
const isNumeric = ({ metadata: { type, size } }: Dataset): boolean =>
  (type === 1 && (size === 4 || size === 8)) || (type === 0 && size <= 8);

const toFloats = (value: unknown): Float32Array<ArrayBuffer> | undefined => {
  if (value instanceof Float32Array) return Float32Array.from(value);
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float32Array.from(value, Number);
  if (ArrayBuffer.isView(value) && "length" in value) return Float32Array.from(value as unknown as ArrayLike<number>); // sound: h5wasm gives typed arrays
  return typeof value === "number" || typeof value === "bigint" ? Float32Array.of(Number(value)) : undefined;
};

const readDataset = (
  dataset: Dataset,
  path: string,
  { where, most }: Limits,
): Either<SvertkaError, Float32Array<ArrayBuffer>> => {
  const name = path.slice(-60);
  if (!isNumeric(dataset))
    return fail(
      "Unsupported",
      where,
      `Keras file: ${name} holds no float32 or float64 numbers: save the model in float32`,
    );
  const count = (dataset.shape ?? []).reduce((product, size) => product * size, 1);
  if (count * dataset.metadata.size > most)
    return damaged(where, `${name} claims ${count} numbers, more than the file holds`);
  try {
    const numbers = toFloats(dataset.value);
    return numbers?.length === count ? E.right(numbers) : damaged(where, `${name} cannot be read`);
  } catch {
    return damaged(where, `${name} cannot be read`);
  }
};

interface Limits {
  readonly where: string;
  /** Bytes that a dataset may have. */
  readonly most: number;
}

/** Keras does not compress weights; other tools might, though not by more than this. */
const expansion = 64;

const opened = (library: Library, bytes: Uint8Array, where: string): Either<SvertkaError, WeightFile> => {
  const name = `/keras-${(files += 1)}.h5`;
  const limits = { where, most: bytes.length * expansion };
  let file: InstanceType<Library["File"]> | undefined;
  const close = (): void => {
    try {
      file?.close();
      library.FS?.unlink(name);
    } catch {
      // A damaged file may not close; it is in memory only.
    }
  };
  try {
    library.FS?.writeFile(name, bytes);
    file = new library.File(name, "r");
    const root = file;
    return E.right({
      close,
      variable: (path, place) => {
        const whole = `${path}/${place}`;
        try {
          const found = root.get(whole);
          if (!(found instanceof library.Dataset)) return undefined;
          return { shape: found.shape ?? [], numbers: () => readDataset(found, whole, limits) };
        } catch {
          return undefined;
        }
      },
    });
  } catch {
    close();
    return damaged(where, "model.weights.h5 cannot be opened");
  }
};

/** Opens the weights of a Keras file. */
export const openWeights = (bytes: Uint8Array, where: string): TaskEither<SvertkaError, WeightFile> =>
  mark.some((byte, place) => bytes[place] !== byte)
    ? TE.fromEither(damaged(where, "model.weights.h5 is no HDF5 file"))
    : TE.flatMapEither((library: Library) => opened(library, bytes, where))(load);

/** A dataset to be written, by its whole path. */
export interface Written {
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}

/** The bytes of an HDF5 file of these datasets; groups get Keras's attribute `name`. */
export const writeHdf5 = (
  datasets: readonly Written[],
  groups: readonly { readonly path: string; readonly name: string }[],
): TaskEither<SvertkaError, Uint8Array> =>
  TE.map((library: Library) => {
    const file = `/keras-${(files += 1)}.h5`;
    const root = new library.File(file, "w");
    const made = new Set<string>();
    const group = (path: string): void => {
      const parts = path.split("/");
      for (const place of parts.keys()) {
        const upTo = parts.slice(0, place + 1).join("/");
        if (!made.has(upTo)) root.create_group(upTo);
        made.add(upTo);
      }
    };
    for (const { path, name } of groups) {
      group(path);
      const entity = root.get(path);
      if (entity instanceof library.Group) entity.create_attribute("name", name);
    }
    for (const { path, shape, data } of datasets) {
      group(path.slice(0, path.lastIndexOf("/")));
      root.create_dataset({ name: path, data, shape: [...shape], dtype: data instanceof Float32Array ? "<f4" : "<I" });
    }
    root.close();
    const bytes = library.FS?.readFile(file);
    library.FS?.unlink(file);
    invariant(bytes, "h5wasm has a file system in memory");
    return bytes;
  })(load);
