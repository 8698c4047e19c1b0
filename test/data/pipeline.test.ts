/** Data sets: the order of examples, what is drawn at random, batches, and what is wrong with options; expected values are counted by hand. */
import { describe, expect, it } from "vitest";
import {
  batch,
  cache,
  elements,
  f32,
  fromArrays,
  fromGenerator,
  i32,
  map,
  mapBatches,
  normalize,
  prefetch,
  repeat,
  rescale,
  shuffle,
  skip,
  split,
  statistics,
  take,
  toArrays,
  zip,
  type AnyDataset,
  type Dataset,
  type Epoch,
  type NdArray,
} from "../../src/data/index.js";
import { orReject, orThrow, render, SvertkaFailure } from "../../src/errors.js";
import { E, pipe } from "../../src/fp.js";

type Scalars = Dataset<NdArray<"f32", readonly []>, undefined>;

const count = (n: number): Scalars =>
  fromArrays({
    x: f32(
      [n] as const,
      Float32Array.from({ length: n }, (_, i) => i),
    ),
  });
/** The same as a stream, whose length is not known. */
const stream = (n: number): Scalars =>
  fromGenerator(function* () {
    for (let i = 0; i < n; i++) yield { x: f32([] as const, Float32Array.of(i)), y: undefined };
  });
const both = [
  ["by number", count],
  ["a stream", stream],
] as const;

const numbers = async (data: Scalars, reading?: Partial<Epoch>): Promise<readonly number[]> => {
  const all: number[] = [];
  for await (const { x } of elements(data, reading)) all.push(x.data[0] ?? Number.NaN);
  return all;
};
const sorted = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const errorOf = async (data: AnyDataset<unknown, unknown>): Promise<string> => {
  try {
    if (data.kind === "dataset") for await (const _ of elements(data)) continue;
    else for await (const _ of elements(data)) continue;
    return "no error";
  } catch (cause) {
    return cause instanceof SvertkaFailure ? render(cause.error) : String(cause);
  }
};

