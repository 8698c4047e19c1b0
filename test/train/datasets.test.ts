/** Training on data sets: the same numbers as on arrays, whatever reads them, and exact resuming. */
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import {
  batch,
  f32,
  fromArrays,
  fromGenerator,
  i32,
  map,
  prefetch,
  repeat,
  shuffle,
  take,
  type Dataset,
  type NdArray,
  type Value,
} from "../../src/data/index.js";
import { orReject, orThrow, render } from "../../src/errors.js";
import { E, pipe } from "../../src/fp.js";
import { compile } from "../../src/run/compile.js";
import {
  accuracy,
  adam,
  evaluate,
  fit,
  sparseCategoricalCrossentropy,
  trainer,
  type FitOptions,
  type FitResult,
  type Progress,
  type Trainer,
} from "../../src/train/index.js";
import { examplesOf, smallNet } from "./small-task.js";

const arrays = examplesOf(40, 1);
const data = fromArrays({ ...arrays, classes: 3 });
/** The same examples one after the other. */
const stream = fromGenerator(async function* () {
  for (let i = 0; i < 40; i++)
    yield {
      x: f32([4], arrays.x.data.slice(4 * i, 4 * i + 4)),
      y: i32([], arrays.y.data.slice(i, i + 1)),
    };
});
const noisy = <Y extends Value>(from: Dataset<NdArray<"f32">, Y>): Dataset<NdArray<"f32">, Y> =>
  map<NdArray<"f32">, Y, NdArray<"f32">, Y>(({ x, y }, { key }) => ({
    x: f32(
      x.shape,
      x.data.map((value) => value + (key[0] % 100) / 1000),
    ),
    y,
  }))(from);

const make = (): Promise<Trainer> =>
  orReject(
    trainer({
      model: smallNet,
      backend: reference,
      optimizer: adam({ learningRate: 0.05 }),
      loss: sparseCategoricalCrossentropy(),
      metrics: [accuracy()],
      seed: 3,
    }),
  );

type Given = Pick<FitOptions, "train" | "stepsPerEpoch" | "shuffle" | "validation">;

interface Run {
  readonly result: FitResult;
  readonly weights: string;
}

/** All epochs, or broken off after so many batches and resumed by another trainer. */
const run = async (given: Given, breakAfter?: number): Promise<Run> => {
  const options = { ...given, epochs: 3, batchSize: 8 };
  let running = await make();
  let from: FitOptions["from"];
  if (breakAfter !== undefined) {
    const stop = new AbortController();
    let done = 0;
    const onBatch = (): void => {
      if (++done === breakAfter) stop.abort();
    };
    const first = await orReject(fit(running, { ...options, signal: stop.signal, onBatch }));
    expect(first.ended).toBe("interrupted");
    const kept = await running.snapshot();
    running = await make();
    orThrow(running.restore(kept, "memory"));
    from = first;
  }
  const result = await orReject(fit(running, { ...options, from }));
  const weights = [...(await running.weights())].map(([name, { data: numbers }]) => `${name} ${numbers.join()}`);
  return { result, weights: weights.join("\n") };
};

describe("the same as arrays, to the bit", () => {
  test("in order, from every kind of source", async () => {
    const wanted = await run({ train: arrays, shuffle: false, validation: arrays });
    for (const train of [data, batch(8)(data), stream, batch(8)(stream), pipe(data, prefetch({ ahead: 4 }))]) {
      const { result, weights } = await run({ train, validation: data });
      expect(weights).toBe(wanted.weights);
      expect(result.history).toEqual(wanted.result.history);
    }
  });

  test("evaluate and predict", async () => {
    const running = await make();
    expect(await orReject(evaluate(running, data))).toEqual(await orReject(evaluate(running, arrays)));
    expect(await orReject(evaluate(running, stream))).toEqual(await orReject(evaluate(running, arrays)));
    const onProgress = (): never => {
      throw new Error("no paper");
    };
    expect(await evaluate(running, data, { onProgress })()).toMatchObject({
      left: { tag: "BadOption", message: "it throws Error: no paper: correct it" },
    });
    const predictor = await orReject(compile(smallNet, { backend: reference, weights: await running.weights() }));
    const wanted = await orReject(predictor.predict(arrays.x));
    expect(await orReject(predictor.predict(data))).toEqual(wanted);
    expect(await orReject(predictor.predict(batch(7)(stream)))).toEqual(wanted);
    const endless = await predictor.predict(repeat()(data))();
    expect(E.isLeft(endless) ? endless.left.message : "").toBe("predict: the data have no end: take(n) of them");
  });
});

