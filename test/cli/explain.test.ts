/** `svertka explain` as a story: the numbers of lesson net A3 and ResNet-50, who computes which layer, and what stayed and why. */
import { describe, expect, test } from "vitest";
import type { Explanation } from "../../src/run/explain.js";
import { svertka, workspace } from "./harness.js";
import { taskText } from "./small-task.js";

const { file } = workspace();

const a3 = file(
  "a3.ts",
  `import { conv2d, dense, flatten, input, maxPool2d, model, pipe, relu, softmax } from "svertka";
export default model(pipe(
  input([28, 28, 1]), conv2d({ filters: 64, kernelSize: 3 }), relu, maxPool2d({ poolSize: 2 }),
  conv2d({ filters: 64, kernelSize: 3 }), relu, maxPool2d({ poolSize: 2 }),
  flatten, dense({ units: 128, activation: "relu" }), dense({ units: 10 }), softmax,
));`,
);

/** He et al. 2015, table 1, strides in the 3×3 convolution, at 224×224. */
const resnet50 = file(
  "resnet50.ts",
  `import { bottleneckBlock, batchNormalization, conv2d, dense, globalAvgPool2d, input, maxPool2d, model, relu, chain } from "svertka";
const stage = (filters, blocks, strides) =>
  Array.from({ length: blocks }, (_, i) => bottleneckBlock({ filters, strides: i === 0 ? strides : 1 }));
let x = input([224, 224, 3]);
for (const layer of [
  conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: "same", useBias: false }), batchNormalization(), relu,
  maxPool2d({ poolSize: 3, strides: 2, padding: "same" }),
  ...stage(64, 3, 1), ...stage(128, 4, 2), ...stage(256, 6, 2), ...stage(512, 3, 2),
  globalAvgPool2d, dense({ units: 1000, activation: "softmax" }),
]) x = layer(x);
export default model(x);`,
);

/** Stayed: two readers; a shape that differs; a join; and an activation that no convolution takes on cpu. */
const stubborn = file(
  "stubborn.ts",
  `import { add, concatenate, conv2d, input, model, multiply, pipe, relu, tanh } from "svertka";
const x = input([8, 8, 2]);
const y = pipe(x, conv2d({ filters: 2, kernelSize: 3, padding: "same" }));
const both = concatenate([add(x, pipe(y, tanh)), y]);
export default model({ inputs: { x }, outputs: { both } });`,
);

const explained = async (...args: readonly string[]): Promise<{ inference: Explanation; training?: Explanation }> =>
  JSON.parse((await svertka("explain", ...args, "--json", "--quiet")).stdout);

test("the first screen of A3", async () => {
  const { code, stdout } = await svertka("explain", a3, "--backend", "wasm", "--quiet");
  expect(code).toBe(0);
  // 7 calls: two convolutions, two pools, two products, the softmax. Work: 2 · (26² · 9 · 64 + 11² · 576 · 64 + 1600 · 128 + 128 · 10) and a little more.
  expect(stdout.split("\n\npass ")[0]).toBe(`── inference, batch of 1, on wasm ──

14 kernel calls became 7; each of these is one call:
  2 × conv2d + biasAdd + relu  (conv2d+relu, conv2d_1+relu_1)
  matMul + biasAdd + relu  (dense)
  matMul + biasAdd  (dense_1)

predicted           before       after
─────────────────────────────────────────────
kernel calls            14           7   50 %
work            10.3 MFLOP  10.3 MFLOP  100 %
bytes moved       2.20 MiB    1.42 MiB   65 %
peak of values   341.1 KiB   214.3 KiB   63 %
─────────────────────────────────────────────

3 formulas are kernels of their own, 4 calls run them (--kernels shows them)`);
  expect(stdout).toMatch(/\nfuseEpilogue +\d+ → \d+ +−7 +−[\d.]+ KiB +[\d.]+ {2}removed 4 × biasAdd, 3 × relu; made /);
  expect(stdout).toMatch(/\nnothing to do for .*foldBatchNorm/);
  expect(stdout).toMatch(/\n1 +conv2d, relu +\S+ +conv2d \+ biasAdd \+ relu +\[1, 26, 26, 64\]\n2 +maxPool2d /);
});

test("numbers of A3 come from its shapes", async () => {
  const { inference } = await explained(a3, "--backend", "wasm");
  const products = 2 * (26 * 26 * 9 * 64 + 11 * 11 * 9 * 64 * 64 + 1600 * 128 + 128 * 10);
  expect(inference.after.flops).toBeGreaterThan(products);
  expect(inference.after.flops).toBeLessThan(1.03 * products);
  // The largest pair alive at once: the first convolution's result and its pool's.
  expect(inference.after.peakBytes).toBe(4 * (28 * 28 + 26 * 26 * 64 + 13 * 13 * 64));
  expect(inference.calls.map(({ layers }) => layers)).toEqual([
    ["conv2d", "relu"],
    ["maxPool2d"],
    ["conv2d_1", "relu_1"],
    ["maxPool2d_1"],
    ["dense"],
    ["dense_1"],
    ["softmax"],
  ]);
  const saved = inference.passes.reduce((sum, pass) => sum + pass.saved.calls, 0);
  expect(inference.before.calls - inference.after.calls).toBe(saved);
});

