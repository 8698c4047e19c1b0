/** Time by size, up to 1,000 convolutions and 4,096 images; ResNet-50's compile time; what a call of A3 costs beside its kernels. */
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32 } from "../../src/data/nd-array.js";
import { orReject, orThrow } from "../../src/errors.js";
import { lower } from "../../src/compiler/lowering/lower.js";
import { runPasses } from "../../src/compiler/pipeline.js";
import { operators } from "../../src/ops/registry.js";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, softmax } from "../../src/index.js";
import { compile } from "../../src/run/compile.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { architectures } from "../nets/architectures.js";
import { callTime, compileTime, leastOf } from "../growth/growth.js";

const most = 2.6;

/** Times of sizes that double, and the ratio of each to the one before. */
const growth = async (
  title: string,
  sizes: readonly number[],
  time: (size: number) => Promise<number>,
): Promise<void> => {
  const times: number[] = [];
  for (const size of sizes) times.push(await leastOf(3, () => time(size)));
  console.log(`${title}: ${sizes.map((size, i) => `${size}: ${times[i]?.toFixed(1)} ms`).join(", ")}`);
  const last = (times.at(-1) ?? 0) / (times.at(-2) ?? 1);
  expect(last, title).toBeLessThan(most);
};

const layers = [125, 250, 500, 1000];

test.each(["chain", "residual"] as const)("compiling a %s", async (shape) => {
  await compileTime(125, shape, "inference");
  await growth(`compile, ${shape}, inference`, layers, (size) => compileTime(size, shape, "inference"));
  await growth(`compile, ${shape}, a step`, layers, (size) => compileTime(size, shape, "training"));
});

test("calling", async () => {
  await callTime(125, 100);
  await growth("100 calls, kernels apart", layers, (size) => callTime(size, 100));
});

const clock = async (run: () => Promise<unknown>): Promise<number> => {
  const start = process.cpuUsage().user;
  await run();
  return (process.cpuUsage().user - start) / 1000;
};

const netNamed = (name: string) => {
  const found = architectures.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no net ${name}`);
  return found;
};

test("a prediction of up to 4,096 images", async () => {
  const predictor = await orReject(compile(netNamed("LeNet-5").full, { backend: wasm }));
  const predict = (size: number): Promise<number> => {
    const x = f32([size, 28, 28, 1], new Float32Array(size * 784).fill(0.5));
    return clock(() => orReject(predictor.predict(x)));
  };
  await predict(512);
  await growth("predict LeNet-5", [512, 1024, 2048, 4096], predict);
  predictor.dispose();
});

test("ResNet-50 is compiled in at most 150 ms", async () => {
  const device = await orReject(wasm.load);
  const once = (): Promise<number> =>
    clock(() => {
      const { graph: source } = orThrow(inferenceGraph(netNamed("ResNet-50").full));
      const { graph } = runPasses(source, { registry: operators, target: device.target });
      orThrow(lower(graph, { registry: operators, target: device.target, batch: 1, stableWeights: true }));
      return Promise.resolve();
    });
  const first = await once();
  const warm = await leastOf(5, once);
  console.log(`ResNet-50, expression to program: first ${first.toFixed(0)} ms, warm ${warm.toFixed(0)} ms`);
  expect(warm).toBeLessThan(150);
});

/** A3's layers on pictures of `side`, with so many filters and units: its steps, whatever the sizes. */
const convnet = (side: number, filters: number, units: number): Promise<() => Promise<unknown>> =>
  orReject(
    compile(
      model(
        pipe(
          input([side, side, 1]),
          conv2d({ filters, kernelSize: 3, activation: "relu" }),
          maxPool2d({ poolSize: 2 }),
          conv2d({ filters, kernelSize: 3, activation: "relu" }),
          maxPool2d({ poolSize: 2 }),
          flatten,
          dense({ units, activation: "relu" }),
          dense({ units: 10 }),
          softmax,
        ),
      ),
      { backend: wasm },
    ),
  ).then(
    (predictor) => () => orReject(predictor.predict(f32([1, side, side, 1], new Float32Array(side * side).fill(0.5)))),
  );

test("a call of A3 costs at most 5 % beside its kernels", async () => {
  // The same steps on tensors of a few numbers are a call without its kernels.
  const [empty, whole] = [await convnet(10, 1, 2), await convnet(28, 64, 128)];
  const time = (once: () => Promise<unknown>, runs: number): Promise<number> =>
    clock(async () => {
      for (let i = 0; i < runs; i++) await once();
    }).then((all) => all / runs);
  await time(empty, 4000);
  await time(whole, 400);
  const [beside, all] = [await leastOf(7, () => time(empty, 2000)), await leastOf(7, () => time(whole, 300))];
  console.log(`A3, batch 1: ${(1000 * beside).toFixed(1)} of ${(1000 * all).toFixed(1)} µs are beside its kernels`);
  expect(beside / all).toBeLessThan(0.05);
});