describe("a training that is broken off goes on as if nothing had happened", () => {
  const cases: readonly (readonly [string, Given])[] = [
    ["shuffled, with random maps", { train: pipe(data, shuffle(), noisy) }],
    ["shuffled by fit", { train: data, shuffle: true }],
    ["a shuffled stream, read ahead", { train: pipe(stream, shuffle({ bufferSize: 16 }), noisy, prefetch()) }],
    ["without an end", { train: pipe(data, shuffle(), repeat()), stepsPerEpoch: 3 }],
  ];
  test.each(cases)("%s", async (_, given) => {
    const whole = await run(given);
    for (const breakAfter of [1, 5, 7]) {
      const resumed = await run(given, breakAfter);
      expect(resumed.weights).toBe(whole.weights);
      expect(resumed.result.history).toEqual(whole.result.history);
    }
  });

  test("each epoch has another order, and shuffle() is not the order of the arrays", async () => {
    const inOrder = await run({ train: data });
    expect((await run({ train: shuffle()(data) })).weights).not.toBe(inOrder.weights);
  });
});

test("data without an end go on from epoch to epoch", async () => {
  const seen: number[] = [];
  const counted = pipe(
    data,
    repeat(),
    map((example, { index }) => (seen.push(index), example)),
  );
  await orReject(fit(await make(), { train: counted, epochs: 2, batchSize: 10, stepsPerEpoch: 3 }));
  // 40 examples: the second epoch begins with the fourth ten.
  expect(seen.slice(0, 61).at(30)).toBe(30);
  expect(Math.max(...seen.slice(0, 60))).toBe(59);
});

test("progress says how long training waits for data", async () => {
  const slow = fromGenerator(async function* () {
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield { x: f32([4], new Float32Array(4)), y: i32([], Int32Array.of(0)) };
    }
  });
  const waits: Progress[] = [];
  await orReject(
    fit(await make(), { train: slow, epochs: 1, batchSize: 4, onBatch: (progress) => void waits.push(progress) }),
  );
  expect(waits.map(({ batch: number, batches, examples }) => [number, batches, examples])).toEqual([
    [1, undefined, 4],
    [2, undefined, 8],
    [3, undefined, 12],
  ]);
  expect(waits[0]?.waiting).toBe(0);
  expect(waits[2]?.waiting).toBeGreaterThan(0.3);
  const fast: Progress[] = [];
  await orReject(
    fit(await make(), { train: data, epochs: 1, batchSize: 8, onBatch: (progress) => void fast.push(progress) }),
  );
  expect(fast.at(-1)?.waiting).toBeLessThan(0.3);
});

describe("what is wrong", () => {
  const errorOf = async (options: Partial<FitOptions> & { readonly train: FitOptions["train"] }): Promise<string> => {
    const result = await fit(await make(), { epochs: 1, batchSize: 8, ...options })();
    return E.isLeft(result) ? render(result.left) : "no error";
  };
  test.each<[string, Partial<FitOptions> & { readonly train: FitOptions["train"] }, string]>([
    ["no end", { train: repeat()(data) }, "train: the data have no end: give stepsPerEpoch, or take(n) of them"],
    ["no examples", { train: take(0)(data) }, "train: there are no examples: give at least one"],
    ["an empty stream", { train: take(0)(stream) }, "train: there are no examples: give at least one"],
    [
      "no labels",
      { train: fromArrays({ x: arrays.x }) },
      "labels: data set: its examples have no labels (y): give each one, or use predict",
    ],
    [
      "a split of data",
      { train: data, validationSplit: 0.2 },
      "validationSplit: it is for arrays: use split(0.8) on the data set",
    ],
    ["steps", { train: data, stepsPerEpoch: 0 }, "stepsPerEpoch: 0 is no count: give a whole number of at least 1"],
    [
      "endless validation",
      { train: data, validation: repeat()(data) },
      "validation: the data have no end: take(n) of them",
    ],
    [
      "a batch too large",
      { train: take(3)(data) },
      "batchSize: 8 is more than the 3 training examples: use a batch size of at most 3",
    ],
    [
      "other classes",
      { train: fromArrays({ ...arrays, classes: 5 }) },
      "labels: the data have 5 classes, and the model's output has 3: mend the data or the last layer",
    ],
    [
      "a map that throws in the middle",
      {
        train: pipe(
          data,
          map((example, { index }) => {
            if (index === 20) throw new Error("no luck");
            return example;
          }),
        ),
      },
      "map: the function throws Error: no luck at example 20: correct it",
    ],
  ])("%s", async (_, options, sentence) => {
    expect(await errorOf(options)).toBe(sentence);
  });
});
