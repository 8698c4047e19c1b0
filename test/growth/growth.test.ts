/** Twice the layers take twice the time, to compile and to call; and a model may be deep. All sizes: `npm run long -- growth`. */
import { expect, test } from "vitest";
import { orThrow } from "../../src/errors.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { callTime, compileTime, deepNet, leastOf } from "./growth.js";

/** Linear is 2; sorting and growing maps add a little; quadratic is 4. */
const most = 2.7;

test.each(["chain", "residual"] as const)(
  "compiling a %s of 400 convolutions, and of 200",
  { timeout: 120_000 },
  async (shape) => {
    await compileTime(200, shape, "inference"); // warms the machine code up
    const small = await leastOf(3, () => compileTime(200, shape, "inference"));
    const large = await leastOf(3, () => compileTime(400, shape, "inference"));
    console.info(`compile ${shape}: 200 convolutions ${small.toFixed(0)} ms, 400 ${large.toFixed(0)} ms`);
    expect(large / small).toBeLessThan(most);
  },
);

test("a call of 800 convolutions, and of 400, kernels apart", { timeout: 120_000 }, async () => {
  await callTime(400, 100);
  const small = await leastOf(3, () => callTime(400, 100));
  const large = await leastOf(3, () => callTime(800, 100));
  console.info(`100 calls: 400 convolutions ${small.toFixed(1)} ms, 800 ${large.toFixed(1)} ms`);
  expect(large / small).toBeLessThan(most);
});

test("a model of 5,000 layers does not overflow the stack", { timeout: 120_000 }, () => {
  const { model } = orThrow(inferenceGraph(deepNet(5000, "chain")));
  expect(model.layers).toHaveLength(15_000);
  expect(model.layers.at(-1)?.name).toBe("relu_4999");
});
