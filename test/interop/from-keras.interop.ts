/** docs/from-keras.md: its two programs have the same parameters, and with the same weights the same outputs, loss and accuracy. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { compile, f32, i32, type Model, orReject, orThrow, summarize, type Weights } from "../../src/index.js";
import { readKeras } from "../../src/io/keras/read.js";
import { evaluate, type Trainer } from "../../src/train/index.js";
import { fromKerasSide, noPython, python } from "./python.js";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "svertka-from-keras-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = readFileSync(join(root, "docs", "from-keras.md"), "utf8");
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(page)?.[1] ?? "";

interface KerasSays {
  readonly parameters: number;
  readonly x: readonly number[];
  readonly outputs: readonly number[];
  readonly loss: number;
  readonly accuracy: number;
}

interface Program {
  readonly net: Model<unknown, unknown>;
  readonly training: Trainer;
}

let keras: KerasSays;
let program: Program;
let weights: Weights;

beforeAll(async () => {
  if (python === undefined) return;
  writeFileSync(join(folder, "program.py"), block("python"));
  const [said] = await fromKerasSide(join(folder, "program.py"), folder);
  keras = said as unknown as KerasSays; // sound: the one object that the program beside this file prints
  const file = join(root, ".cache", "from-keras", "program.ts");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, block("ts"));
  program = await import(/* @vite-ignore */ file);
  const read = await orReject(readKeras(readFileSync(join(folder, "net.keras")), "net.keras"));
  // Keras names a layer after its class in snake case.
  weights = new Map(
    [...read.weights].map(([name, array]) => [name.replace("batch_normalization", "batchNormalization"), array]),
  );
}, 120_000);

test("as many parameters", ({ skip }) => {
  if (python === undefined) skip(noPython);
  expect(orThrow(summarize(program.net)).parameters).toBe(keras.parameters);
});

test("the same outputs", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  const predictor = await orReject(compile(program.net, { backend: wasm, weights }));
  const { output } = await orReject(predictor.predict(f32([16, 28, 28, 1], Float32Array.from(keras.x))));
  expect(output?.shape).toEqual([16, 10]);
  output?.data.forEach((value, i) => expect(value).toBeCloseTo(keras.outputs[i] ?? Number.NaN, 5));
});

test("the same loss and accuracy", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  orThrow(program.training.setWeights(weights));
  const x = f32([16, 28, 28, 1] as const, Float32Array.from(keras.x));
  const y = i32(
    [16],
    Int32Array.from({ length: 16 }, (_, i) => i % 10),
  );
  const { loss, accuracy } = await orReject(evaluate(program.training, { x, y }));
  expect(loss).toBeCloseTo(keras.loss, 4);
  expect(accuracy).toBeCloseTo(keras.accuracy, 6);
});
