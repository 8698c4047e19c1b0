/** Lessons 1 to 4 in a short form: a first convnet, clothes and digits. */
import { describe, expect, test } from "vitest";
import { idxFileNames } from "../../src/data/index.js";
import { workspace } from "../cli/harness.js";
import { idx } from "./idx-files.js";
import { refuses, summary, train } from "./lesson.js";

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
    const ended = await train(space, task, "--data", digits, "--epochs", "8", "--batch-size", "16");
    expect(ended.parameters).toBe(parameters);
    expect(ended.metrics["accuracy"]).toBeGreaterThan(0.8);
  });

  test.each(["fashion-mnist-dense", "fashion-mnist", "mnist"])("%s says what is missing in a folder", (name) =>
    refuses(space, `${name}/task.ts`),
  );
});
