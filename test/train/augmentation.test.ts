/** Augmentation layers in a training step: a seed fixes what they draw, weights before them learn, and inference is without them. */
import { pipe } from "fp-ts/lib/function.js";
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import {
  centerCrop,
  compile,
  conv2d,
  dense,
  f32,
  globalAvgPool2d,
  i32,
  input,
  model,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomErasing,
  randomFlip,
  randomHue,
  randomRotation,
  randomSaturation,
  randomShear,
  randomTranslation,
  randomZoom,
  sequential,
} from "../../src/index.js";
import { fillUniform, keyOf } from "../../src/random/index.js";
import { sgd, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";

const augmented = sequential(
  randomFlip(),
  randomRotation({ factor: 0.1 }),
  randomTranslation({ heightFactor: 0.2, widthFactor: 0.2, fillMode: "wrap" }),
  randomZoom({ heightFactor: 0.2 }),
  randomShear({ xFactor: 0.2 }),
  randomCrop({ height: 8, width: 8 }),
  randomBrightness({ factor: 0.2 }),
  randomContrast({ factor: 0.2 }),
  randomSaturation({ factor: [0.4, 0.6] }),
  randomHue({ factor: 0.2 }),
  randomErasing(),
);
const layers = sequential(conv2d({ filters: 4, kernelSize: 3 }), globalAvgPool2d, dense({ units: 3 }));

/** A convolution before the augmentation: its gradient goes through all of it. */
const net = model(pipe(input([10, 10, 3]), conv2d({ filters: 3, kernelSize: 1 }), augmented, layers));

const numbers = new Float32Array(6 * 300);
fillUniform(numbers, keyOf(1));
const batch = { x: f32([6, 10, 10, 3], numbers), y: i32([6], Int32Array.of(0, 1, 2, 0, 1, 2)) };

const trained = async (backend: typeof wasm, seed: number) => {
  const running = await orReject(
    trainer({ model: net, backend, loss: sparseCategoricalCrossentropy({ fromLogits: true }), optimizer: sgd(), seed }),
  );
  const before = await running.weights();
  for (let step = 0; step < 3; step++) await orReject(running.step(batch));
  const after = await running.weights();
  running.dispose();
  return { before, after };
};

test("a seed fixes what is drawn, on every backend alike, and weights before the layers learn", async () => {
  const first = await trained(wasm, 3);
  expect((await trained(wasm, 3)).after).toEqual(first.after);
  expect((await trained(wasm, 4)).after).not.toEqual(first.after);
  const oracle = await trained(reference, 3);
  for (const [name, { data }] of first.after) {
    const wanted = oracle.after.get(name)?.data ?? new Float32Array();
    const worst = data.reduce((most: number, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? Infinity))), 0);
    expect(worst, name).toBeLessThan(1e-5);
    expect(Array.from(data), `${name} learns`).not.toEqual(Array.from(first.before.get(name)?.data ?? []));
  }
});

test("a prediction is that of the model without them", async () => {
  const { after } = await trained(wasm, 3);
  const plain = model(
    pipe(input([10, 10, 3]), conv2d({ filters: 3, kernelSize: 1 }), centerCrop({ height: 8, width: 8 }), layers),
  );
  const predictions = await Promise.all(
    [net, plain].map(async (one) => {
      const running = await orReject(compile(one, { backend: wasm, weights: after }));
      const { output } = await orReject(running.predict(batch.x));
      running.dispose();
      return Array.from(output?.data ?? []);
    }),
  );
  expect(predictions[0]).toHaveLength(18);
  expect(predictions[0]).toEqual(predictions[1]);
});
