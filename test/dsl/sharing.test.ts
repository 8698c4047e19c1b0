/** Sharing in odd places: expected values are sums worked out by hand. */
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { add, compile, dense, f32, input, model, named, pipe, sequential, share, type Model } from "../../src/index.js";

/** One weight. */
const one = () => dense({ units: 1, useBias: false });

/** The output for the input 1, with kernels by name. */
const outputOf = async (
  net: Model<unknown, unknown>,
  kernels: Readonly<Record<string, number>>,
): Promise<number | undefined> => {
  const weights = new Map(
    Object.entries(kernels).map(([name, value]) => [`${name}/kernel`, f32([1, 1], Float32Array.of(value))]),
  );
  const predictor = await orReject(compile(net, { backend: reference, weights }));
  const { output } = await orReject(predictor.predict(f32([1, 1], Float32Array.of(1))));
  predictor.dispose();
  return output?.data[0];
};

test("a shared block inside a shared block keeps its own weights: (1 · 2 · 3) · 2 · 3", async () => {
  const inner = share(one());
  const outer = share(sequential(inner, one()));
  expect(await outputOf(model(pipe(input([1]), outer, outer)), { dense: 2, dense_1: 3 })).toBe(36);
});

test("what a shared block captures is not one of its layers: s = 2, (s + 3) = 5, s + 15 = 17", async () => {
  const x = input([1]);
  const side = pipe(x, one());
  const block = share((y: typeof x) => add(side, pipe(y, one())));
  expect(await outputOf(model(pipe(x, block, block)), { dense: 2, dense_1: 3 })).toBe(17);
});

test("a named block inside a shared one is named once: 1 · 2 · 2", async () => {
  const block = share(named("body", one()));
  expect(await outputOf(model(pipe(input([1]), block, block)), { "body/dense": 2 })).toBe(4);
});

test("names with a colon are svertka's own", async () => {
  const net = model(pipe(input([1], { name: "step:labels" }), one()));
  expect(await compile(net, { backend: reference })()).toMatchObject({
    left: { tag: "BadModel", where: "step:labels" },
  });
});
