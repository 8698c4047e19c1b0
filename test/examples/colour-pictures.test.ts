/** Lessons 5 to 10 in a short form, on pictures that are drawn for it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { drawCifarFiles } from "../../examples/drawn-pictures/cifar-files.js";
import { drawVehicles } from "../../examples/drawn-pictures/vehicle-folders.js";
import { orReject } from "../../src/index.js";
import { workspace } from "../cli/harness.js";
import { refuses, train } from "./lesson.js";

const space = workspace();

describe("32x32 pictures in ten classes, in CIFAR-10's binary files", () => {
  let things = "";
  beforeAll(async () => {
    things = await orReject(drawCifarFiles(space.path("things"), { count: 20 }));
  });

  test.each([
    ["two-layer-net/task.ts", 12_332_010],
    ["three-layer-convnet/task.ts", 170_906],
    ["nesterov-momentum/task.ts", 170_906],
    ["cifar-10/task.ts", 289_642],
    ["merges/resnet.ts", 20_154],
    ["merges/densenet.ts", 12_770],
    ["merges/inception.ts", 38_066],
  ])("%s takes a step of training", async (task, parameters) => {
    const ended = await train(space, task, "--data", things, "--epochs", "1");
    expect(ended).toMatchObject({ parameters, metrics: { accuracy: expect.any(Number) } });
    expect(ended.loss).toBeGreaterThan(0);
  });

  test("a folder without them is one sentence", () => refuses(space, "cifar-10/task.ts"));
});

describe("cars and trucks in folders", () => {
  test("are drawn once, the same each time, and trained on", async () => {
    const counts = { train: 4, validation: 2 };
    const folder = await orReject(drawVehicles(space.path("vehicles"), counts));
    const again = await orReject(drawVehicles(space.path("again"), counts));
    const names = space.list("vehicles").filter((name) => name.endsWith(".png"));
    expect(names.length).toBe(12);
    for (const name of names) expect(readFileSync(join(again, name))).toEqual(readFileSync(join(folder, name)));
    const { metrics, parameters } = await train(
      space,
      "car-or-truck/task.ts",
      "--data",
      folder,
      "--epochs",
      "1",
      "--batch-size",
      "4",
    );
    expect(parameters).toBe(291_405);
    expect(metrics).toEqual({ binary_accuracy: expect.any(Number) });
  });

  test("a folder without them is one sentence", () => refuses(space, "car-or-truck/task.ts"));
});
