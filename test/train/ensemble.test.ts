/** Ensembles: the mean of what the members give alone, on every backend; and what does not fit. */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  add,
  batchNormalization,
  compile,
  conv2d,
  dense,
  dropout,
  ensemble,
  ensembleWeights,
  f32,
  flatten,
  inferenceGraph,
  input,
  model,
  named,
  pipe,
  relu,
  sequential,
  share,
  softmax,
  type Arrays,
  type Model,
  type NdArray,
  type Weights,
} from "../../src/index.js";
import { fillNormal, keyOf } from "../../src/random/index.js";
import { accuracy, adam, evaluate, fit, sgd, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { backendsUnderTest } from "../support/backends.js";
import { relativeError } from "../support/run-graph.js";
import { examplesOf, smallNet } from "./small-task.js";

type AnyModel = Model<unknown, unknown>;

const normal = (shape: readonly number[], seed: number): NdArray<"f32"> => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillNormal(data, keyOf(seed));
  return f32(shape, data);
};

const outputOf = async (
  net: AnyModel,
  weights: Weights | undefined,
  x: NdArray<"f32"> | Arrays,
  backend: Backend = reference,
): Promise<readonly number[]> => {
  const ready = await orReject(compile(net, { backend, weights }));
  const [output] = Object.values(await orReject(ready.predict(x)));
  ready.dispose();
  return Array.from(output?.data ?? []);
};

/** Weights as a training with that seed begins with. */
const weightsOf = async (net: AnyModel, seed: number): Promise<Weights> => {
  const made = await orReject(
    trainer({ model: net, backend: reference, loss: sparseCategoricalCrossentropy(), optimizer: sgd(), seed }),
  );
  const weights = await made.weights();
  made.dispose();
  return weights;
};

const convNet = model(
  pipe(
    input([6, 6, 2]),
    named(
      "stem",
      sequential(conv2d({ filters: 4, kernelSize: 3 }), batchNormalization(), relu, dropout({ rate: 0.5 })),
    ),
    flatten,
    dense({ units: 3 }),
    softmax,
  ),
);
const denseNet = model(pipe(input([6, 6, 2]), flatten, dense({ units: 3 }), softmax));

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test("is the weighted mean of what its members give alone", async () => {
    const x = normal([5, 6, 6, 2], 1);
    const [a, b] = [await weightsOf(convNet, 1), await weightsOf(denseNet, 2)];
    const [alone, other] = [await outputOf(convNet, a, x), await outputOf(denseNet, b, x)];
    const both = ensemble([convNet, denseNet], { weights: [3, 1] });
    const given = await outputOf(both, ensembleWeights([a, b]), x, backend);
    const expected = alone.map((value, i) => (3 * value + (other[i] ?? 0)) / 4);
    expect(relativeError(given, expected)).toBeLessThan(1e-5);
  });

  test("one net several times is as many members, each with weights of its own", async () => {
    const x = normal([4, 6, 6, 2], 3);
    const members = await Promise.all([1, 2, 3].map((seed) => weightsOf(convNet, seed)));
    const alone = await Promise.all(members.map((weights) => outputOf(convNet, weights, x)));
    const given = await outputOf(ensemble([convNet, convNet, convNet]), ensembleWeights(members), x, backend);
    const expected = (alone[0] ?? []).map((_value, i) => alone.reduce((sum, one) => sum + (one[i] ?? 0), 0) / 3);
    expect(relativeError(given, expected)).toBeLessThan(1e-5);
  });
});

test("weights are named by member, and shared layers stay shared in each", () => {
  const tower = share(dense({ units: 2 }));
  const left = input([3]);
  const right = input([3]);
  const net = model({ inputs: { left, right }, outputs: add(tower(left), tower(right)) });
  const { problem } = ensemble([net, net])["~model"];
  expect(problem).toBeUndefined();
  const { graph } = orThrow(inferenceGraph(ensemble([net, net])));
  const names = (op: string) => graph.nodes.filter((node) => node.op === op).map(({ attrs }) => attrs["name"]);
  expect(names("input")).toEqual(["left", "right"]);
  expect(names("parameter")).toEqual([
    "member_0/dense/kernel",
    "member_0/dense/bias",
    "member_1/dense/kernel",
    "member_1/dense/bias",
  ]);
});

