/** What people can get wrong with a predictor and a trainer is a value, and leaves no buffer behind. */
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import { compile, dense, f32, i32, input, model, pipe, type NdArray } from "../../src/index.js";
import { meanSquaredError, sgd, trainer } from "../../src/train/index.js";

const net = model(pipe(input([3]), dense({ units: 1, useBias: false })));

test("arrays made by hand are looked at before they are used", async () => {
  const predictor = await orReject(compile(net, { backend: wasm }));
  const before = predictor.device.memory().buffers;
  const short: NdArray<"f32"> = { dtype: "f32", shape: [2, 3], data: new Float32Array(5) };
  expect(await predictor.predict(short)()).toMatchObject({
    left: { tag: "BadData", message: expect.stringContaining("holds 5 numbers") },
  });
  expect(predictor.device.memory().buffers).toBe(before);
  predictor.dispose();
});

test("a predictor that was disposed of says so", async () => {
  const predictor = await orReject(compile(net, { backend: wasm }));
  predictor.dispose();
  expect(await predictor.predict(f32([1, 3], new Float32Array(3)))()).toMatchObject({ left: { tag: "BadOption" } });
});

test("steps that are asked for at once are taken one after the other", async () => {
  const batch = { x: f32([1, 3], Float32Array.of(1, 0, 0)), y: f32([1, 1], Float32Array.of(1)) };
  const weights = new Map([["dense/kernel", f32([3, 1], new Float32Array(3))]]);
  const made = await orReject(
    trainer({ model: net, backend: wasm, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.25 }), weights }),
  );
  // w' = w + 2 · 0.25 (1 − w): 0, 0.5, 0.75.
  await Promise.all([orReject(made.step(batch)), orReject(made.step(batch))]);
  expect((await made.weights()).get("dense/kernel")?.data[0]).toBeCloseTo(0.75, 6);
  expect(await made.step(batch, Number.NaN)()).toMatchObject({ left: { tag: "BadOption", where: "learningRate" } });
  expect(await made.step({ x: batch.x, y: i32([1], Int32Array.of(1)) })()).toMatchObject({ _tag: "Right" });
  made.dispose();
});
