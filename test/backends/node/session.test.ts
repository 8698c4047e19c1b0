/** What a session of TensorFlow must keep: values that somebody retains, weights after a failure, memory. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Buffer, GraphDevice } from "../../../src/backends/backend.js";
import { graphBuilder } from "../../../src/compiler/ir/builder.js";
import type { Graph } from "../../../src/compiler/ir/graph.js";
import { E } from "../../../src/fp.js";
import { add, mul } from "../../../src/formula/formula.js";
import { operators } from "../../../src/ops/registry.js";
import { missingAddon, nodeDevice } from "./addon-or-skip.js";

let device: GraphDevice | undefined;
beforeAll(async () => (device = await nodeDevice()));

const here = (context: { skip: (reason: string) => never }): GraphDevice => device ?? context.skip(missingAddon);

/** w becomes 2 w + x; the result is Σ w x. */
const doubling = (): Graph => {
  const { emit, finish } = graphBuilder(operators);
  const x = emit("input", [], { name: "x", dtype: "f32", shape: [2] });
  const w = emit("parameter", [], { name: "w", dtype: "f32", shape: [2] });
  const next = emit("elementwise", [w, x], { formula: add(mul(2, "x0"), "x1") });
  const product = emit("reduceSum", [emit("multiply", [w, x])], { axes: [0], keepDims: false });
  return finish([
    { kind: "result", name: "product", value: product.id },
    { kind: "update", name: "w", value: next.id },
  ]);
};

const pair = (on: GraphDevice, a: number, b: number): Buffer =>
  on.upload(Float32Array.of(a, b), { dtype: "f32", shape: [2] });
const numbers = async (on: GraphDevice, buffer: Buffer | undefined): Promise<readonly number[]> =>
  buffer === undefined ? [] : Array.from(await on.read(buffer));

describe("a graph with updates", () => {
  const running = (on: GraphDevice, guard?: string) => {
    const loaded = on.load(doubling(), { registry: operators, stableWeights: false, guard });
    const step = async (x: Buffer, w: Buffer): Promise<readonly Buffer[]> => {
      const ran = await loaded.run(1, { input: () => x, parameter: () => w, state: () => w });
      if (E.isLeft(ran)) throw new Error(ran.left.message);
      return ran.right;
    };
    return { loaded, step };
  };

  test("a value that is retained outlives the next run, and can be fed again", async (context) => {
    const on = here(context);
    const before = on.memory().buffers;
    const { loaded, step } = running(on);
    const [x, w0] = [pair(on, 1, 3), pair(on, 10, 20)];
    const [first, w1 = w0] = await step(x, w0);
    on.retain(w1);
    const [second, w2 = w0] = await step(x, w1);
    expect(await numbers(on, first)).toEqual([70]);
    expect(await numbers(on, second)).toEqual([1 * 21 + 3 * 43]);
    expect(await numbers(on, w2)).toEqual([43, 89]);
    expect(await numbers(on, w1)).toEqual([21, 43]);
    expect(await numbers(on, w0)).toEqual([10, 20]);
    const [third, again = w0] = await step(x, w1);
    expect(await numbers(on, third)).toEqual([1 * 21 + 3 * 43]);
    expect(await numbers(on, again)).toEqual([43, 89]);
    // w2 lost its variable to w1, was kept, and lives on without the graph.
    loaded.dispose();
    expect(await numbers(on, w2)).toEqual([43, 89]);
    for (const buffer of [x, w0, w1, w1, w2, again, first, second, third]) if (buffer !== undefined) on.release(buffer);
    expect(on.memory().buffers).toBe(before);
  });

  test("where the guard is not finite no update takes place", async (context) => {
    const on = here(context);
    const { loaded, step } = running(on, "product");
    const [x, bad, w0] = [pair(on, 1, 1), pair(on, NaN, 1), pair(on, 1, 2)];
    const [, w1 = w0] = await step(x, w0);
    const [product, same = w0] = await step(bad, w1);
    expect(await numbers(on, product)).toEqual([NaN]);
    expect(await numbers(on, same)).toEqual([3, 5]);
    const [, w2] = await step(x, w1);
    expect(await numbers(on, w2)).toEqual([7, 11]);
    loaded.dispose();
  });

  test("weights that one graph trained are another's", async (context) => {
    const on = here(context);
    const [trained, other] = [running(on), running(on)];
    const [x, w0] = [pair(on, 1, 1), pair(on, 1, 2)];
    const [, w1 = w0] = await trained.step(x, w0);
    const [product] = await other.step(x, on.retain(w1));
    expect(await numbers(on, product)).toEqual([8]);
    trained.loaded.dispose();
    other.loaded.dispose();
  });
});

test("a tensor for which there is no room: the size, and what to lower", async (context) => {
  const on = here(context);
  const { emit, finish } = graphBuilder(operators);
  const x = emit("input", [], { name: "x", dtype: "f32", shape: [1] });
  const wide = emit("broadcastTo", [x], { shape: [1_000_000, 1_000_000, 100] });
  const graph = finish([{ kind: "result", name: "y", value: wide.id }]);
  const loaded = on.load(graph, { registry: operators, stableWeights: false });
  const fed = on.upload(Float32Array.of(1), { dtype: "f32", shape: [1] });
  const ran = await loaded.run(32, { input: () => fed, parameter: () => fed, state: () => fed });
  expect(E.isLeft(ran) && ran.left).toMatchObject({
    tag: "BackendFailed",
    message:
      "node: out of memory on the CPU: no room for [1000000,1000000,100], 400000.0 GB: use a batch smaller than 32, or a smaller model",
  });
  loaded.dispose();
});

test("10 and 1,000 runs hold the same", async (context) => {
  const on = here(context);
  const loaded = on.load(doubling(), { registry: operators, stableWeights: false, guard: "product" });
  const x = pair(on, 0, 0);
  let w = pair(on, 0, 0);
  const run = async (): Promise<void> => {
    const ran = await loaded.run(1, { input: () => x, parameter: () => w, state: () => w });
    if (E.isLeft(ran)) throw new Error(ran.left.message);
    const [product, next] = ran.right;
    on.release(w);
    if (next !== undefined) w = next;
    if (product !== undefined) on.release(product);
  };
  for (let i = 0; i < 10; i++) await run();
  const early = on.memory();
  for (let i = 0; i < 1000; i++) await run();
  expect(on.memory()).toEqual(early);
  loaded.dispose();
});
