/** Four times the layers take four times the time, to compile and to call; and a model may be deep. All sizes: `npm run long -- growth`. */
import { expect, test } from "vitest";
import { orThrow } from "../../src/errors.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { callTime, compileTime, deepNet } from "./growth.js";

/** Linear is 4; sorting and growing maps add a little, caches that overflow some more; quadratic is 16. */
const most = 7.3;

/** The least times for a number of convolutions and for four times as many, measured in turn: other work on the machine only adds. */
const leastTimes = async (
  convolutions: number,
  measure: (convolutions: number) => Promise<number>,
): Promise<{ readonly small: number; readonly large: number }> => {
  await measure(convolutions); // warms the machine code up
  let [small, large] = [Infinity, Infinity];
  for (let round = 0; round < 4; round++) {
    small = Math.min(small, await measure(convolutions));
    large = Math.min(large, await measure(4 * convolutions));
  }
  return { small, large };
};

test.each(["chain", "residual"] as const)(
  "compiling a %s of 800 convolutions, and of 200",
  { timeout: 120_000 },
  async (shape) => {
    const { small, large } = await leastTimes(200, (count) => compileTime(count, shape, "inference"));
    console.info(`compile ${shape}: 200 convolutions ${small.toFixed(0)} ms, 800 ${large.toFixed(0)} ms`);
    expect(large / small).toBeLessThan(most);
  },
);

test("a call of 1,200 convolutions, and of 300, kernels apart", { timeout: 120_000 }, async () => {
  const { small, large } = await leastTimes(300, (count) => callTime(count, 100));
  console.info(`100 calls: 300 convolutions ${small.toFixed(1)} ms, 1,200 ${large.toFixed(1)} ms`);
  expect(large / small).toBeLessThan(most);
});

test("a model of 5,000 layers does not overflow the stack", { timeout: 120_000 }, () => {
  const { model } = orThrow(inferenceGraph(deepNet(5000, "chain")));
  expect(model.layers).toHaveLength(15_000);
  expect(model.layers.at(-1)?.name).toBe("relu_4999");
});