test("ResNet-50: each convolution is one call with its normalisation, sum and activation; nothing is left alone", async () => {
  const { inference } = await explained(resnet50, "--backend", "wasm");
  // 53 convolutions, two pools, the product and the softmax: one call each, and no fewer with such kernels.
  expect(inference.after.calls).toBe(57);
  expect(inference.calls).toHaveLength(57);
  expect(inference.remaining).toEqual([]);
  const convolutions = inference.calls.filter(({ operators }) => operators.startsWith("conv2d"));
  expect(convolutions).toHaveLength(53);
  for (const { layers } of convolutions) {
    expect(layers.filter((layer) => layer.includes("conv2d"))).toHaveLength(1);
    expect(layers.filter((layer) => layer.includes("batchNormalization"))).toHaveLength(1);
  }
  expect(convolutions.filter(({ layers }) => layers.some((layer) => layer.includes("add")))).toHaveLength(16);
  // 4.1 billion multiplications and additions (torchvision's ResNet-50, which has these strides, says 4.09).
  expect(inference.after.flops / 2e9).toBeCloseTo(4.1, 1);
  expect(inference.after.bytes).toBeLessThan(0.6 * inference.before.bytes);
  expect(inference.passes.find(({ name }) => name === "foldBatchNorm")?.removed).toMatchObject({
    batchNormalization: 53,
  });
});

describe("what stays alone says why", () => {
  test("two readers, a kernel that takes no such formula, a join", async () => {
    const { inference } = await explained(stubborn, "--backend", "cpu");
    const reasons = Object.fromEntries(
      inference.remaining.map(({ operator, reasons: all }) => [operator, all.map(({ text }) => text)]),
    );
    expect(reasons["concatenate"]).toEqual(["it joins 2 values: no kernel writes into a part of another's result"]);
    expect(reasons["tanh"]).toEqual(["conv2d + biasAdd has 2 readers (tanh, concatenate)"]);
    expect(reasons["add"]).toEqual(["cpu has no kernels made of formulas"]);
    const { stdout } = await svertka("explain", stubborn, "--backend", "cpu", "--quiet");
    expect(stdout).toContain("3 calls only apply a formula or move elements; why they stand alone:\n");
    expect(stdout).toContain("\n  tanh: conv2d + biasAdd has 2 readers (tanh, concatenate)  (tanh)\n");
  });

  test("in a training step every call of a formula or a move has a reason", async () => {
    const task = file("task.ts", taskText());
    const { training } = await explained(task, "--backend", "wasm");
    expect(training?.remaining.length).toBeGreaterThan(0);
    for (const { reasons, operator } of training?.remaining ?? []) expect(reasons.length, operator).toBeGreaterThan(0);
    const named = training?.calls.flatMap(({ layers }) => layers) ?? [];
    expect(named).toEqual(expect.arrayContaining(["conv2d", "∂ dense_1", "loss", "optimizer"]));
  });
});

test("--kernels shows the formulas, and what runs them", async () => {
  const task = file("kernels.ts", taskText());
  const { code, stdout } = await svertka("explain", task, "--backend", "wasm", "--kernels", "--quiet");
  expect(code).toBe(0);
  expect(stdout).toMatch(/── training step, batch of 16, on wasm: \d+ kernels made of formulas ──\n\n/);
  expect(stdout).toMatch(/\n(?:elementwise|reduceFormula): .*x0.*\n {2}.*f32\[.*\] -> f32\[.*\]/);
  expect(stdout).toContain("(optimizer");
  // The code itself: a product with its relu, the optimiser's update as one function, each shown once.
  expect(stdout).toMatch(/\nconv2d \+ biasAdd \+ relu: max\(x0, 0\)\n(?: {2}.*\n)+ {4}\(module\n[^]*?f32x4\.pmax/);
  expect(stdout).toMatch(/\(one call computes this and \d+ more\)\n {4}\(module\n/);
  expect(stdout).toContain("    (by the code above)");
  const { training } = await explained(task, "--backend", "wasm");
  const sources = training?.generated.map(({ source }) => source) ?? [];
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) expect(source).toMatch(/^\(module\n {2}\(import "env" "memory"/);
});

test("on a backend that runs whole graphs: one call, and the operators in it", async () => {
  const { inference } = await explained(a3, "--backend", "ort");
  expect([inference.before.calls, inference.after.calls]).toEqual([1, 1]);
  expect(inference.calls.map(({ layers }) => layers[0])).toContain("conv2d_1");
  expect(inference.after.peakBytes).toBeGreaterThan(0);
});