describe.each(both)("examples %s", (_, made) => {
  it("take and skip", async () => {
    expect(await numbers(take(3)(made(5)))).toEqual([0, 1, 2]);
    expect(await numbers(take(9)(made(2)))).toEqual([0, 1]);
    expect(await numbers(take(0)(made(2)))).toEqual([]);
    expect(await numbers(skip(3)(made(5)))).toEqual([3, 4]);
    expect(await numbers(pipe(made(9), skip(2), take(3), skip(1)))).toEqual([3, 4]);
  });

  it("repeat", async () => {
    expect(await numbers(repeat(3)(made(2)))).toEqual([0, 1, 0, 1, 0, 1]);
    expect(await numbers(pipe(made(3), repeat(), take(7)))).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(await numbers(pipe(made(3), repeat(), repeat(2), take(7)))).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it("shuffle: each once, another order by seed and by epoch, the same again for the same", async () => {
    const mixed = shuffle()(made(50));
    const first = await numbers(mixed);
    expect(sorted(first)).toEqual(range(0, 50));
    expect(first).not.toEqual(range(0, 50));
    expect(await numbers(mixed)).toEqual(first);
    expect(await numbers(mixed, { epoch: 1 })).not.toEqual(first);
    expect(await numbers(mixed, { seed: 1 })).not.toEqual(first);
    // A seed of its own does not heed the reading's.
    const fixed = shuffle({ seed: 5 })(made(50));
    expect(await numbers(fixed, { seed: 1 })).toEqual(await numbers(fixed, { seed: 2 }));
    // Each round of a repetition is an epoch of its own.
    const twice = await numbers(pipe(made(50), shuffle(), repeat(2)));
    expect(twice.slice(0, 50)).not.toEqual(twice.slice(50));
    expect(sorted(twice.slice(50))).toEqual(range(0, 50));
  });

  it("map: by a key of the example, of the epoch and of the step", async () => {
    const keys = pipe(
      made(3),
      map(({ y }, { key }) => ({ x: f32([] as const, Float32Array.of(key[0] % 1_000_000)), y })),
    );
    const first = await numbers(keys);
    expect(new Set(first).size).toBe(3);
    expect(await numbers(keys)).toEqual(first);
    expect(await numbers(keys, { epoch: 1 })).not.toEqual(first);
    const later = pipe(
      made(3),
      skip(0),
      map(({ y }, { key }) => ({ x: f32([] as const, Float32Array.of(key[0] % 1_000_000)), y })),
    );
    expect(await numbers(later)).not.toEqual(first);
  });

  it("batch, with the rest or without it", async () => {
    const sizes = async (data: ReturnType<ReturnType<typeof batch>>): Promise<readonly (number | undefined)[]> => {
      const all = [];
      // Sound enough for a test: their inputs are arrays.
      for await (const { x } of elements(data)) all.push((x as unknown as NdArray).shape[0]);
      return all;
    };
    expect(await sizes(batch(4)(made(10)))).toEqual([4, 4, 2]);
    expect(await sizes(batch(4, { dropRemainder: true })(made(10)))).toEqual([4, 4]);
    expect(await sizes(pipe(made(10), batch(4), prefetch({ ahead: 3 })))).toEqual([4, 4, 2]);
  });

  it("zip: as many as the shorter one has", async () => {
    const sums = pipe(
      made(3),
      zip(count(5), (a, b) => ({
        x: f32([] as const, Float32Array.of((a.x.data[0] ?? 0) + 10 * (b.x.data[0] ?? 0))),
        y: undefined,
      })),
    );
    expect(await numbers(sums)).toEqual([0, 11, 22]);
  });

  it("batch: examples of which some have no label, or not all arrays, are refused", async () => {
    const x = f32([] as const, Float32Array.of(0));
    const mixed = (first: object, second: object): AnyDataset<unknown, unknown> =>
      batch(2)(
        fromGenerator<unknown, unknown>(function* () {
          yield { x, y: undefined, ...first };
          yield { x, y: undefined, ...second };
        }),
      );
    const sentence = /batch: some examples have a label or an input, others have not: give all of them the same/;
    expect(await errorOf(mixed({ y: x }, {}))).toMatch(sentence);
    expect(await errorOf(mixed({}, { y: x }))).toMatch(sentence);
    expect(await errorOf(mixed({ x: { a: x, b: x } }, { x: { a: x } }))).toMatch(/some examples have an array 'b'/);
  });

  it("zip: examples that are left out take their place with them", async () => {
    const all = count(3);
    const lacking: Scalars = {
      ...all,
      source: {
        kind: "indexed",
        count: 3,
        read: async (indices) =>
          E.right(
            Array.from(indices, (i) =>
              i === 1 ? undefined : { x: f32([] as const, Float32Array.of(i)), y: undefined },
            ),
          ),
      },
    };
    const sum = (a: { x: NdArray }, b: { x: NdArray }): { x: NdArray<"f32", readonly []>; y: undefined } => ({
      x: f32([] as const, Float32Array.of((a.x.data[0] ?? 0) + 10 * (b.x.data[0] ?? 0))),
      y: undefined,
    });
    expect(await numbers(pipe(lacking, zip(made(3), sum)))).toEqual([0, 22]);
    expect(await numbers(pipe(made(3), zip(lacking, sum)))).toEqual([0, 22]);
  });

  it("cache: reads once, and keeps what the first epoch drew", async () => {
    let reads = 0;
    const counted = pipe(
      made(4),
      map((example) => {
        reads++;
        return example;
      }),
      cache(),
    );
    expect(await numbers(counted)).toEqual([0, 1, 2, 3]);
    expect(await numbers(counted, { epoch: 1 })).toEqual([0, 1, 2, 3]);
    expect(reads).toBe(4);
    const kept = pipe(made(20), shuffle(), cache());
    expect(await numbers(kept, { epoch: 3 })).toEqual(await numbers(pipe(made(20), shuffle()), { epoch: 0 }));
  });
});

describe("split", () => {
  it("by a fraction and by a number", async () => {
    const [first, rest] = orThrow(split(0.7)(count(10)));
    expect(await numbers(first)).toEqual(range(0, 7));
    expect(await numbers(rest)).toEqual([7, 8, 9]);
    const [three, others] = orThrow(split(3)(stream(5)));
    expect([await numbers(three), await numbers(others)]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it.each([
    [
      "an empty side",
      split(0.01)(count(10)),
      "split: 0.01 of 10 examples leaves a side empty, or is no number: use one such as 0.9",
    ],
    [
      "a fraction of nobody knows",
      split(0.5)(stream(9)),
      "split: 0.5 is a fraction, and the number of examples is not known: give a number of examples",
    ],
    [
      "after shuffle",
      pipe(count(9), shuffle(), split(0.5)),
      "split: the order before it is another each epoch, which would mix both sides: split before shuffle",
    ],
  ])("%s", (_, result, sentence) => {
    expect(E.isLeft(result) ? render(result.left) : "no error").toBe(sentence);
  });
});

describe("what is wrong is said when it is read", () => {
  it.each([
    ["take(-1)", take(-1)(count(3)), "take: -1 is no count: give a whole number of at least 0"],
    ["skip(0.5)", skip(0.5)(count(3)), "skip: 0.5 is no count: give a whole number of at least 0"],
    ["repeat(0)", repeat(0)(count(3)), "repeat: 0 is no count: give a whole number of at least 1"],
    ["shuffle", shuffle({ seed: 0.5 })(count(3)), "shuffle: the seed 0.5 is no whole number: give one such as 7"],
    [
      "shuffle after repeat",
      pipe(count(3), repeat(), shuffle()),
      "shuffle: the data have no end: shuffle before repeat()",
    ],
    ["batch(0)", batch(0)(count(3)), "batch: 0 is no size: give a whole number of at least 1"],
    [
      "a map that throws",
      map(() => {
        throw new Error("no luck");
      })(count(3)),
      "map: the function throws Error: no luck at example 0: correct it",
    ],
    [
      "a generator that throws",
      fromGenerator(function* (): Generator<{ x: NdArray; y: undefined }> {
        yield { x: f32([], Float32Array.of(1)), y: undefined };
        throw new Error("the cable is out");
      }),
      "fromGenerator: it throws Error: the cable is out: correct it",
    ],
    [
      "different shapes in a batch",
      pipe(
        fromGenerator(function* () {
          yield { x: f32([2, 2, 3], new Float32Array(12)), y: undefined };
          yield { x: f32([2, 4, 3], new Float32Array(24)), y: undefined };
        }),
        batch(2),
      ),
      "batch: one example is f32[2, 2, 3], another f32[2, 4, 3]: give all one size, as imageSize does",
    ],
    [
      "rows of different number",
      fromArrays({ x: f32([2], new Float32Array(2)), y: i32([3], new Int32Array(3)) }),
      "fromArrays: 2 examples, and 3 in another array: give each example its row in all",
    ],
  ])("%s", async (_, data, sentence) => {
    expect(await errorOf(data)).toBe(sentence);
  });
});

describe("batches", () => {
  it("stack inputs by name, labels with their classes, and weights", async () => {
    const data = fromArrays({
      x: { a: f32([3, 2] as const, Float32Array.of(1, 2, 3, 4, 5, 6)), b: f32([3] as const, Float32Array.of(7, 8, 9)) },
      y: i32([3] as const, Int32Array.of(0, 1, 1)),
      classes: 2,
      sampleWeights: f32([3], Float32Array.of(1, 0.5, 2)),
    });
    const all = await orReject(toArrays(pipe(data, skip(1))));
    expect(all).toEqual({
      x: { a: f32([2, 2], Float32Array.of(3, 4, 5, 6)), b: f32([2], Float32Array.of(8, 9)) },
      y: i32([2], Int32Array.of(1, 1)),
      classes: 2,
      sampleWeights: f32([2], Float32Array.of(0.5, 2)),
    });
    expect((await orReject(toArrays(batch(2)(data), 1))).y.data).toEqual(Int32Array.of(0));
  });

  it("mapBatches mixes the examples of a batch", async () => {
    const means = pipe(
      count(5),
      batch(2),
      mapBatches(({ x, y }) => ({
        x: f32(
          x.shape,
          x.data.map((value) => value + 10),
        ),
        y,
      })),
    );
    expect((await orReject(toArrays(means))).x.data).toEqual(Float32Array.of(10, 11, 12, 13, 14));
  });

  it("toArrays refuses what has no end", async () => {
    const result = await toArrays(repeat()(count(2)))();
    expect(E.isLeft(result) ? result.left.message : "").toBe(
      "toArrays: the data have no end: give the number of examples",
    );
    expect((await orReject(toArrays(repeat()(count(2)), 5))).x.data).toEqual(Float32Array.of(0, 1, 0, 1, 0));
  });
});

describe("statistics and normalize", () => {
  const data = fromArrays({ x: f32([4, 1, 2] as const, Float32Array.of(0, 10, 2, 10, 4, 10, 6, 10)) });

  it("by element: the population's mean and deviation", async () => {
    const { mean, deviation } = await orReject(statistics(data));
    expect(mean).toEqual(f32([1, 2], Float32Array.of(3, 10)));
    expect(deviation).toEqual(f32([1, 2], Float32Array.of(Math.sqrt(5), 0)));
    const normal = (await orReject(toArrays(map(normalize<readonly [1, 2], undefined>({ mean, deviation }))(data)))).x;
    // A pixel that never changes becomes 0.
    expect([...normal.data].map((value) => Math.round(value * 1e6) / 1e6)).toEqual(
      [-3, 0, -1, 0, 1, 0, 3, 0].map((value) => Math.round((value / Math.sqrt(5)) * 1e6) / 1e6),
    );
  });

  it("by channel, and merged over batches as over all", async () => {
    const values = Float32Array.from({ length: 600 * 6 }, (_, i) => Math.sin(i) * 3 + (i % 3) * 100);
    const { mean, deviation } = await orReject(
      statistics(fromArrays({ x: f32([600, 2, 3] as const, values) }), { per: "channel" }),
    );
    expect(mean.shape).toEqual([3]);
    for (let channel = 0; channel < 3; channel++) {
      const own = [...values].filter((_, i) => i % 3 === channel);
      const average = own.reduce((sum, value) => sum + value, 0) / own.length;
      const variance = own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length;
      expect(mean.data[channel]).toBeCloseTo(average, 4);
      expect(deviation.data[channel]).toBeCloseTo(Math.sqrt(variance), 4);
    }
  });

  it("rescale", async () => {
    const halves = await orReject(toArrays(map(rescale<readonly [1, 2], undefined>({ scale: 0.5, offset: -1 }))(data)));
    expect([...halves.x.data]).toEqual([-1, 4, 0, 4, 1, 4, 2, 4]);
  });
});
