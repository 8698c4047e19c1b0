/** Seeded damage to real files of every format that svertka reads, and what must hold of each: it is read, or refused in a sentence. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { loadModel } from "../../src/cli/load-model.js";
import { readIdxFile } from "../../src/data/node.js";
import { exitCodeOf, orReject, orThrow, render, type SvertkaError } from "../../src/errors.js";
import { E, TE, pipe, type Either } from "../../src/fp.js";
import { readKeras } from "../../src/io/keras/read.js";
import { readBytes } from "../../src/io/node.js";
import { readNpy } from "../../src/io/npy.js";
import { decodeSafetensors } from "../../src/io/safetensors.js";
import { writeTensorFlowJs } from "../../src/io/tensorflow-js/write.js";
import { svertka } from "../cli/harness.js";
import { below, mutateBytes, mutateJson, oneOf, randomOf, type Random } from "../support/mutate.js";
import { damaged as damagedKeras } from "./keras/damaged.js";
import { keptBytes } from "./keras/kept-files.js";
import { mutateMessage } from "./onnx/damaged.js";

type Files = ReadonlyMap<string, Uint8Array>;

interface Format {
  readonly name: string;
  /** Good ones. */
  readonly files: readonly Files[];
  readonly damage: (files: Files, random: Random) => Files;
  readonly read: (folder: string) => Promise<Either<SvertkaError, unknown>>;
}

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
const one = (name: string, bytes: Uint8Array): Files => new Map([[name, bytes]]);

/** One of the files, damaged by what fits its name. */
const damageOne =
  (damage: (name: string, bytes: Uint8Array, random: Random) => Uint8Array): Format["damage"] =>
  (files, random) => {
    const chosen = [...files.keys()][below(random, files.size)];
    return new Map([...files].map(([name, bytes]) => [name, name === chosen ? damage(name, bytes, random) : bytes]));
  };

const text = new TextDecoder();
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The header of a safetensors file with its JSON changed; of a checkpoint also the page in its metadata. */
const damageHeader = (bytes: Uint8Array, random: Random): Uint8Array => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: { __metadata__?: { checkpoint?: string } } = JSON.parse(text.decode(bytes.subarray(8, 8 + length)));
  const page = header.__metadata__?.checkpoint;
  const changed =
    page !== undefined && random() < 0.7
      ? JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, checkpoint: mutateJson(page, random) } })
      : mutateJson(JSON.stringify(header), random);
  const json = bytesOf(changed);
  const out = new Uint8Array(8 + json.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(bytes.subarray(8 + length), 8 + json.length);
  return out;
};

const bytesOrHeader = (_: string, bytes: Uint8Array, random: Random): Uint8Array =>
  random() < 0.4 ? mutateBytes(bytes, random) : damageHeader(bytes, random);

/** A folder of TensorFlow.js: mostly its JSON is damaged, whose parts name files, shapes and quantisations. */
const damageFolder: Format["damage"] = (files, random) => {
  const json = files.get("model.json") ?? new Uint8Array();
  return random() < 0.7
    ? new Map([...files, ["model.json", bytesOf(mutateJson(text.decode(json), random))]])
    : damageOne((_, bytes) => mutateBytes(bytes, random))(files, random);
};

/** Numbers as the distributors of MNIST keep them. */
const idx = (shape: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(4 + 4 * shape.length + shape.reduce((a, b) => a * b, 1));
  bytes.set([0, 0, 8, shape.length]);
  for (const [place, size] of shape.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * place, size);
  return bytes;
};

const packedLabels = new Uint8Array(
  readFileSync(new URL("../../examples/mnist/data/t10k-labels-idx1-ubyte.gz", import.meta.url)),
);

const module = `import { batchNormalization, conv2d, dense, dropout, flatten, input, model, pipe, relu } from "svertka";
  export default model(pipe(input([5, 5, 1]), conv2d({ filters: 2, kernelSize: 3 }), batchNormalization(), relu, dropout({ rate: 0.2 }), flatten, dense({ units: 3 })));`;

/** A checkpoint that `fit` wrote. */
const checkpoint = async (root: string): Promise<Files> => {
  writeFileSync(join(root, "net.ts"), module);
  const [x, y] = [join(root, "x.npy"), join(root, "y.npy")];
  writeFileSync(x, npy("<f4", [4, 5, 5, 1], new Uint8Array(400)));
  writeFileSync(y, npy("|u1", [4], new Uint8Array(4)));
  const folder = join(root, "checkpoint");
  const losses = [
    "--loss",
    "sparse_categorical_crossentropy",
    "--loss-option",
    "from_logits=true",
    "--optimizer",
    "adam",
  ];
  const outcome = await svertka(
    "fit",
    join(root, "net.ts"),
    "--x",
    x,
    "--y",
    y,
    ...losses,
    "--backend",
    "cpu",
    "--output",
    folder,
  );
  expect(outcome.code, outcome.stderr).toBe(0);
  return one("weights.safetensors", new Uint8Array(readFileSync(join(folder, "weights.safetensors"))));
};

const npy = (descr: string, shape: readonly number[], data: Uint8Array): Uint8Array => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117) + "\n";
  return Uint8Array.from([0x93, ...bytesOf("NUMPY"), 1, 0, 118, 0, ...bytesOf(header), ...data]);
};

