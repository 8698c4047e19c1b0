/** Frozen layers and loaded weights: what does not change, and what is not even computed. */
import { pipe } from "fp-ts/lib/function.js";
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { defaultPasses, requiredPasses } from "../../src/compiler/pipeline.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  batchNormalization,
  conv2d,
  dense,
  f32,
  flatten,
  frozen,
  input,
  maxPool2d,
  model,
  named,
  relu,
  sequential,
  share,
  softmax,
  strict,
  summarize,
  type Model,
} from "../../src/index.js";
import { l2, loadWeights, sgd, sparseCategoricalCrossentropy, trainer, type Trainer } from "../../src/train/index.js";
import { matches, touches } from "../../src/dsl/weight-paths.js";
import { relativeError } from "../support/run-graph.js";
import { examplesOf } from "./small-task.js";

const stem = sequential(
  conv2d({ filters: 4, kernelSize: 3 }),
  batchNormalization(),
  relu,
  conv2d({ filters: 4, kernelSize: 3, kernelRegularizer: l2(1) }),
  relu,
  maxPool2d(),
);
const netWith = (first: typeof stem): Model<unknown, unknown> =>
  model(pipe(input([8, 8, 1]), named("stem", first), flatten, named("head", dense({ units: 3 })), softmax));
const plain = netWith(stem);
const half = netWith(frozen(stem));

const make = (net: Model<unknown, unknown>, trainable?: readonly string[]): Promise<Trainer> =>
  orReject(
    trainer({
      model: net,
      backend: reference,
      loss: sparseCategoricalCrossentropy(),
      optimizer: sgd({ learningRate: 0.1 }),
      trainable,
      verifyEach: true,
    }),
  );

const batch = {
  x: f32(
    [2, 8, 8, 1],
    Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)),
  ),
  y: examplesOf(2, 4).y,
};

const opsOf = ({ nodes }: Graph): readonly string[] => nodes.map(({ op }) => op);
const gradients = ["conv2dFilterGradient", "conv2dInputGradient", "maxPool2dGradient"];

/** Which weights a step changes. */
const changedBy = async (running: Trainer): Promise<readonly string[]> => {
  const before = await running.weights();
  await orReject(running.step(batch));
  const after = await running.weights();
  running.dispose();
  return [...after].filter(([name, { data }]) => data.join() !== before.get(name)?.data.join()).map(([name]) => name);
};

describe("frozen", () => {
  test("leaves weights and moving statistics as they are", async () => {
    expect(await changedBy(await make(half))).toEqual(["head/dense/kernel", "head/dense/bias"]);
    expect(await changedBy(await make(plain))).toHaveLength(10);
  });

  test("computes no gradient that nothing needs", async () => {
    const [whole, part] = [await make(plain), await make(half)];
    expect(opsOf(whole.training.source)).toEqual(expect.arrayContaining(gradients));
    expect(opsOf(part.training.source).filter((op) => gradients.includes(op))).toEqual([]);
    whole.dispose();
    part.dispose();
  });

  test("gives the same as patterns of what is trained", async () => {
    const [part, pattern] = [await make(half), await make(plain, ["head"])];
    expect(opsOf(pattern.training.source)).toEqual(opsOf(part.training.source));
    const results = [await orReject(part.step(batch)), await orReject(pattern.step(batch))];
    expect(results[0]).toEqual(results[1]);
    expect(await part.weights()).toEqual(await pattern.weights());
  });

  test("a frozen batch norm between trained layers: optimised equals not optimised", async () => {
    const net = model(
      pipe(
        input([8, 8, 1]),
        conv2d({ filters: 4, kernelSize: 3, useBias: false }),
        frozen(batchNormalization()),
        relu,
        maxPool2d(),
        flatten,
        dense({ units: 3 }),
        softmax,
      ),
    );
    const after = await Promise.all(
      [defaultPasses, requiredPasses].map(async (passes) => {
        const running = await orReject(
          trainer({
            model: net,
            backend: wasm,
            loss: sparseCategoricalCrossentropy(),
            optimizer: sgd({ learningRate: 0.1 }),
            passes,
            verifyEach: true,
          }),
        );
        const given = [...(await running.weights())].map(
          ([name, { shape, data }]) =>
            [
              name,
              f32(
                shape,
                data.map((value, i) => value + 0.1 * Math.cos(i)),
              ),
            ] as const,
        );
        orThrow(running.setWeights(new Map(given)));
        for (let step = 0; step < 3; step++) await orReject(running.step(batch));
        return running.weights();
      }),
    );
    for (const [name, { data }] of after[0] ?? [])
      expect(relativeError(data, after[1]?.get(name)?.data ?? []), name).toBeLessThan(1e-5);
  });

  test("keeps names, shapes and what is inside strict", () => {
    const names = (net: Model<unknown, unknown>): readonly string[] =>
      orThrow(summarize(net)).layers.map(({ name }) => name);
    expect(names(half)).toEqual(names(plain));
    expect(orThrow(summarize(half)).trainable).toBe(51);
    // @ts-expect-error types refuse it too
    const refused: { readonly shape: unknown } = pipe(input([9, 9, 1]), strict(frozen(maxPool2d())));
    expect(refused.shape).toMatchObject({ error: expect.stringContaining("maxPool2d") });
  });

  test("a shared weight that is frozen in one place is frozen", async () => {
    const one = share(dense({ units: 4, useBias: false }));
    const net = model(pipe(input([4]), frozen(one), relu, one, dense({ units: 3 }), softmax));
    const running = await orReject(
      trainer({ model: net, backend: reference, loss: sparseCategoricalCrossentropy(), optimizer: sgd() }),
    );
    expect(running.weightInfos.map(({ trainable }) => trainable)).toEqual([false, true, true]);
    running.dispose();
  });
});

