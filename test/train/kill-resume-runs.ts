/** `svertka train` killed at seeded moments and resumed, until all kills are spent: for the small test and the long one. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { orThrow } from "../../src/errors.js";
import { fillUniform, foldIn, keyOf } from "../../src/random/index.js";
import { decodeCheckpoint } from "../../src/train/index.js";
import type { Workspace } from "../cli/harness.js";
import { writeData } from "../cli/small-task.js";

const examples = 64;
const batchSize = 8;
const epochs = 3;
/** Stages of one save: three files, each opened, half written, written, flushed, renamed. */
const stagesOfSave = 15;

/** Where a run is killed: so many milliseconds after its start, at the n-th example taken, or at the n-th stage of saving. */
export interface Kill {
  readonly at: "start" | "example" | "save";
  readonly moment: number;
}

/** What is learned: the end of the model, its losses, and its data of watched pictures and labels. */
interface Learned {
  readonly layers: string;
  readonly fields: string;
  readonly train: string;
}

const learned: Readonly<Record<"one output" | "two outputs", Learned>> = {
  "one output": {
    layers: "model(kind)",
    fields: "loss: sparseCategoricalCrossentropy(), metrics: [accuracy()]",
    train: "{ ...read.right, train: { x: watched, y } }",
  },
  "two outputs": {
    layers: "model({ inputs: { x }, outputs: { kind, parity: pipe(stem, dense({ units: 1 })) } })",
    fields:
      "loss: { kind: sparseCategoricalCrossentropy(), parity: meanSquaredError() }, lossWeights: { parity: 0.5 }, metrics: { kind: [accuracy()] }",
    train:
      '{ train: { x: watched, y: { kind: y, parity: { dtype: "f32", shape: [y.data.length, 1], data: Float32Array.from(y.data, (label) => label % 2) } } } }',
  },
};

/**
 * A net with all that a resumed step needs: moving statistics, random numbers, two moments, a schedule, shuffled batches.
 * The module kills its own process: when a given example is taken, and in the midst of the command's file operations.
 */
const moduleText = ({ layers, fields, train }: Learned): string => `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { batchNormalization, conv2d, dense, dropout, flatten, input, maxPool2d, model, pipe, relu, softmax } from "svertka";
import { readFashionMnist } from "svertka/data/node";
import { accuracy, adam, cosineDecay, meanSquaredError, sparseCategoricalCrossentropy, task } from "svertka/train";

const { KILL_EXAMPLE, KILL_STAGE } = process.env;
const die = () => process.kill(process.pid, "SIGKILL");

let taken = 0;
class Watched extends Float32Array {
  override subarray(start?: number, end?: number): Float32Array<ArrayBuffer> {
    if (++taken === Number(KILL_EXAMPLE)) die();
    return super.subarray(start, end);
  }
}

let stage = 0;
const pass = () => { if (++stage === Number(KILL_STAGE)) die(); };
const { open, rename } = fs;
fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (!String(path).includes(".tmp-")) return file;
  pass();
  const { writeFile, sync } = file;
  file.writeFile = async (content) => {
    const bytes = Buffer.from(content);
    await writeFile.call(file, bytes.subarray(0, bytes.length >> 1));
    pass();
    await writeFile.call(file, bytes.subarray(bytes.length >> 1));
    pass();
  };
  file.sync = async () => { await sync.call(file); pass(); };
  return file;
};
fs.rename = async (from, to) => { await rename(from, to); pass(); };
syncBuiltinESMExports();

const x = input([28, 28, 1]);
const stem = pipe(
  x, conv2d({ filters: 3, kernelSize: 3, strides: 3, useBias: false }), batchNormalization(), relu, maxPool2d(),
  flatten, dense({ units: 12 }), relu, dropout({ rate: 0.3 }),
);
const kind = pipe(stem, dense({ units: 10 }), softmax);
const net = ${layers};
export default task({
  model: net, ${fields}, epochs: ${epochs}, batchSize: ${batchSize},
  optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: 40 }) }),
  data: ({ dataDir }: { dataDir: string | undefined }) => async () => {
    const read = await readFashionMnist(dataDir)();
    if (read._tag === "Left") return read;
    const { x, y } = read.right.train;
    const watched = { ...x, data: new Watched(x.data) };
    return { ...read, right: ${train} };
  },
});
`;

