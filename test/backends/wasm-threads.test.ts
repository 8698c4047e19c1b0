/** WebAssembly with threads: they are there under Node, give the same numbers, and a process has one instance. */
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { beforeAll, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm, wasmThreads } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import { E } from "../../src/fp.js";
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
