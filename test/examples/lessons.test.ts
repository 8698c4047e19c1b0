/** Each lesson of examples/ in a short form: the command of its README, on few pictures, for one epoch. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { drawCifarFiles } from "../../examples/drawn-pictures/cifar-files.js";
import { drawVehicles } from "../../examples/drawn-pictures/vehicle-folders.js";
import { idxFileNames } from "../../src/data/index.js";
import { orReject } from "../../src/index.js";
import { svertka, workspace } from "../cli/harness.js";
import { idx } from "./idx-files.js";

const root = join(import.meta.dirname, "..", "..");
const examples = join(root, "examples");
const space = workspace();

/** 96 pictures to learn from and 32 to judge by; a class is one bright row. */
const digits = ((): string => {
  const part = (count: number): readonly [Uint8Array, Uint8Array] => {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const images = new Uint8Array(count * 784);
    labels.forEach((label, i) => images.fill(255, i * 784 + label * 56, i * 784 + label * 56 + 56));
    return [idx([count, 28, 28], images), idx([count], labels)];
  };
  const sets = { train: part(96), test: part(32) };
  for (const half of ["train", "test"] as const) {
    space.file(`digits/${idxFileNames[half].images}`, sets[half][0]);
    space.file(`digits/${idxFileNames[half].labels}`, sets[half][1]);
  }
  return space.path("digits");
})();

interface Ended {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const train = async (task: string, ...more: readonly string[]): Promise<Ended> => {
  const out = space.path(`runs/${task}`);
  const words = [join(examples, task), "--out", out, "--backend", "wasm", "--json", "--quiet", ...more];
  const { code, stdout, stderr } = await svertka("train", ...words);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["checkpoint", "history.json", "history.png"]));
  return JSON.parse(stdout);
};

interface Summary {
  readonly layers: readonly { readonly outputShape: readonly unknown[]; readonly parameters: number }[];
  readonly parameters: number;
}

const summary = async (file: string): Promise<Summary> => {
  const { code, stdout } = await svertka("summary", join(examples, file), "--json");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

test("the first convnet has the lesson's shapes and parameters", async () => {
  const { layers, parameters } = await summary("first-convnet/net.ts");
  expect(layers.slice(0, 5).map(({ outputShape }) => outputShape)).toEqual(
    [[28, 56, 8], [13, 19, 5], [4, 6, 5], [120], [3]].map((shape) => [null, ...shape]),
  );
  expect(layers.slice(0, 5).map((layer) => layer.parameters)).toEqual([224, 245, 0, 0, 363]);
  expect(parameters).toBe(832);
});

describe("28x28 pictures in ten classes", () => {
  test.each([
    ["fashion-mnist-dense/task.ts", 101_770],
    ["fashion-mnist/task.ts", 243_786],
    ["mnist/task.ts", 347_690],
  ])("%s learns from IDX files", async (task, parameters) => {
    expect((await summary(task)).parameters).toBe(parameters);
    const { metrics } = await train(task, "--data", digits, "--epochs", "8", "--batch-size", "16");
    expect(metrics["accuracy"]).toBeGreaterThan(0.8);
  });

  test.each(["fashion-mnist-dense", "fashion-mnist", "mnist"])("%s says what is missing in a folder", async (name) => {
    const words = ["--data", space.path("none"), "--out", space.path("refused"), "--backend", "wasm"];
    const { code, stderr } = await svertka("train", join(examples, name, "task.ts"), ...words);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^error: .*none.*: /);
    expect(space.list("refused")).toEqual([]);
  });
});

describe("32x32 pictures in ten classes, in CIFAR-10's binary files", () => {
  let things = "";
  beforeAll(async () => {
    things = await orReject(drawCifarFiles(space.path("things"), { count: 20 }));
  });

  test.each([
    ["two-layer-net/task.ts", 12_332_010],
    ["three-layer-convnet/task.ts", 170_906],
    ["nesterov-momentum/task.ts", undefined],
    ["cifar-10/task.ts", 289_642],
    ["merges/resnet.ts", 20_154],
    ["merges/densenet.ts", 12_770],
    ["merges/inception.ts", 38_066],
  ])("%s takes a step of training", async (task, parameters) => {
    if (parameters !== undefined) expect((await summary(task)).parameters).toBe(parameters);
    const { loss, metrics } = await train(task, "--data", things, "--epochs", "1");
    expect(loss).toBeGreaterThan(0);
    expect(metrics).toEqual({ accuracy: expect.any(Number) });
  });

  test("a folder without them is one sentence", async () => {
    const words = ["--data", space.path("none"), "--out", space.path("refused"), "--backend", "wasm"];
    const { code, stderr } = await svertka("train", join(examples, "cifar-10/task.ts"), ...words);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^error: .*none.*: /);
    expect(space.list("refused")).toEqual([]);
  });
});

describe("cars and trucks in folders", () => {
  test("are drawn once, the same each time, and trained on", async () => {
    const counts = { train: 4, validation: 2 };
    const folder = await orReject(drawVehicles(space.path("vehicles"), counts));
    const again = await orReject(drawVehicles(space.path("again"), counts));
    const names = space.list("vehicles").filter((name) => name.endsWith(".png"));
    expect(names.length).toBe(12);
    for (const name of names) expect(readFileSync(join(again, name))).toEqual(readFileSync(join(folder, name)));
    const { metrics } = await train("car-or-truck/task.ts", "--data", folder, "--epochs", "1", "--batch-size", "4");
    expect(metrics).toEqual({ binary_accuracy: expect.any(Number) });
  });
});

describe("kernels on a photo", () => {
  const jiti = join(root, "node_modules", ".bin", "jiti");
  const draw = (...words: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(jiti, [join(examples, "kernels-on-a-photo", "draw.ts"), ...words], {
      cwd: space.folder,
      encoding: "utf8",
    });

  test("each step is drawn, and each kernel", () => {
    const { status, stdout, stderr } = draw();
    expect([status, stdout, stderr]).toEqual([0, "written: runs/kernels-on-a-photo\n", ""]);
    const names = ["blur", "edge", "sharpen", "sobel-x", "sobel-y"];
    expect(space.list("runs/kernels-on-a-photo")).toEqual(
      names.flatMap((name) => [`${name}-kernel.png`, `${name}.png`]),
    );
  });

  test("a photo that is not there is one sentence", () => {
    const { status, stderr } = draw("none.png");
    expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
    expect(stderr).toMatch(/^error: none\.png: photo: /);
  });
});

test("no program of a lesson is longer than 60 lines", () => {
  const programs = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.startsWith("drawn-pictures"),
  );
  expect(programs.length).toBeGreaterThan(9);
  for (const file of programs) {
    const lines = readFileSync(join(examples, file), "utf8").trimEnd().split("\n");
    expect(lines.length, file).toBeLessThanOrEqual(60);
  }
});