const command = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

const train = (args: readonly string[], kill: Kill | undefined): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const env = {
      KILL_EXAMPLE: kill?.at === "example" ? String(kill.moment) : "",
      KILL_STAGE: kill?.at === "save" ? String(kill.moment) : "",
    };
    const child: ChildProcess = spawn(process.execPath, [command, "train", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const timer = kill?.at === "start" ? setTimeout(() => child.kill("SIGKILL"), kill.moment) : undefined;
    child.on("error", reject).on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stderr });
    });
  });

const checkpointFile = (out: string): string => join(out, "checkpoint", "weights.safetensors");

/** The bytes of every tensor, and all else that the checkpoint holds. */
const contentOf = (out: string): unknown => {
  const bytes = new Uint8Array(readFileSync(checkpointFile(out)));
  const { tensors, ...rest } = orThrow(decodeCheckpoint(bytes, out));
  return {
    ...rest,
    tensors: tensors.map(({ name, dtype, shape, data: { buffer, byteOffset, byteLength } }) => [
      name,
      dtype,
      shape,
      Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
    ]),
  };
};

/** Kills in turn of the three kinds, without end, at moments that follow from the seed. */
function* killsFrom(seed: number): Generator<Kill, never> {
  const unit = new Float64Array(1);
  for (let i = 0; ; i++) {
    fillUniform(unit, foldIn(keyOf(seed), String(i)));
    const [u = 0] = unit;
    if (i % 5 === 0) yield { at: "start", moment: Math.floor(u * 800) };
    // Up to one and a half epochs on, so that some kills come before a checkpoint and some after.
    else if (i % 2 === 0) yield { at: "example", moment: 1 + Math.floor(u * 1.5 * examples) };
    else yield { at: "save", moment: 1 + Math.floor(u * 2 * stagesOfSave) };
  }
}

export interface Killed {
  /** Those that struck: one whose moment lies after the end of its run does not count. */
  readonly kills: readonly Kill[];
  /** Runs that came to their end, each compared with the one that nothing stopped. */
  readonly runs: number;
  /** Kills that came before a checkpoint was there: the run began anew. */
  readonly early: number;
}

/** Kills `count` times, in as many runs as that takes; a run that ends must have, to the bit, the checkpoint of one that nothing stopped. */
export const killAndResume = async (
  space: Workspace,
  count: number,
  seed: number,
  what: keyof typeof learned = "one output",
): Promise<Killed> => {
  const data = writeData(space, "data", { train: examples, test: 10 });
  const task = space.file("task.ts", moduleText(learned[what]));
  const call = (out: string, kill: Kill | undefined): Promise<Ended> => {
    const resume = existsSync(checkpointFile(out)) ? ["--resume"] : [];
    return train([task, "--data", data, "--out", out, "--backend", "wasm", "--quiet", ...resume], kill);
  };
  const whole = space.path("whole");
  expect(await call(whole, undefined)).toMatchObject({ code: 0, stderr: "" });
  const expected = contentOf(whole);
  const moments = killsFrom(seed);
  const kills: Kill[] = [];
  let [runs, early] = [0, 0];
  while (kills.length < count) {
    const out = space.path(`run${runs}`);
    for (let ended = false; !ended;) {
      const kill = kills.length < count ? moments.next().value : undefined;
      const { code, signal, stderr } = await call(out, kill);
      ended = signal === null;
      if (ended) expect({ code, stderr }).toMatchObject({ code: 0 });
      else {
        expect(signal).toBe("SIGKILL");
        if (kill !== undefined) kills.push(kill);
        early += existsSync(checkpointFile(out)) ? 0 : 1;
      }
    }
    expect(contentOf(out), `run ${runs}`).toEqual(expected);
    expect(space.list(`run${runs}`).filter((name) => name.includes(".tmp-"))).toEqual([]);
    runs += 1;
  }
  return { kills, runs, early };
};