test("of logits it averages probabilities: those of softmax, or of sigmoid for one number", async () => {
  const x = normal([3, 4], 5);
  for (const units of [1, 3]) {
    const net = model(pipe(input([4]), dense({ units })));
    const kernels = [normal([4, units], 6), normal([4, units], 7)];
    const bias = f32([units], new Float32Array(units));
    const weights = kernels.map(
      (kernel): Weights =>
        new Map([
          ["dense/kernel", kernel],
          ["dense/bias", bias],
        ]),
    );
    const logits = await Promise.all(weights.map((one) => outputOf(net, one, x)));
    const probabilities = logits.map((values) =>
      values.map((value, i) => {
        const row = Math.floor(i / units) * units;
        const rowOf = units === 1 ? [0, value] : values.slice(row, row + units);
        return Math.exp(value) / rowOf.reduce((sum, one) => sum + Math.exp(one), 0);
      }),
    );
    const given = await outputOf(ensemble([net, net], { average: "probabilities" }), ensembleWeights(weights), x);
    const expected = (probabilities[0] ?? []).map((value, i) => (value + (probabilities[1]?.[i] ?? 0)) / 2);
    expect(relativeError(given, expected)).toBeLessThan(1e-6);
  }
});

test("trained apart, put together, evaluated and trained on: a mean of probabilities is probabilities for a loss", async () => {
  const train = examplesOf(40, 1);
  const loss = sparseCategoricalCrossentropy();
  const members = await Promise.all(
    [1, 2].map(async (seed) => {
      const made = await orReject(
        trainer({ model: smallNet, backend: reference, loss, optimizer: adam({ learningRate: 0.02 }), seed }),
      );
      await orReject(fit(made, { train, epochs: 2, batchSize: 10 }));
      const weights = await made.weights();
      made.dispose();
      return weights;
    }),
  );
  const both = ensemble([smallNet, smallNet]);
  const optimizer = adam({ learningRate: 0.02 });
  const weights = ensembleWeights(members);
  const made = await orReject(
    trainer({ model: both, backend: reference, loss, metrics: [accuracy()], optimizer, weights }),
  );
  const outputs = await Promise.all(members.map((one) => outputOf(smallNet, one, train.x)));
  const before = await orReject(evaluate(made, train));
  const losses = Array.from(train.y.data, (label, row) => {
    const at = row * 3 + label;
    return -Math.log(((outputs[0]?.[at] ?? 0) + (outputs[1]?.[at] ?? 0)) / 2);
  });
  expect(before["loss"]).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / losses.length, 5);
  const { history } = await orReject(fit(made, { train, epochs: 10, batchSize: 10 }));
  expect(history["loss"]?.at(-1)).toBeLessThan(before["loss"] ?? 0);
  made.dispose();
});

describe("what does not fit is one sentence", () => {
  const any: AnyModel = model(pipe(input([4]), dense({ units: 3 }), softmax));
  const otherOutput: AnyModel = model(pipe(input([4]), dense({ units: 2 })));
  const otherInput: AnyModel = model(pipe(input([5]), dense({ units: 3 })));
  const x = input([4]);
  const two: AnyModel = model({ inputs: { x }, outputs: { a: pipe(x, relu), b: x } });
  const broken: AnyModel = model({ inputs: { x }, outputs: {} });
  const [left, right] = [input([4]), input([4])];
  const named2: AnyModel = model({ inputs: { left, right }, outputs: add(left, right) });
  const renamed: AnyModel = model({ inputs: { left, other: right }, outputs: add(left, right) });
  const none: readonly AnyModel[] = [];
  test.each<readonly [string, AnyModel, string]>([
    [
      "ensemble: a member gives 2, the first gives 3: give members of one output shape",
      ensemble([any, otherOutput]),
      "BadModel",
    ],
    [
      "ensemble: a member takes 5, the first takes 4: give members of the same inputs",
      ensemble([any, otherInput]),
      "BadModel",
    ],
    [
      "ensemble: a member takes 4 and 4, the first takes 4 and 4: give members of the same inputs",
      ensemble([named2, renamed]),
      "BadModel",
    ],
    ["ensemble: a member has 2 outputs: make one ensemble for each output", ensemble([any, two]), "Unsupported"],
    ["model: it has no outputs: name at least one in outputs", ensemble([any, broken]), "BadModel"],
    [
      "ensemble: the weights [1] are not one number of at least 0, not all 0, for each of 2 members: mend them",
      ensemble([any, any], { weights: [1] }),
      "BadModel",
    ],
    [
      "ensemble: the weights [1, -1] are not one number of at least 0, not all 0, for each of 2 members: mend them",
      ensemble([any, any], { weights: [1, -1] }),
      "BadModel",
    ],
    // Sound to try: whoever has no types can do it.
    [
      "ensemble: it has no members: give at least one model",
      ensemble(none as unknown as readonly [AnyModel]),
      "BadModel",
    ],
  ])("%s", async (message, net, tag) => {
    expect(await compile(net, { backend: reference })()).toMatchObject({ left: { tag, message } });
    expect(message.length).toBeLessThanOrEqual(200);
  });

  test("weights of too few members", async () => {
    const made = await compile(ensemble([any, any]), { backend: reference, weights: ensembleWeights([new Map()]) })();
    expect(made).toMatchObject({ left: { tag: "BadModel", message: expect.stringContaining("member_0/dense") } });
  });
});
