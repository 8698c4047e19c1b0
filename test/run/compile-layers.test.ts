/** Layers inside a model as outputs: values by hand, on every backend of this process; names that mean nothing. */
import { describe, expect, test } from "vitest";
import { orReject, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import {
  compileLayers,
  conv2d,
  dense,
  f32,
  flatten,
  input,
  maxPool2d,
  model,
  named,
  pipe,
  relu,
  share,
  add,
} from "../../src/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { ort } from "../../src/backends/ort/index.js";

const net = model(
  pipe(
    input([4, 4, 1]),
    named("stem", (x) => pipe(x, conv2d({ filters: 1, kernelSize: 3, padding: "same", activation: "relu" }))),
    maxPool2d({ poolSize: 2 }),
    flatten,
    dense({ units: 2 }),
  ),
);
const weights = new Map([
  ["stem/conv2d/kernel", f32([3, 3, 1, 1], Float32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1))],
  ["stem/conv2d/bias", f32([1], new Float32Array(1))],
  ["dense/kernel", f32([4, 2], new Float32Array(8))],
  ["dense/bias", f32([2], new Float32Array(2))],
]);
// One bright cell: 8 there, −1 around it, which relu makes 0.
const x = f32(
  [1, 4, 4, 1],
  Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? 1 : 0)),
);

describe.each([reference, wasm, ort])("on $name", (backend) => {
  test("gives what the layers give, and nothing else", async () => {
    const layers = ["maxPool2d", "stem/conv2d"];
    const inside = await orReject(compileLayers(net, { backend, weights, layers }));
    const outputs = await orReject(inside.predict(x));
    inside.dispose();
    expect(Object.keys(outputs)).toEqual(layers);
    expect(outputs["stem/conv2d"]?.shape).toEqual([1, 4, 4, 1]);
    expect([...(outputs["stem/conv2d"]?.data ?? [])]).toEqual([0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...(outputs["maxPool2d"]?.data ?? [])]).toEqual([8, 0, 0, 0]);
  });
});

test("a model with unknown axes takes any size", async () => {
  const any = model(pipe(input([null, null, 1]), conv2d({ filters: 1, kernelSize: 1 }), relu));
  const inside = await orReject(compileLayers(any, { backend: reference, layers: ["conv2d"] }));
  for (const size of [2, 5]) {
    const { conv2d: maps } = await orReject(inside.predict(f32([1, size, size, 1], new Float32Array(size * size))));
    expect(maps?.shape).toEqual([1, size, size, 1]);
  }
  inside.dispose();
});

test("of a shared layer it is the first application", async () => {
  const x0 = input([2]);
  const twice = share(dense({ units: 2 }));
  const once = twice(x0);
  const siamese = model({ inputs: { x: x0 }, outputs: add(once, twice(once)) });
  const identity = new Map([
    ["dense/kernel", f32([2, 2], Float32Array.of(2, 0, 0, 2))],
    ["dense/bias", f32([2], new Float32Array(2))],
  ]);
  const inside = await orReject(compileLayers(siamese, { backend: reference, weights: identity, layers: ["dense"] }));
  const { dense: first } = await orReject(inside.predict(f32([1, 2], Float32Array.of(1, 3))));
  expect([...(first?.data ?? [])]).toEqual([2, 6]);
});

test("a name that no layer has is refused with the nearest", async () => {
  const bad = await compileLayers(net, { backend: reference, layers: ["conv2d"] })();
  expect(E.isLeft(bad) && render(bad.left)).toBe(
    "layer: 'conv2d' is no layer of this model: perhaps 'stem/conv2d' is meant (svertka summary lists all)",
  );
});
