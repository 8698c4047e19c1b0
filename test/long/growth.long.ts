/** Time by size, up to 1,000 convolutions and 4,096 images; ResNet-50's compile time; what a call of A3 costs beside its kernels. */
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32 } from "../../src/data/nd-array.js";
import { orReject, orThrow } from "../../src/errors.js";
import { lower } from "../../src/compiler/lowering/lower.js";
import { runPasses } from "../../src/compiler/pipeline.js";
import { operators } from "../../src/ops/registry.js";
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

test("a call of A3 costs at most 5 % beside its kernels", async () => {
  const loaded = await orReject(wasm.load);
  let inside = 0;
  const timed = {
    ...loaded,
    call: (...args: Parameters<typeof loaded.call>) => {
      const start = performance.now();
      const made = loaded.call(...args);
      inside += performance.now() - start;
      return made;
    },
  };
  const predictor = await orReject(
    compile(netNamed("A3").full, {
      backend: { ...wasm, load: () => Promise.resolve({ _tag: "Right", right: timed }) },
    }),
  );
  const x = f32([1, 28, 28, 1], new Float32Array(784).fill(0.5));
  for (let i = 0; i < 200; i++) await orReject(predictor.predict(x));
  const shares: number[] = [];
  for (let i = 0; i < 1000; i++) {
    inside = 0;
    const start = performance.now();
    await orReject(predictor.predict(x));
    shares.push(1 - inside / (performance.now() - start));
  }
  const share = shares.toSorted((a, b) => a - b)[500] ?? 1;
  console.log(`A3, batch 1: ${(100 * share).toFixed(1)} % of a call is beside its kernels`);
  predictor.dispose();
  expect(share).toBeLessThan(0.05);
});
