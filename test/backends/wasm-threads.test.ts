/** WebAssembly with threads: they are there under Node, give the same numbers, and a process has one instance. */
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { beforeAll, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm, wasmThreads } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { expectClose, randomTensor, runKernel, type Plain } from "./wasm-kernels/harness.js";
import { compile, conv2d, f32, flatten, dense, input, model, pipe, relu } from "../../src/index.js";

const cores = cpus().length;
const threads = wasmThreads({ threads: 2 });

beforeAll(() => orReject(threads.load));

test("has the threads that it was asked for, and has put Node's own things back", () => {
  expect(getThreadsCount()).toBe(2);
  expect(cpus()).toHaveLength(cores);
  expect(Worker.name).toBe("Worker");
});

test("predicts what the reference predicts, for a product large enough to be shared out", async () => {
  const net = model(
    pipe(input([24, 24, 3]), conv2d({ filters: 32, kernelSize: 3 }), relu, flatten, dense({ units: 8 })),
  );
  const x = f32(
    [6, 24, 24, 3],
    Float32Array.from({ length: 6 * 24 * 24 * 3 }, (_, i) => Math.sin(i)),
  );
  const [fast, slow] = await Promise.all(
    [threads, reference].map(async (backend) => {
      const predictor = await orReject(compile(net, { backend, seed: 3 }));
      const { output } = await orReject(predictor.predict(x));
      predictor.dispose();
      return output?.data ?? [];
    }),
  );
  expect(fast).toHaveLength(48);
  fast?.forEach((value, i) => expect(value).toBeCloseTo(slow?.[i] ?? Number.NaN, 4));
});

test("our own convolution and product work in shared memory", async () => {
  const [x, kernel] = [randomTensor([2, 9, 10, 12], 1), randomTensor([3, 3, 12, 9], 2)];
  const pads = [
    [1, 1],
    [1, 1],
  ];
  const packed = async (filter: Plain, size: number): Promise<Plain> => {
    const shape = [size];
    return { shape, values: await runKernel("packFilter", { inputs: [filter], shape, threads: 2 }) };
  };
  const attributes = { kernelSize: [3, 3], strides: [1, 1], dilations: [1, 1], pads, bias: false, residual: false };
  const inputs = [x, await packed(kernel, 3 * 3 * 12 * 16)];
  const call = { inputs, shape: [2, 9, 10, 9], attributes: { ...attributes, formula: ["max", "x0", 0] } };
  const expected = relued(plainConvolution(x, kernel));
  expectClose(await runKernel("conv2d", { ...call, threads: 2 }), expected, 1e-5);

  const [a, b] = [randomTensor([1, 40], 3), randomTensor([40, 11], 4)];
  const product = Float64Array.from({ length: 11 }, (_, column) =>
    [...a.values].reduce((sum, value, k) => sum + value * (b.values[k * 11 + column] ?? 0), 0),
  );
  const plain = { bias: false, residual: false, formula: "x0" };
  const run = { inputs: [a, await packed(b, 40 * 16)], shape: [1, 11], attributes: plain, threads: 2 };
  expectClose(await runKernel("product", run), product, 1e-5);
});

/** 3 × 3 with one cell of padding around, as plain sums. */
const plainConvolution = (x: Plain, kernel: Plain): Float64Array => {
  const [n = 0, h = 0, w = 0, ci = 0] = x.shape;
  const [, , , co = 0] = kernel.shape;
  return Float64Array.from({ length: n * h * w * co }, (_, place) => {
    const [f, column, row] = [place % co, Math.floor(place / co) % w, Math.floor(place / co / w) % h];
    const image = Math.floor(place / co / w / h);
    let sum = 0;
    for (let ky = 0; ky < 3; ky++)
      for (let kx = 0; kx < 3; kx++) {
        const [y, at] = [row + ky - 1, column + kx - 1];
        if (y < 0 || y >= h || at < 0 || at >= w) continue;
        for (let c = 0; c < ci; c++)
          sum +=
            (x.values[((image * h + y) * w + at) * ci + c] ?? 0) *
            (kernel.values[((ky * 3 + kx) * ci + c) * co + f] ?? 0);
      }
    return sum;
  });
};

const relued = (values: Float64Array): Float64Array => values.map((value) => Math.max(value, 0));

test("another number of threads in the same process is refused with a sentence", async () => {
  const refused = await wasm.load();
  expect(E.isLeft(refused) && refused.left).toEqual({
    tag: "BackendMissing",
    where: "wasm",
    message:
      "backend: WebAssembly cannot have other threads: this process runs it with 2 thread(s) already: use one wasm backend in a process",
  });
  expect(E.isRight(await wasmThreads({ threads: 2 }).load())).toBe(true);
});

test.each([1, 0, 2.5, Number.NaN])("threads: %s is refused", async (count) => {
  const refused = await wasmThreads({ threads: count }).load();
  expect(E.isLeft(refused) && refused.left.message).toBe(
    `wasmThreads: threads ${count} is not a whole number of at least 2: use the backend wasm for one thread`,
  );
});
