/** Models whose input has unknown axes: one set of weights, any size, and the sentences of the static rules. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { asFunction } from "../../src/dsl/layer.js";
import { orReject, orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import {
  add,
  compile,
  conv2d,
  dense,
  f32,
  flatten,
  globalAvgPool2d,
  input,
  model,
  named,
  pipe,
  relu,
  reshape,
  sequential,
  share,
  softmax,
  strict,
  withInputShape,
  type Expr,
  type Model,
  type NdArray,
  type Shape,
} from "../../src/index.js";
import { initialWeights } from "../../src/run/initial-weights.js";
import { outlineOf, type ModelOutline } from "../../src/run/inference-graph.js";
import { meanSquaredError, sgd, trainer } from "../../src/train/index.js";
import { recipes, stepsFrom, type Recipe } from "../nets/random-net.js";
import { randomWeights } from "../nets/random-data.js";

const images = (examples: number, ...shape: readonly number[]): NdArray<"f32"> =>
  f32(
    [examples, ...shape],
    Float32Array.from({ length: shape.reduce((a, b) => a * b, examples) }, (_, i) => Math.sin(i)),
  );

const outputOf = async (net: Model<unknown, unknown>, x: NdArray<"f32">, backend: Backend = wasm) => {
  const ready = await orReject(compile(net, { backend }));
  const { output } = await orReject(ready.predict(x));
  ready.dispose();
  return output;
};

const compileError = (net: Model<unknown, unknown>): unknown => {
  const outline = outlineOf(net);
  return E.isLeft(outline) ? outline.left : undefined;
};

const body = sequential(conv2d({ filters: 4, kernelSize: 5, strides: 2 }), relu);
const anySize = model(input([null, null, 3]), body);

describe("prediction", () => {
  test("has the sizes of the data, and the values of the model of that size", async () => {
    for (const [height, width] of [
      [9, 7],
      [16, 5],
    ] as const) {
      const x = images(3, height, width, 3);
      const got = await outputOf(anySize, x);
      expect(got?.shape).toEqual([3, Math.floor((height - 5) / 2) + 1, Math.floor((width - 5) / 2) + 1, 4]);
      expect(got).toEqual(await outputOf(model(input([height, width, 3]), body), x));
    }
  });

  test("shows unknown axes as null", async () => {
    const ready = await orReject(compile(anySize, { backend: wasm }));
    expect(ready.inputs).toEqual([{ name: "input", shape: [null, null, 3] }]);
    ready.dispose();
  });

  test("says what a layer does not take, with its path and the sentence of the static rule", async () => {
    const net = model(input([null, null, 3]), named("stem", body));
    const ready = await orReject(compile(net, { backend: wasm }));
    const before = ready.device.memory().buffers;
    expect(await ready.predict(images(1, 3, 3, 3))()).toMatchObject({
      left: {
        tag: "ShapeMismatch",
        where: "stem/conv2d",
        message: expect.stringMatching(
          /^conv2d: kernel 5x5 does not fit input 3x3 with padding 'valid': pad by at least 1/,
        ),
      },
    });
    expect(ready.device.memory().buffers).toBe(before);
    expect(await ready.predict(images(1, 5, 5, 3))()).toMatchObject({ _tag: "Right" });
    ready.dispose();
  });

  test("refuses data of other known axes, another rank or no cells", async () => {
    const ready = await orReject(compile(anySize, { backend: wasm }));
    for (const shape of [[1, 9, 9, 4], [1, 9, 9], [9, 9, 3, 1, 3], [1, 0, 9, 3], []])
      expect(await ready.predict(f32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1))))()).toMatchObject({
        left: { tag: "BadData", message: expect.stringContaining("the model needs [n, ?, ?, 3]") },
      });
    ready.dispose();
  });

  test("of several inputs takes the sizes of each", async () => {
    const [left, right] = [input([null, null, 2]), input([null, 2])];
    const pooled = pipe(left, globalAvgPool2d);
    const net = model({ inputs: { left, right }, outputs: { pooled, relu: relu(right) } });
    const ready = await orReject(compile(net, { backend: wasm }));
    const got = await orReject(ready.predict({ left: images(2, 3, 4, 2), right: images(2, 5, 2) }));
    expect(got["relu"]?.shape).toEqual([2, 5, 2]);
    expect(got["pooled"]?.shape).toEqual([2, 2]);
    ready.dispose();
  });

  test("merges of inputs that turn out to differ give the merge's sentence", async () => {
    const [left, right] = [input([null, 2]), input([null, 2])];
    const ready = await orReject(
      compile(model({ inputs: { left, right }, outputs: add(left, right) }), { backend: wasm }),
    );
    expect(await ready.predict({ left: images(1, 3, 2), right: images(1, 4, 2) })()).toMatchObject({
      left: { tag: "ShapeMismatch", where: "add", message: expect.stringMatching(/^add: /) },
    });
    ready.dispose();
  });
});

describe("what is kept", () => {
  test("sizes in turn leave the memory flat, and all goes with the predictor", async () => {
    const device = await orReject(wasm.load);
    const empty = device.memory().buffers;
    const ready = await orReject(compile(anySize, { backend: wasm }));
    const sizes = [5, 6, 7, 8, 9, 10, 11, 12];
    const use = async (): Promise<number> => {
      for (const size of sizes) await orReject(ready.predict(images(2, size, size, 3)));
      return device.memory().buffers;
    };
    const once = await use();
    expect(await use()).toBe(once);
    expect(await use()).toBe(once);
    ready.dispose();
    expect(device.memory().buffers).toBe(empty);
  });

  test("many sizes at once do not take each other's programs away", async () => {
    const ready = await orReject(compile(anySize, { backend: wasm }));
    const device = ready.device;
    const sizes = [5, 6, 7, 8, 9, 10, 11, 12];
    // 130 examples are two chunks, so that the runs take turns.
    const got = await Promise.all(sizes.map((size) => orReject(ready.predict(images(130, size, size, 3)))));
    for (const [i, size] of sizes.entries())
      expect(got[i]?.["output"]).toEqual(await outputOf(anySize, images(130, size, size, 3)));
    const before = device.memory().buffers;
    await Promise.all(sizes.map((size) => orReject(ready.predict(images(130, size, size, 3)))));
    expect(device.memory().buffers).toBe(before);
    ready.dispose();
  });
});

describe("weights", () => {
  const namesOf = (net: Model<unknown, unknown>): readonly string[] =>
    orThrow(outlineOf(net)).weights.map(({ name, shape }) => `${name} ${shape.join("x")}`);

  test("are known before a size is: also where only few sizes fit", () => {
    const tower = share(sequential(conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, padding: "valid" }), relu));
    const net = model(
      input([null, null, 3]),
      // Strict: the height is odd, the width even; later 7 x 6 exactly.
      sequential(
        strict(named("stem", tower)),
        tower,
        reshape({ targetShape: [7, 6, 3] }),
        flatten,
        dense({ units: 2 }),
      ),
    );
    expect(namesOf(net)).toEqual([
      "stem/conv2d/kernel 3x2x3x3",
      "stem/conv2d/bias 3",
      "dense/kernel 126x2",
      "dense/bias 2",
    ]);
  });

  test("on an unknown axis are refused before data comes, with the layer's path", async () => {
    const wide: Shape = [null, null, 3];
    const net = model(pipe(input(wide), asFunction(flatten), asFunction(named("head", dense({ units: 2 })))));
    const left = {
      tag: "ShapeMismatch",
      where: "head/dense",
      message: expect.stringMatching(/^dense: .* is unknown, /),
    };
    expect(await compile(net, { backend: wasm })()).toMatchObject({ left });
    expect(outlineOf(net)).toMatchObject({ left });
  });
});

test("a fully convolutional net trains at each size that it is given, and its weights serve any", async () => {
  const general = model(
    input([null, null, 1]),
    sequential(conv2d({ filters: 2, kernelSize: 3, padding: "same" }), relu, globalAvgPool2d, dense({ units: 1 })),
  );
  let weights = orThrow(E.map((outline: ModelOutline) => initialWeights(outline.weights, 1))(outlineOf(general)));
  const losses: number[] = [];
  for (const size of [4, 7, 4, 7]) {
    const sized = withInputShape(general, [size, size, 1]);
    const optimizer = sgd({ learningRate: 0.05 });
    const made = await orReject(trainer({ model: sized, backend: wasm, loss: meanSquaredError(), optimizer, weights }));
    const y = f32([4, 1], new Float32Array(4).fill(3));
    for (let step = 0; step < 10; step++)
      losses.push((await orReject(made.step({ x: images(4, size, size, 1), y })))["loss"] ?? NaN);
    weights = await made.weights();
    made.dispose();
  }
  expect(losses.at(-1)).toBeLessThan(0.1 * (losses[0] ?? 0));
  const ready = await orReject(compile(general, { backend: wasm, weights }));
  const { output } = await orReject(ready.predict(images(1, 5, 9, 1)));
  expect(output?.shape).toEqual([1, 1]);
  ready.dispose();
});

test("training a model whose size is not known asks for it", async () => {
  expect(
    await trainer({ model: anySize, backend: wasm, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) })(),
  ).toMatchObject({ left: { tag: "BadModel", where: "input", message: expect.stringContaining("withInputShape") } });
});

test("sizes from a configuration are plain numbers", async () => {
  const { side }: { readonly side: number } = { side: 9 };
  const wide = model(pipe(input([side, side, 3]), body));
  const ready = await orReject(compile(wide, { backend: wasm }));
  expect(ready.inputs).toEqual([{ name: "input", shape: [9, 9, 3] }]);
  expect(await orReject(ready.predict(images(1, 9, 9, 3)))).toEqual({
    output: await outputOf(anySize, images(1, 9, 9, 3)),
  });
  ready.dispose();
});

/** A model at unknown and at known sizes from one recipe, without the steps that do not fit any size. */
const netsOf = (recipe: Recipe): ((height: number | null, width: number | null) => Model<unknown, unknown>) => {
  const channels = recipe.size[2];
  const steps = stepsFrom(input([null, null, channels]), recipe.ingredients);
  return (height, width) => {
    const image: AnyExpr = input([height, width, channels]);
    const pooled = steps.reduce((x, step) => step(x), image);
    const heads = [globalAvgPool2d, dense({ units: recipe.units }), softmax];
    const output = recipe.head === 0 ? pooled : heads.reduce<AnyExpr>((x, layer) => asFunction(layer)(x), pooled);
    return model({ inputs: { image }, outputs: output });
  };
};

