/** The lessons' nets compile and train on wasm: the loss of a batch that is shown again and again falls. */
import { pipe } from "fp-ts/lib/function.js";
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32, i32, type NdArray } from "../../src/data/nd-array.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  conv2d,
  dense,
  flatten,
  input,
  maxPool2d,
  model,
  relu,
  softmax,
  summarize,
  type Expr,
} from "../../src/index.js";
import { fillUniform, keyOf } from "../../src/random/index.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { a1, lessonNets, type LessonNet } from "./lesson-nets.js";

const classifier = (ends: LessonNet["model"]): LessonNet => ({
  model: ends,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam(),
});

/** A2: the dense net on pictures of clothes. */
const a2 = model(
  pipe(input([28, 28, 1]), flatten, dense({ units: 128, activation: "relu" }), dense({ units: 10 }), softmax),
);

/** A4: the small convnet on digits. */
const a4Head: Expr<[13, 13, 16]> = pipe(input([28, 28, 1]), conv2d({ filters: 16, kernelSize: 3 }), relu, maxPool2d());
const a4 = model(pipe(a4Head, flatten, dense({ units: 128 }), relu, dense({ units: 10 }), softmax));

const nets: Readonly<Record<string, LessonNet>> = { a2: classifier(a2), a4: classifier(a4), ...lessonNets };

const picturesLike = (shape: readonly number[]): NdArray<"f32"> => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillUniform(data, keyOf(5));
  return f32(shape, data);
};

test.each(Object.entries(nets))("%s trains", async (_, { model: net, loss, optimizer }) => {
  const made = await orReject(trainer({ model: net, backend: wasm, loss, optimizer, seed: 1 }));
  const [fed] = made.training.source.nodes.filter((node) => node.op === "input");
  const batch = 4;
  const x = picturesLike([batch, ...(fed?.type.shape.slice(1).map(Number) ?? [])]);
  const y =
    loss.family === "binary" ? f32([batch, 1], Float32Array.of(0, 1, 0, 1)) : i32([batch], Int32Array.of(0, 1, 2, 0));
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) losses.push((await orReject(made.step({ x, y })))["loss"] ?? Number.NaN);
  made.dispose();
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
});

test("A1's table of shapes and parameters is the lesson's", () => {
  const { layers, parameters } = orThrow(summarize(a1));
  const rows = layers.filter((layer) => layer.name !== "softmax");
  expect(rows.map((row) => row.outputShape.slice(1))).toEqual([[28, 56, 8], [13, 19, 5], [4, 6, 5], [120], [3]]);
  expect(rows.map((row) => row.parameters)).toEqual([224, 245, 0, 0, 363]);
  expect(parameters).toBe(832);
});