describe("patterns", () => {
  test.each([
    ["head", "head/dense/kernel", true],
    ["head/dense", "head/dense/kernel", true],
    ["hea", "head/dense/kernel", false],
    ["stage*/conv2d", "stage12/conv2d/kernel", true],
    ["*/*/bias", "stage12/conv2d/bias", true],
    ["*/bias", "stage12/conv2d/bias", false],
    ["st*ge*2", "stage12/conv2d/bias", true],
  ])("%s on %s: %s", (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected));

  test("a layer is touched by what lies in it", () => {
    expect(touches("stem/conv2d/kernel", "stem/conv2d")).toBe(true);
    expect(touches("stem/conv2d_1/kernel", "stem/conv2d")).toBe(false);
  });

  test("one that matches nothing is a mistake", async () => {
    const made = await trainer({
      model: plain,
      backend: reference,
      loss: sparseCategoricalCrossentropy(),
      optimizer: sgd(),
      trainable: ["haed"],
    })();
    expect(made).toMatchObject({
      left: {
        tag: "BadOption",
        message: expect.stringMatching(
          /^trainable: 'haed' is no weight's path, nor the beginning of one: use stem\/conv2d\/kernel, /,
        ),
      },
    });
  });
});

describe("loadWeights", () => {
  const small = model(pipe(input([4]), named("body", dense({ units: 2 })), named("head", dense({ units: 3 }))));
  const kernel = f32(
    [4, 2],
    Float32Array.from({ length: 8 }, (_, i) => i),
  );
  const bias = f32([2], Float32Array.of(5, 6));
  const given = new Map([
    ["old/dense/kernel", kernel] as const,
    ["old/dense/bias", bias] as const,
    ["other", bias] as const,
  ]);

  test("takes a part under new names and says what it did", () => {
    const { weights, loaded, fresh, unused } = orThrow(
      loadWeights(small, given, { partial: true, rename: { old: "body" } }),
    );
    expect(weights.get("body/dense/kernel")).toBe(kernel);
    expect({ loaded, fresh, unused }).toEqual({
      loaded: ["body/dense/kernel", "body/dense/bias"],
      fresh: ["head/dense/kernel", "head/dense/bias"],
      unused: ["other"],
    });
    expect(
      orThrow(loadWeights(small, given, { partial: true, rename: (name) => name.replace("old", "body") })).loaded,
    ).toEqual(loaded);
  });

  test.each([
    ["weights: 'body/dense/kernel' [4, 2] is missing: give all weights of this model, or set partial", given, {}],
    [
      "weights: none of the 3 is named as one of the model's, such as 'body/dense/kernel': rename them",
      given,
      { partial: true },
    ],
    [
      "weights: 'body/dense/kernel' is [2], the model needs [4, 2]: set skipMismatch to leave it fresh",
      new Map([["body/dense/kernel", bias]]),
      { partial: true },
    ],
    ["weights: two of them are renamed to 'x': give each a name of its own", given, { rename: () => "x" }],
  ])("%s", (message, weights, options) => {
    expect(loadWeights(small, weights, options)).toMatchObject({ left: { tag: "BadModel", message } });
  });
});
