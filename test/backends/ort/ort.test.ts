/** The ort backend: what it refuses, in sentences; names, types and shapes that are unusual; memory that stays flat. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { dense, flatten, input, model, pipe, relu } from "../../../src/index.js";
import { ort, ortWith } from "../../../src/backends/ort/index.js";
import type { Device } from "../../../src/backends/backend.js";
import { graphBuilder } from "../../../src/compiler/ir/builder.js";
import { f32, i32 } from "../../../src/data/nd-array.js";
import { exitCodeOf, orReject, orThrow, render } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { add, mul, x0, x1 } from "../../../src/formula/formula.js";
import { operators } from "../../../src/ops/registry.js";
import { compile } from "../../../src/run/compile.js";
import type { Weights } from "../../../src/run/initial-weights.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../../src/train/index.js";
import { runGraph } from "../../support/run-graph.js";
import { runNamed } from "../../support/run-named.js";

const net = model(pipe(input([4, 4, 1]), flatten, dense({ units: 3, activation: "softmax" })));

let device: Device;
beforeAll(async () => {
  device = await orReject(ort.load);
});

describe("refuses", () => {
  test("to train, and names another backend: exit code 3", async () => {
    const made = await trainer({
      model: net,
      backend: ort,
      loss: sparseCategoricalCrossentropy(),
      optimizer: adam(),
    })();
    if (E.isRight(made)) throw new Error("it should not train");
    expect(render(made.left)).toBe("backend: ort infers and does not train: train on another such as wasm");
    expect(exitCodeOf(made.left)).toBe(3);
  });

  test("a step where only evaluation was asked for, and evaluates", async () => {
    const batch = {
      x: f32([2, 4, 4, 1], new Float32Array(32)),
      y: { dtype: "i32", shape: [2], data: Int32Array.of(0, 2) },
    };
    const loss = sparseCategoricalCrossentropy();
    const made = await orReject(trainer({ model: net, backend: ort, loss, optimizer: adam(), purpose: "evaluation" }));
    // An all-zero picture gives equal probabilities: the loss is log 3.
    const { loss: value = 0 } = await orReject(made.evaluateBatch(batch as never)); // sound: the batch of this model, as literals
    expect(value).toBeCloseTo(Math.log(3), 5);
    expect(E.isLeft(await made.step(batch as never)())).toBe(true); // sound: the same
    made.dispose();
  });

  test("to go on with old weights: evaluation has those that are set, also while a batch is evaluated", async () => {
    const loss = sparseCategoricalCrossentropy();
    const made = await orReject(trainer({ model: net, backend: ort, loss, optimizer: adam(), purpose: "evaluation" }));
    const batch = { x: f32([1, 4, 4, 1], new Float32Array(16)), y: i32([1], Int32Array.of(1)) };
    const losing = async (): Promise<number> => (await orReject(made.evaluateBatch(batch)))["loss"] ?? Number.NaN;
    const weights = await made.weights();
    const snapshot = await made.snapshot();
    expect(await losing()).toBeCloseTo(Math.log(3), 5);
    // A zero picture leaves the bias [0, b, 0]: the loss of class 1 is log(2 + e^b) - b.
    const biased = (b: number): Weights => new Map([...weights, ["dense/bias", f32([3], Float32Array.of(0, b, 0))]]);
    const lossAt = (b: number): number => Math.log(2 + Math.exp(b)) - b;
    orThrow(made.setWeights(biased(1)));
    expect(await losing()).toBeCloseTo(lossAt(1), 5);
    const begun = losing();
    orThrow(made.setWeights(biased(2)));
    const either = await begun;
    expect(Math.min(Math.abs(either - lossAt(1)), Math.abs(either - lossAt(2)))).toBeLessThan(1e-5);
    expect(await losing()).toBeCloseTo(lossAt(2), 5);
    orThrow(made.restore(snapshot, "test"));
    expect(await losing()).toBeCloseTo(Math.log(3), 5);
    made.dispose();
  });

  test.each([0, -1, 1.5, Number.NaN])("%d threads", async (threads) => {
    const loaded = await ortWith({ threads }).load();
    expect(E.isLeft(loaded) && loaded.left.tag).toBe("BadOption");
  });

  test("with the remedy when the package is not there", async () => {
    vi.resetModules();
    vi.doMock("onnxruntime-node", () => {
      throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    const { ort: fresh } = await import("../../../src/backends/ort/index.js");
    const loaded = await fresh.load();
    vi.doUnmock("onnxruntime-node");
    expect(E.isLeft(loaded) && loaded.left).toMatchObject({ tag: "BackendMissing" });
    expect(E.isLeft(loaded) && render(loaded.left)).toContain("npm install onnxruntime-node");
  });

  test("weights of more than 2 GB", async () => {
    const builder = graphBuilder(operators);
    const size = 2 ** 27;
    const data = new Float32Array(size);
    const names = ["a", "b", "c", "d", "e"];
    const sum = names
      .map((name) => builder.emit("parameter", [], { name, dtype: "f32", shape: [size] }))
      .reduce((a, b) => builder.emit("add", [a, b]));
    const { writeOnnx } = await import("../../../src/io/onnx/write.js");
    const written = writeOnnx({
      graph: builder.finish([{ kind: "result", name: "y", value: sum.id }]),
      weights: () => ({ dtype: "f32", shape: [size], data }),
    });
    expect(E.isLeft(written) && render(written.left)).toContain("2.5 GiB");
    expect(E.isLeft(written) && written.left.tag).toBe("Unsupported");
  });
});

describe("runs", () => {
  const hostile = ["", "__proto__", "constructor", "a\0b", "a\nb", "\uD800", "a_b", "y"];

  test.each([true, false])("graphs whose names are hostile, weights stable: %s", async (stableWeights) => {
    const builder = graphBuilder(operators);
    const values = hostile.map((name, i) =>
      builder.emit(i % 2 === 0 ? "parameter" : "input", [], { name, dtype: "f32", shape: [2] }),
    );
    const sum = values.reduce((a, b) => builder.emit("add", [a, b]));
    const [first] = values;
    const outputs = [...hostile, "y "].map((name, i) => ({
      kind: "result" as const,
      name,
      value: (i === 0 ? first : sum)?.id ?? 0,
    }));
    const feeds = new Map(hostile.map((name, i) => [name, f32([2], Float32Array.of(i, 2 * i))] as const));
    const results = await runNamed(builder.finish(outputs), device, { batch: 1, feeds, stableWeights });
    expect(results.size).toBe(hostile.length + 1);
    for (const [name, values_] of results)
      expect([...values_], JSON.stringify(name)).toEqual(name === "" ? [0, 0] : [28, 56]);
  });

  test("whole numbers, scalars and tensors without elements", async () => {
    const builder = graphBuilder(operators);
    const whole = builder.emit("input", [], { name: "0", dtype: "i32", shape: [3] });
    const scalar = builder.emit("input", [], { name: "1", dtype: "f32", shape: [] });
    const empty = builder.emit("input", [], { name: "2", dtype: "f32", shape: [0, 2] });
    const outputs = {
      whole,
      scaled: builder.emit("elementwise", [whole, scalar], { formula: ["floor", mul(x0, x1)] }),
      truncated: builder.emit("cast", [scalar], { dtype: "i32" }),
      empty: builder.emit("elementwise", [empty, scalar], { formula: add(x0, x1) }),
      flat: builder.emit("reshape", [empty], { shape: [2, 0] }),
    };
    const graph = builder.finish(
      Object.entries(outputs).map(([name, { id }]) => ({ kind: "result", name, value: id })),
    );
    const results = await runGraph(graph, device, [
      { dtype: "i32", shape: [3], data: [-2, 0, 2_147_483_647] },
      { dtype: "f32", shape: [], data: [-1.5] },
      { dtype: "f32", shape: [0, 2], data: [] },
    ]);
    expect(Object.fromEntries(Object.entries(results).map(([name, values]) => [name, [...values]]))).toEqual({
      whole: [-2, 0, 2_147_483_647],
      scaled: [3, -0, Math.fround(-1.5 * 2_147_483_648)],
      truncated: [-1],
      empty: [],
      flat: [],
    });
  });

  test("any batch size, in turn and at once", async () => {
    const ready = await orReject(compile(net, { backend: ortWith({ threads: 1 }) }));
    const x = (n: number) =>
      f32(
        [n, 4, 4, 1],
        Float32Array.from({ length: n * 16 }, (_, i) => (i % 16) / 16),
      );
    const all = await Promise.all([1, 5, 2, 1].map((n) => orReject(ready.predict(x(n)))));
    const rows = all.map(({ output }) => [...(output?.data.slice(0, 3) ?? [])]);
    expect(all.map(({ output }) => output?.shape)).toEqual([1, 5, 2, 1].map((n) => [n, 3]));
    for (const row of rows) for (const [i, value] of row.entries()) expect(value).toBeCloseTo(rows[0]?.[i] ?? 0, 6);
    ready.dispose();
    expect(E.isLeft(await ready.predict(x(1))())).toBe(true);
  });
});

test("1,000 predictions leave memory flat", async () => {
  const wide = model(pipe(input([32, 32, 3]), flatten, dense({ units: 64 }), relu));
  const ready = await orReject(compile(wide, { backend: ort }));
  const x = f32([8, 32, 32, 3], new Float32Array(8 * 32 * 32 * 3).fill(0.5));
  const predict = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await orReject(ready.predict(x));
  };
  await predict(100);
  const before = { ...ready.device.memory(), resident: process.memoryUsage().rss };
  await predict(1000);
  const { buffers, bytes } = ready.device.memory();
  expect({ buffers, bytes }).toEqual({ buffers: before.buffers, bytes: before.bytes });
  // 1,000 batches are 98 MB: none of it may stay.
  expect((process.memoryUsage().rss - before.resident) / 2 ** 20, "MiB more").toBeLessThan(50);
  ready.dispose();
});