const ofFile =
  <A>(name: string, read: (bytes: Uint8Array, where: string) => Either<SvertkaError, A>): Format["read"] =>
  (folder) =>
    pipe(
      readBytes(join(folder, name)),
      TE.flatMapEither((bytes) => read(bytes, name)),
    )();

const keras = ["nested", "shared", "sequential", "operations", "scales"];

const formats = async (root: string): Promise<readonly Format[]> => {
  const folders: Files[] = [];
  for (const id of ["nested", "sequential"]) {
    const { model, weights } = await orReject(readKeras(keptBytes(id), id));
    folders.push(new Map(orThrow(writeTensorFlowJs(model, weights)).map(({ name, bytes }) => [name, bytes()])));
  }
  const exported = ["arithmetic", "generator", "transposed", "volumes"];
  return [
    {
      name: ".keras",
      files: keras.map((id) => one("net.keras", keptBytes(id))),
      damage: damageOne((_, bytes, random) => damagedKeras(bytes, random)),
      read: (folder) => loadModel(join(folder, "net.keras"), { typeCheck: false })(),
    },
    {
      name: "model.json",
      files: folders,
      damage: damageFolder,
      read: (folder) => loadModel(join(folder, "model.json"), { typeCheck: false })(),
    },
    {
      name: ".onnx",
      files: exported.map((id) => one("net.onnx", fixture(`onnx/exports/${id}.onnx`))),
      damage: damageOne((_, bytes, random) =>
        random() < 0.4 ? mutateBytes(bytes, random) : mutateMessage(bytes, random),
      ),
      read: (folder) => loadModel(join(folder, "net.onnx"), { typeCheck: false })(),
    },
    {
      name: "checkpoint",
      files: [await checkpoint(root)],
      damage: damageOne(bytesOrHeader),
      read: (folder) => loadModel(folder, { typeCheck: false })(),
    },
    {
      name: ".safetensors",
      files: keras.map((id) => one("w.safetensors", fixture(`keras/${id}.safetensors`))),
      damage: damageOne(bytesOrHeader),
      read: ofFile("w.safetensors", decodeSafetensors),
    },
    {
      name: ".npy",
      files: [
        ...exported.map((id) => one("x.npy", fixture(`onnx/exports/${id}.x.npy`))),
        one("x.npy", npy("<i8", [3, 2], new Uint8Array(48))),
      ],
      damage: damageOne((_, bytes, random) =>
        // Most of the damage goes to the header, where all decisions are made.
        random() < 0.3
          ? mutateBytes(bytes, random)
          : Uint8Array.from([...mutateBytes(bytes.slice(0, 128), random), ...bytes.subarray(128)]),
      ),
      read: ofFile("x.npy", readNpy),
    },
    {
      name: "idx",
      files: [idx([4, 5, 5]), idx([16]), packedLabels].map((bytes) => one("images-idx", bytes)),
      damage: damageOne((_, bytes, random) =>
        oneOf(random, [
          () => mutateBytes(bytes, random),
          () => Uint8Array.from([...mutateBytes(bytes.slice(0, 16), random), ...bytes.subarray(16)]),
        ])(),
      ),
      read: (folder) => readIdxFile(join(folder, "images-idx"))(),
    },
  ];
};

export interface Fuzzed {
  readonly format: string;
  readonly cases: number;
  readonly refused: number;
  /** Milliseconds of the slowest. */
  readonly slowest: number;
}

/** Most that one file may take: they are small, and machines are busy. */
const mostMilliseconds = 20_000;

const write = (folder: string, files: Files): void => {
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
};

/** Reads so many damaged files, the formats in turn. */
export const fuzzFiles = async (count: number, seed: number): Promise<readonly Fuzzed[]> => {
  const root = mkdtempSync(join(tmpdir(), "svertka-fuzz-"));
  try {
    const all = await formats(root);
    const found = new Map(all.map(({ name }) => [name, { format: name, cases: 0, refused: 0, slowest: 0 }]));
    // Deep, so that "../.." still lies in what is looked at.
    const folder = join(root, "a", "b", "case");
    for (let index = 0; index < count; index++) {
      const [format, random] = [all[index % all.length], randomOf(seed + index)];
      const entry = found.get(format?.name ?? "");
      if (format === undefined || entry === undefined) continue;
      const files = format.damage(oneOf(random, [format.files[0] ?? new Map(), ...format.files]), random);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      write(folder, files);
      const before = readdirSync(root, { recursive: true, encoding: "utf8" });
      const started = performance.now();
      const read = await format.read(folder);
      const took = performance.now() - started;
      const what = `${format.name}, seed ${seed + index}`;
      expect(took, what).toBeLessThan(mostMilliseconds);
      expect(readdirSync(root, { recursive: true, encoding: "utf8" }), `${what}: nothing is written`).toEqual(before);
      entry.cases += 1;
      entry.slowest = Math.max(entry.slowest, took);
      if (E.isRight(read)) continue;
      entry.refused += 1;
      expect([2, 3], what).toContain(exitCodeOf(read.left));
      expect(read.left.message.length, `${what}: ${read.left.message}`).toBeLessThanOrEqual(200);
      // One line, and nothing of a value that a program has and no person.
      expect(render(read.left).replaceAll(dirname(folder), ""), what).not.toMatch(
        /\n|at .*:\d+|undefined|\[object|NaN/,
      );
    }
    // Kilobytes, the most that this process ever had.
    expect(process.resourceUsage().maxRSS).toBeLessThan(2 ** 20);
    return [...found.values()];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};
