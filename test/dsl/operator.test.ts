/** Operators of one's own: a formula, or a type rule with a decomposition; on every backend, in training, in files. */
import { describe, expect, expectTypeOf, test } from "vitest";
import { graphText } from "../../src/compiler/ir/text.js";
import { parseGraph } from "../../src/compiler/ir/parse.js";
import { registryOf } from "../../src/compiler/ir/builder.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  compile,
  conv2d,
  dense,
  flatten,
  input,
  model,
  operators,
  pipe,
  relu,
  sequential,
  summarize,
  type Expr,
} from "../../src/index.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { applyOperator, elementwise, f, operatorLayer } from "../../src/operator/index.js";
import { meanSquaredError, sgd, trainer } from "../../src/train/index.js";
import type { Backend } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { backendsUnderTest, inferringBackends } from "../support/backends.js";
import { relativeError } from "../support/run-graph.js";
import { runningSum } from "../support/running-sum.js";

const squash = elementwise<Record<never, never>>({
  name: "squash",
  arity: 1,
  formula: () => f.div(f.x0, f.add(1, f.abs(f.x0))),
});

const layer = operatorLayer(squash);
const net = model(
  pipe(input([4, 4, 2]), conv2d({ filters: 3, kernelSize: 3 }), layer, flatten, dense({ units: 2 }), (y) =>
    applyOperator<[2]>(runningSum, [y]),
  ),
);
const x = {
  dtype: "f32" as const,
  shape: [3, 4, 4, 2],
  data: Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)),
};
const y = { dtype: "f32" as const, shape: [3, 2], data: Float32Array.from({ length: 6 }, (_, i) => Math.cos(i)) };

test("types know that a formula keeps the shape", () => {
  expectTypeOf(layer(input([4, 5]))).toEqualTypeOf<Expr<[4, 5]>>();
  expectTypeOf(pipe(input([7]), sequential(layer, dense({ units: 2 })))).toEqualTypeOf<Expr<[2]>>();
  // Written in place too, where what follows must not decide its type.
  expectTypeOf(pipe(input([7]), operatorLayer(squash), dense({ units: 2 }))).toEqualTypeOf<Expr<[2]>>();
  expect(net.outputs.shape).toEqual([2]);
});

const gives = async (backend: Backend): Promise<void> => {
  const plain = await orReject(compile(model(layer(input([5]))), { backend }));
  const xs = [-3, -0.5, 0, 0.25, 8];
  const got = await orReject(plain.predict({ dtype: "f32", shape: [1, 5], data: Float32Array.from(xs) }));
  const want = xs.map((value) => value / (1 + Math.abs(value)));
  expect(relativeError(got["output"]?.data ?? [], want)).toBeLessThan(1e-6);
  const sums = await orReject(compile(model(applyOperator<[2]>(runningSum, [input([2])])), { backend }));
  const summed = await orReject(sums.predict({ dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 2, -4, 3) }));
  expect(Array.from(summed["output"]?.data ?? [])).toEqual([1, 3, -4, -1]);
  // Amid layers that are fused with it.
  const whole = await orReject(compile(net, { backend, seed: 1 }));
  const oracle = await orReject(compile(net, { backend: reference, seed: 1 }));
  const [ours, theirs] = [await orReject(whole.predict(x)), await orReject(oracle.predict(x))];
  expect(relativeError(ours["output"]?.data ?? [], theirs["output"]?.data ?? [])).toBeLessThan(1e-5);
  for (const one of [plain, sums, whole, oracle]) one.dispose();
};

// Those that only infer, too: onnxruntime gets the formula as a graph of ONNX operators.
test.each(inferringBackends.map((backend) => [backend.name, backend] as const))(
  "on %s it gives what the formulas say",
  (_, backend) => gives(backend),
);

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test("trains as the reference does", async () => {
    const losses = async (on: typeof backend): Promise<number[]> => {
      const running = await orReject(
        trainer({
          model: net,
          backend: on,
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
          verifyEach: true,
        }),
      );
      const seen: number[] = [];
      for (let step = 0; step < 5; step++) seen.push((await orReject(running.step({ x, y })))["loss"] ?? Number.NaN);
      running.dispose();
      return seen;
    };
    const got = await losses(backend);
    expect(got.at(-1)).toBeLessThan(got[0] ?? 0);
    expect(relativeError(got, await losses(reference))).toBeLessThan(1e-5);
  });
});

test("the summary counts its operations", () => {
  expect(orThrow(summarize(net)).layers.map(({ name }) => name)).toEqual([
    "conv2d",
    "squash",
    "flatten",
    "dense",
    "runningSum",
  ]);
});

test("a graph that names it is read by those who have it", () => {
  const { graph } = orThrow(inferenceGraph(net));
  const text = graphText(graph);
  const known = registryOf(graph, operators);
  expect(graphText(orThrow(parseGraph(text, known, "file")))).toBe(text);
  expect(parseGraph(text, operators, "file")).toMatchObject({
    left: {
      tag: "Unsupported",
      message: "graph: no operator 'squash' is known here: give the reader the operators of the model's own",
    },
  });
  expect(operators.has("squash")).toBe(false);
});

test("a name that another operator has is refused", () => {
  const problem = (...names: readonly string[]): unknown =>
    inferenceGraph(
      model(
        names.reduce<Expr<[3]>>(
          (value, name) => applyOperator<[3]>(elementwise({ name, formula: () => f.neg(f.x0) }), [value]),
          input([3]),
        ),
      ),
    );
  expect(problem("relu")).toMatchObject({ left: { tag: "BadModel", where: "relu" } });
  expect(problem("mine", "mine")).toMatchObject({
    left: { message: "operator: the name 'mine' belongs to another operator: give yours another name" },
  });
  expect(problem("not a word")).toMatchObject({ left: { tag: "ShapeMismatch" } });
  expect(relu(input([3])).shape).toEqual([3]);
});
