/** Where the time of a training step goes, by kernel: `npx jiti bench/step-profile.ts [batch]`. */
import { wasm } from "../src/backends/tfjs/wasm/index.js";
import type { KernelDevice } from "../src/backends/backend.js";
import { orReject } from "../src/errors.js";
import { f32, i32 } from "../src/data/nd-array.js";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, relu, softmax } from "../src/index.js";
import { accuracy, adam, sparseCategoricalCrossentropy, trainer } from "../src/train/index.js";

const batch = Number(process.argv[2] ?? 64);
const net = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d(),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d(),
    flatten,
    dense({ units: 128 }),
    relu,
    dense({ units: 10 }),
    softmax,
  ),
);
const times = new Map<string, { calls: number; milliseconds: number }>();
const clocked = <A>(key: string, run: () => A): A => {
  const start = performance.now();
  const made = run();
  const sum = times.get(key) ?? { calls: 0, milliseconds: 0 };
  times.set(key, { calls: sum.calls + 1, milliseconds: sum.milliseconds + performance.now() - start });
  return made;
};
/** The wasm device with a clock around each call; its kernels run to their end before they return. */
const timed = (device: KernelDevice): KernelDevice => ({
  ...device,
  bind: (call, inputs, type) => {
    const run = device.bind?.(call, inputs, type) ?? ((buffers) => device.call(call, buffers, type));
    return (buffers) => clocked(`${call.kernel} -> [${type.shape.join(", ")}]`, () => run(buffers));
  },
});
const device = timed(await orReject(wasm.load));
const backend = { ...wasm, load: () => Promise.resolve({ _tag: "Right" as const, right: device }) };
const made = await orReject(
  trainer({ model: net, backend, loss: sparseCategoricalCrossentropy(), optimizer: adam(), metrics: [accuracy()] }),
);
const data = {
  x: f32(
    [batch, 28, 28, 1],
    Float32Array.from({ length: batch * 784 }, (_, i) => ((i * 7919) % 256) / 255),
  ),
  y: i32(
    [batch],
    Int32Array.from({ length: batch }, (_, i) => i % 10),
  ),
};
const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? 0;
const clock = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};
const steps: number[] = [];
const forwards: number[] = [];
for (let round = 0; round < 4; round++) await orReject(made.step(data)).then(() => orReject(made.evaluateBatch(data)));
times.clear();
const rounds = 20;
for (let round = 0; round < rounds; round++) {
  forwards.push(await clock(() => orReject(made.evaluateBatch(data))));
  steps.push(await clock(() => orReject(made.step(data))));
}
const rows = [...times].toSorted(([, a], [, b]) => b.milliseconds - a.milliseconds).slice(0, 24);
for (const [key, { calls, milliseconds }] of rows)
  console.log(`${(milliseconds / rounds).toFixed(2).padStart(8)} ms ${String(calls / rounds).padStart(5)} x ${key}`);
console.log(
  `forward ${median(forwards).toFixed(1)} ms, step ${median(steps).toFixed(1)} ms, ratio ${(median(steps) / median(forwards)).toFixed(2)}`,
);