test("random networks at unknown axes are those of the known size, or have its sentence", async () => {
  let right = 0;
  let left = 0;
  const law = async (recipe: Recipe, [height, width]: readonly [number, number], backend: Backend): Promise<void> => {
    const netAt = netsOf(recipe);
    const open = netAt(null, null);
    const weights = randomWeights(orThrow(outlineOf(open)).weights, recipe.seed);
    const ready = await orReject(compile(open, { backend, weights }));
    const x = images(recipe.batch, height, width, recipe.size[2]);
    const got = await ready.predict(x)();
    ready.dispose();
    const known = await compile(netAt(height, width), { backend, weights })();
    if (E.isLeft(known)) {
      left++;
      expect(got).toEqual(known);
      return;
    }
    right++;
    expect(got).toEqual(await known.right.predict(x)());
    known.right.dispose();
  };
  const size = fc.integer({ min: 1, max: 9 });
  await fc.assert(fc.asyncProperty(recipes, fc.tuple(size, size), fc.constantFrom(wasm, reference), law), {
    numRuns: 300,
    seed: 20260722,
  });
  expect(Math.min(left, right)).toBeGreaterThan(10);
});

describe("withInputShape", () => {
  const net = model(input([null, null, 3]), sequential(named("stem", body), globalAvgPool2d, dense({ units: 2 })));

  test("gives a model of known axes with the same weights", async () => {
    const sized = withInputShape(net, [9, 7, 3]);
    expect(sized.inputs.shape).toEqual([9, 7, 3]);
    expect(sized.outputs.shape).toEqual([2]);
    const x = images(2, 9, 7, 3);
    expect(await outputOf(sized, x)).toEqual(await outputOf(net, x));
  });

  test("asks the rules inside blocks again", () => {
    const [narrow, given]: readonly [Shape, Shape] = [
      [null, null, 3],
      [9, 4, 3],
    ];
    const block = withInputShape(model(input(narrow), named("stem", body)), given);
    expect(compileError(block)).toMatchObject({
      where: "stem/conv2d",
      message: expect.stringMatching(/^conv2d: kernel 5x5/),
    });
  });

  test("says which shape does not agree with the input's", () => {
    const wide: Shape = [9, 9, 4];
    for (const shape of [wide, [9, 9] as Shape, [0, 9, 3] as Shape, [2.5, 9, 3] as Shape])
      expect(compileError(withInputShape(net, shape))).toMatchObject({
        tag: "ShapeMismatch",
        where: "input",
        message: expect.stringMatching(/^input: /),
      });
    expect(compileError(withInputShape(net, { other: [9, 9, 3] }))).toMatchObject({ tag: "BadModel", where: "other" });
  });
});

test("types compute the shape again, and say which layer does not take it", () => {
  const net = model(input([null, null, 3]), body);
  const sized: Model<Expr<[9, 7, 3]>, Expr<[3, 2, 4]>, typeof body> = withInputShape(net, [9, 7, 3]);
  expect(sized.outputs.shape).toEqual([3, 2, 4]);
  // @ts-expect-error conv2d: kernel 5x5 does not fit input 4x9
  expect(compileError(withInputShape(net, [4, 9, 3]))).toMatchObject({ tag: "ShapeMismatch" });
  // @ts-expect-error input: the shape 9x9x4 is given for an input of shape ?x?x3
  expect(compileError(withInputShape(net, [9, 9, 4]))).toMatchObject({ tag: "ShapeMismatch" });
});
