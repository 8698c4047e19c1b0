/** `svertka bench`: figures that hang together, a profile whose layers are the model's, and what it refuses. */
import { describe, expect, test } from "vitest";
import { built, svertka, workspace } from "./harness.js";
import { taskText } from "./small-task.js";

const { file } = workspace();
const net = file(
  "net.ts",
  `import { batchNormalization, conv2d, dense, flatten, input, maxPool2d, model, pipe, relu } from "svertka";
export default model(pipe(
  input([12, 12, 1]), conv2d({ filters: 4, kernelSize: 3 }), batchNormalization(), relu, maxPool2d(), flatten, dense({ units: 3 }),
));`,
);
const task = file("task.ts", taskText());

const measured = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await svertka("bench", ...args, "--seconds", "0.05", "--json", "--quiet");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
};

test("latency, throughput, memory and the first run of a batch", async () => {
  const [row, ...more] = await measured(net, "--backend", "wasm", "--batch-size", "8");
  expect(more).toEqual([]);
  expect(row).toMatchObject({ backend: "wasm", mode: "inference", batch: 8 });
  expect(row.runs).toBeGreaterThanOrEqual(5);
  expect(row.median).toBeGreaterThan(0);
  expect(row.p95).toBeGreaterThanOrEqual(row.median);
  expect(row.throughput).toBeCloseTo(8000 / row.median, 6);
  expect(row.peakMegabytes).toBeGreaterThan(10);
  for (const time of [row.first, row.setUp]) expect(time).toBeGreaterThan(0);
});

test("--profile groups calls by layers; the shares are a whole", async () => {
  const [{ profile }] = await measured(net, "--backend", "wasm", "--profile");
  expect(profile.map(({ layers }: { layers: readonly string[] }) => layers)).toEqual([
    ["conv2d", "batchNormalization", "relu"],
    ["maxPool2d"],
    ["dense"],
  ]);
  const shares = profile.reduce((sum: number, { share }: { share: number }) => sum + share, 0);
  expect(shares).toBeCloseTo(1, 6);
  const { stdout } = await svertka("bench", net, "--backend", "cpu", "--seconds", "0.01", "--profile", "--quiet");
  expect(stdout).toMatch(/^inference, batch of 1\nbackend +median ms .*\n─+\ncpu +[\d.]+ /);
  expect(stdout).toMatch(
    /\nlayers on cpu:\nlayers +ms +share +kernel +computes\n─+\nconv2d, batchNormalization, relu +/,
  );
});

test("--train times a step of a task", async () => {
  const [row] = await measured(task, "--backend", "reference", "--train", "--batch-size", "4");
  expect(row).toMatchObject({ backend: "reference", mode: "training", batch: 4 });
});

test("several backends, a process each, with ratios to the first", async () => {
  const args = ["bench", net, "--backend", "cpu", "--backend", "ort", "--backend", "cpu", "--seconds", "0.05"];
  const { code, stdout, stderr } = await built(args);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^round 1 of 3: cpu\nround 1 of 3: ort\nround 2 of 3: cpu\n/);
  expect(stdout).toMatch(/ against cpu\n─+\ncpu .* 1\.00×\nort .* [\d.]+×\n/);
});

describe("a mistake is one sentence", () => {
  test.each<readonly [string, number, readonly string[], RegExp]>([
    [
      "no such backend",
      2,
      [net, "--backend", "gpu"],
      /^error: --backend: "gpu" is no backend: give some of auto, ort, /,
    ],
    [
      "a batch of none",
      2,
      [net, "--batch-size", "0"],
      /^error: --batch-size: "0" is not what it takes: give a whole number of at least 1\n/,
    ],
    ["no time", 2, [net, "--seconds", "0"], /^error: --seconds: 0 is not between 0 and 3600/],
    ["no file", 2, ["nowhere.ts"], /^error: nowhere\.ts: model: no such file/],
    ["a model has no step", 2, [net, "--train"], /^error: --train: a model has no loss and no optimiser/],
    [
      "a step has no profile",
      2,
      [task, "--train", "--profile"],
      /^error: --profile: it shows the layers of a prediction/,
    ],
    [
      "a backend that infers only",
      3,
      [task, "--train", "--backend", "ort"],
      /^error: --backend: ort infers and does not train/,
    ],
    [
      "a profile of one call",
      3,
      [net, "--backend", "ort", "--profile", "--seconds", "0.01", "--quiet"],
      /^error: --profile: the ort backend runs the whole model by one call/,
    ],
    [
      "an axis of no size",
      2,
      [
        file(
          "open.ts",
          `import { conv2d, input, model } from "svertka"; export default model(conv2d({ filters: 2, kernelSize: 3 })(input([null, null, 1])));`,
        ),
        "--backend",
        "cpu",
        "--quiet",
      ],
      /unknown axes.*--input-shape/,
    ],
  ])("%s", async (_, code, args, said) => {
    const outcome = await svertka("bench", ...args);
    expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(said) });
  });
});
