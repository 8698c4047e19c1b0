/** `svertka train TASK --data DIR` where DIR is a folder of pictures: trained whole, and in two parts with --resume. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { svertka, workspace } from "./harness.js";

const { file, path } = workspace();
const tree = join(import.meta.dirname, "..", "fixtures", "folders", "tree");
const task = file(
  "task.ts",
  `import { conv2d, dense, globalAvgPool2d, input, model, pipe, relu, softmax } from "svertka";
import { imagesFromFolder, map, randomFlip } from "svertka/data/node";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";
export default task({
  model: model(pipe(input([16, 16, 3]), conv2d({ filters: 4, kernelSize: 3 }), relu, globalAvgPool2d, dense({ units: 3 }), softmax)),
  loss: sparseCategoricalCrossentropy(), optimizer: adam(), metrics: [accuracy()], epochs: 2, batchSize: 4,
  data: ({ dataDir = "", seed }) => async () => {
    const read = await imagesFromFolder(dataDir, {
      classNames: ["cats", "dogs", "Zebras"], imageSize: [16, 16], seed, validationSplit: 0.3, subset: "both", workers: 0,
    })();
    if (read._tag === "Left") return read;
    const [train, validation] = read.right;
    return { _tag: "Right", right: { train: pipe(train, map(randomFlip())), validation, classNames: train.classNames } };
  },
});
`,
);

const train = (data: string, out: string, ...more: readonly string[]): ReturnType<typeof svertka> =>
  svertka("train", task, "--data", data, "--backend", "reference", "--out", path(out), "--json", ...more);

const historyOf = (out: string): unknown => JSON.parse(readFileSync(join(path(out), "history.json"), "utf8"));

test("trains, and goes on with --resume to the same history", async () => {
  const whole = await train(tree, "whole");
  expect(whole.code, whole.stderr).toBe(0);
  expect(whole.stderr).toContain("examples: 10 train, 3 validation; batches of 4");
  const said: { loss: number; metrics: { accuracy: number } } = JSON.parse(whole.stdout);
  expect([Number.isFinite(said.loss), said.metrics.accuracy >= 0]).toEqual([true, true]);
  expect((await train(tree, "parts", "--epochs", "1")).code).toBe(0);
  const rest = await train(tree, "parts", "--resume");
  expect(rest.code, rest.stderr).toBe(0);
  expect(historyOf("parts")).toEqual(historyOf("whole"));
});

test("a folder that is not there, and a picture that is none: exit code 2, one sentence", async () => {
  const nowhere = await train(path("nowhere"), "refused");
  expect([nowhere.code, nowhere.stdout]).toEqual([2, ""]);
  expect(nowhere.stderr).toContain(
    "folder of pictures: there is no such folder: give the folder that holds the pictures",
  );
  cpSync(tree, path("broken"), { recursive: true });
  writeFileSync(path("broken/cats/b.jpg"), "no picture");
  const broken = await train(path("broken"), "refused");
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain("picture: it is neither JPEG nor PNG: remove the file, or leave it out by onError");
});
