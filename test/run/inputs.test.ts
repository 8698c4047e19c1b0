/** Inputs that a model cannot take are one sentence each, on every backend, before anything runs, and leave no buffer behind. */
import { beforeAll, describe, expect, test } from "vitest";
import { orReject } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { add, compile, conv2d, f32, globalAvgPool2d, i32, input, model, pipe } from "../../src/index.js";
import type { NdArray, Predictor } from "../../src/index.js";
import type { Arrays } from "../../src/run/named-arrays.js";
import { inferringBackends } from "../support/backends.js";

const net = model(
  pipe(input([4, 4, 1], { name: "image" }), conv2d({ filters: 2, kernelSize: 3, useBias: false }), globalAvgPool2d),
);
const left = input([2], { name: "left" });
const right = input([2], { name: "right" });
const two = model({ inputs: { left, right }, outputs: { sum: add(left, right) } });

const pixels = (count: number, put: Readonly<Record<number, number>> = {}): Float32Array =>
  Object.assign(new Float32Array(count * 16).fill(0.5), put);

const image = (count: number, put?: Readonly<Record<number, number>>): NdArray<"f32"> =>
  f32([count, 4, 4, 1], pixels(count, put));

/** As from JavaScript, or from a file: types do not hold it back. */
const untyped = (x: unknown): NdArray<"f32"> => x as NdArray<"f32">; // sound: the test of what happens if not

/** What is given, and all that is said of it. */
const refused: readonly (readonly [string, NdArray<"f32"> | Arrays, string])[] = [
  [
    "another shape",
    f32([2, 4, 1, 4], pixels(2)),
    "predict: 'image' is [2, 4, 1, 4], the model needs [n, 4, 4, 1]: give data of that shape",
  ],
  [
    "no batch axis",
    f32([4, 4, 1], pixels(1)),
    "predict: 'image' is [4, 4, 1], the model needs [n, 4, 4, 1]: give data of that shape",
  ],
  [
    "a scalar",
    f32([], new Float32Array(1)),
    "predict: 'image' is [], the model needs [n, 4, 4, 1]: give data of that shape",
  ],
  [
    "integers",
    untyped(i32([1, 4, 4, 1], new Int32Array(16))),
    "predict: 'image' is i32, f32 is needed: make it by f32(shape, data)",
  ],
  [
    "bytes",
    untyped({ dtype: "u8", shape: [1, 4, 4, 1], data: new Uint8Array(16) }),
    "predict: 'image' is u8, f32 is needed: make it by f32(shape, data)",
  ],
  [
    "too few numbers",
    { dtype: "f32", shape: [2, 4, 4, 1], data: pixels(1) },
    "predict: 'image' holds 16 numbers, its shape [2, 4, 4, 1] needs 32: give data of that size",
  ],
  ["no examples", image(0), "predict: 'image' holds no examples: give at least one"],
  [
    "half an example",
    { dtype: "f32", shape: [0.5, 4, 4, 1], data: new Float32Array(8) },
    "predict: 'image' is [0.5, 4, 4, 1], the model needs [n, 4, 4, 1]: give data of that shape",
  ],
  ["a stranger", { picture: image(1) }, "predict: the model has no input 'picture': its inputs are image"],
  ["nothing", {}, "predict: nothing is given for the input 'image': give an array [n, 4, 4, 1]"],
];

const wild: readonly (readonly [string, NdArray<"f32">, string])[] = [
  ["NaN", image(2, { 22: Number.NaN }), "holds 1 NaN or infinite value, the first is NaN at [1, 1, 2, 0]"],
  [
    "infinities and NaN",
    image(2, { 3: -Infinity, 4: Number.NaN, 31: Infinity }),
    "holds 3 NaN or infinite values, the first is -Infinity at [0, 0, 3, 0]",
  ],
];

describe.each(inferringBackends)("$name", (backend) => {
  let predictor: Predictor;
  let checking: Predictor;
  beforeAll(async () => {
    predictor = await orReject(compile(net, { backend }));
    checking = await orReject(compile(net, { backend, checkInputs: true }));
    // What a program prepares from weights is kept.
    for (const warm of [predictor, checking]) await orReject(warm.predict(image(2)));
  });

  const saysOf = async (
    x: NdArray<"f32"> | Arrays,
    by: Predictor,
    options?: { readonly checkInputs: boolean },
  ): Promise<string | undefined> => {
    const before = by.device.memory().buffers;
    const result = await by.predict(x, options)();
    expect(by.device.memory().buffers).toBe(before);
    if (E.isRight(result)) return undefined;
    expect(result.left).toMatchObject({ tag: "BadData" });
    expect(result.left.message.length).toBeLessThanOrEqual(200);
    return result.left.message;
  };

  test.each(refused)("%s", async (_what, x, sentence) => {
    expect(await saysOf(x, predictor)).toBe(sentence);
    expect(await saysOf(x, checking)).toBe(sentence);
  });

  test.each(wild)("%s, where checkInputs asks for it", async (_what, x, said) => {
    const sentence = `predict: 'image' ${said}: replace them, or predict without checkInputs`;
    expect(await saysOf(x, checking)).toBe(sentence);
    expect(await saysOf(x, predictor, { checkInputs: true })).toBe(sentence);
    expect(await saysOf(x, predictor)).toBeUndefined();
    expect(await saysOf(x, checking, { checkInputs: false })).toBeUndefined();
    expect(await saysOf(image(2), checking)).toBeUndefined();
  });

  test("of two inputs the one that holds a NaN is named, and more examples in one than in the other are counted", async () => {
    const both = await orReject(compile(two, { backend, checkInputs: true }));
    const pair = (count: number, first = 1): NdArray<"f32"> =>
      f32([count, 2], new Float32Array(2 * count).fill(1, 1).fill(first, 0, 1));
    expect(await saysOf({ left: pair(1), right: pair(1, Number.NaN) }, both)).toBe(
      "predict: 'right' holds 1 NaN or infinite value, the first is NaN at [0, 0]: replace them, or predict without checkInputs",
    );
    expect(await saysOf({ left: pair(1), right: pair(2) }, both)).toBe(
      "predict: 'right' holds 2 examples, another input 1: give the same number for all",
    );
    both.dispose();
  });
});
