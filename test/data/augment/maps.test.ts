/** Laws of the data maps: identities, shifts, the same bits by seed wherever reading begins, types, recipes, refusals. */
import { describe, expect, test } from "vitest";
import * as augment from "../../../src/data/augment/index.js";
import {
  centerCrop,
  cutmix,
  mixup,
  oneHotLabels,
  randAugment,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomErasing,
  randomFlip,
  randomHue,
  randomRotation,
  randomSaturation,
  randomShear,
  randomTranslation,
  randomZoom,
} from "../../../src/data/augment/index.js";
import type {
  Batches,
  Dataset,
  Epoch,
  Example,
  ExampleBatch,
  Image,
  Label,
  OneHot,
} from "../../../src/data/dataset.js";
import { f32 } from "../../../src/data/nd-array.js";
import { planOf } from "../../../src/data/pipeline/derive.js";
import { map, mapBatches } from "../../../src/data/pipeline/map.js";
import { openBatches } from "../../../src/data/pipeline/read.js";
import { recipeOf } from "../../../src/data/portable.js";
import { orThrow } from "../../../src/errors.js";
import { E, pipe } from "../../../src/fp.js";
import { u } from "../../models/golden-formula.js";

type Shape = readonly [12, 10, 3];
type Pictures = Dataset<Image<Shape>, Label<3>>;

const size = 12 * 10 * 3;
const pictureOf = (seed: number): Image<Shape> =>
  f32(
    [12, 10, 3] as const,
    Float32Array.from({ length: size }, (_, i) => u(seed, i)),
  );

const examples: readonly Example<Image<Shape>, Label<3>>[] = Array.from({ length: 40 }, (_, i) => ({
  x: pictureOf(i),
  y: { dtype: "i32", shape: [], data: Int32Array.of(i % 3), classes: 3 },
  weight: i,
}));

const pictures: Pictures = {
  kind: "dataset",
  count: examples.length,
  source: {
    kind: "indexed",
    count: examples.length,
    read: async (indices) => E.right(Array.from(indices, (index) => examples[index])),
  },
  plan: planOf("examples", undefined, []),
};

const read = async <X, Y>(data: Dataset<X, Y>, epoch: Epoch, from = 0): Promise<readonly Example<X, Y>[]> => {
  if (data.source.kind !== "indexed") throw new Error("the examples are indexed");
  const indices = Array.from({ length: examples.length - from }, (_, i) => i + from);
  return orThrow(await data.source.read(indices, epoch)).flatMap((example) => example ?? []);
};

const first: Epoch = { seed: 7, epoch: 0 };
/** Numbers as text, bit for bit: compared a hundred times as fast as arrays of them. */
const bits = ({ buffer }: Float32Array): string => Buffer.from(buffer).toString("latin1");
const bitsOf = (all: readonly Example<Image, unknown>[]): readonly string[] => all.map(({ x }) => bits(x.data));
const dataOf = (all: readonly Example<Image, unknown>[]): readonly Float32Array[] => all.map(({ x }) => x.data);

/** One of each map that keeps the shape, all of which do something to most pictures. */
const maps = {
  randomFlip: randomFlip(),
  randomRotation: randomRotation({ factor: 0.2 }),
  randomTranslation: randomTranslation({ heightFactor: 0.3, widthFactor: 0.2, fillMode: "wrap" }),
  randomZoom: randomZoom({ heightFactor: 0.3 }),
  randomShear: randomShear({ xFactor: 0.3, yFactor: 0.1, interpolation: "nearest" }),
  randomBrightness: randomBrightness({ factor: 0.3 }),
  randomContrast: randomContrast({ factor: [0.3, 0.3] }),
  randomSaturation: randomSaturation({ factor: [0.3, 0.7] }),
  randomHue: randomHue({ factor: 0.5 }),
  randomErasing: randomErasing({ factor: [1, 1] }),
  randAugment: randAugment(),
} as const;

describe.each(Object.entries(maps))("%s", (name, one) => {
  test("gives the same bits for a seed, others for another epoch or seed, and the same from the middle on", async () => {
    const mapped = pipe(pictures, map(one));
    const all = bitsOf(await read(mapped, first));
    expect(bitsOf(await read(mapped, first))).toEqual(all);
    expect(bitsOf(await read(mapped, first, 25))).toEqual(all.slice(25));
    for (const other of [
      { seed: 7, epoch: 1 },
      { seed: 8, epoch: 0 },
    ])
      expect(bitsOf(await read(mapped, other))).not.toEqual(all);
  });

  test("leaves what it is given as it is, and labels and weights alone", async () => {
    const mapped = await read(pipe(pictures, map(one)), first);
    expect(bitsOf(examples)).toEqual(examples.map((_, i) => bits(pictureOf(i).data)));
    mapped.forEach(({ x, y, weight }, i) => {
      expect([x.shape, y, weight]).toEqual([[12, 10, 3], examples[i]?.y, i]);
      expect(x.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    });
  });

  test("is made again from its recipe, to the bit, and its plan is portable", async () => {
    const recipe = recipeOf(one);
    expect(recipe?.maker).toBe(name);
    const options: unknown = structuredClone(recipe?.options);
    const makers: Readonly<Record<string, unknown>> = augment;
    // Sound: `maker` is the name of a function of the module, and the options are those that it was given.
    const again = (makers[recipe?.maker ?? ""] as (given: unknown) => typeof one)(options);
    expect(bitsOf(await read(pipe(pictures, map(again)), first))).toEqual(
      bitsOf(await read(pipe(pictures, map(one)), first)),
    );
    expect(pipe(pictures, map(one)).plan.options).toEqual(recipe);
  });
});

test("two maps of one pipeline draw numbers of their own", async () => {
  const flip = randomFlip({ mode: "horizontal" });
  const twice = dataOf(await read(pipe(pictures, map(flip), map(flip)), first));
  const unchanged = twice.filter((data, i) => data.every((value, at) => value === examples[i]?.x.data[at])).length;
  // Half of 40 by two throws of a coin; beyond 4 deviations (3.2 each) were both the same, or all were flipped back.
  expect(unchanged).toBeGreaterThan(7);
  expect(unchanged).toBeLessThan(33);
});

const always = async <X extends Image, Y>(mapped: Dataset<X, Y>): Promise<readonly Float32Array[]> =>
  dataOf(await read(mapped, first));

describe("identities", () => {
  test.each([
    ["rotation by 0", randomRotation({ factor: 0 })],
    ["rotation by a whole turn", randomRotation({ factor: [1, 1], interpolation: "nearest" })],
    ["translation by 0", randomTranslation({ heightFactor: 0, widthFactor: 0 })],
    ["zoom by 0", randomZoom({ heightFactor: 0 })],
    ["shear by 0", randomShear()],
    ["brightness by 0", randomBrightness({ factor: 0 })],
    ["hole of no size", randomErasing({ scale: 0 })],
    ["hole with probability 0", randomErasing({ factor: 0 })],
    ["shear between 0 and 0", randomShear({ xFactor: [0, 0] })],
  ])("%s", async (_, one) => {
    expect((await always(pipe(pictures, map(one)))).map(bits)).toEqual(bitsOf(examples));
  });

  test("half a turn is a flip of both axes", async () => {
    const half = await always(pipe(pictures, map(randomRotation({ factor: [0.5, 0.5], interpolation: "nearest" }))));
    half.forEach((data, i) => expect(bits(data)).toBe(bits(flippedBoth(examples[i]?.x.data ?? new Float32Array()))));
  });

  test("each flip twice is the picture", async () => {
    const flipped = await always(pipe(pictures, map(randomFlip())));
    const kept = flipped.filter((data, i) => {
      const before = examples[i]?.x.data ?? new Float32Array();
      const same = data.every((value, at) => value === before[at]);
      if (!same) expect(bits(flippedBoth(data))).toBe(bits(before));
      return same;
    });
    expect(kept.length).toBeGreaterThan(7); // 20 of 40, deviation 3.2
    expect(kept.length).toBeLessThan(33);
  });

  test("a translation by whole pixels is a shift", async () => {
    const moved = await always(
      pipe(
        pictures,
        map(randomTranslation({ heightFactor: [0.25, 0.25], widthFactor: [-0.2, -0.2], fillMode: "constant" })),
      ),
    );
    // 3 of 12 rows down, 2 of 10 columns to the left.
    moved.forEach((data, i) => {
      const before = examples[i]?.x.data ?? new Float32Array();
      const at = (row: number, column: number): number => 3 * (row * 10 + column) + 1;
      let wrong = 0;
      for (let row = 0; row < 12; row++)
        for (let column = 0; column < 10; column++) {
          const inside = row >= 3 && column < 8;
          const want = inside ? (before[at(row - 3, column + 2)] ?? 0) : 0;
          wrong += Math.abs((data[at(row, column)] ?? 0) - want) < 1e-6 ? 0 : 1;
        }
      expect(wrong).toBe(0);
    });
  });
});

const flippedBoth = (data: Float32Array): Float32Array =>
  data.map((_, at) => data[3 * (size / 3 - 1 - Math.floor(at / 3)) + (at % 3)] ?? 0);

describe("crops", () => {
  test("are typed, and take every place", async () => {
    const cropped: Dataset<Image<readonly [4, 5, 3]>, Label<3>> = pipe(
      pictures,
      map(randomCrop({ height: 4, width: 5 })),
    );
    const corners = (await read(cropped, first)).map(({ x }, i) => {
      expect(x.shape).toEqual([4, 5, 3]);
      const before = examples[i]?.x.data ?? new Float32Array();
      const corner = before.findIndex((value, at) => at % 3 === 0 && value === x.data[0]) / 3;
      expect(x.data[3 * 5 * 3]).toBe(before[3 * (corner + 30)]);
      return [Math.floor(corner / 10), corner % 10];
    });
    expect(Math.max(...corners.map(([row = 0]) => row))).toBe(8);
    expect(Math.max(...corners.map(([, column = 0]) => column))).toBe(5);
    expect(Math.min(...corners.flat())).toBe(0);
  });

  test("with padding put zeros around", async () => {
    const data = await always(pipe(pictures, map(randomCrop({ height: 12, width: 10, padding: 2 }))));
    const zeros = data.map((values) => values.filter((value) => value === 0).length);
    expect(Math.max(...zeros)).toBe(3 * (12 * 10 - 10 * 8));
  });

  test("from the middle", async () => {
    const middle: Dataset<Image<readonly [5, 4, 3]>, Label<3>> = pipe(
      pictures,
      map(centerCrop({ height: 5, width: 4 })),
    );
    const [one] = await read(middle, first);
    expect(one?.x.data[0]).toBe(examples[0]?.x.data[3 * (3 * 10 + 3)]);
  });

  test("that do not fit are refused", async () => {
    const sentence = "randomCrop: a crop of 20x4 does not fit into 12x10: take a smaller crop or larger pictures";
    await expect(read(pipe(pictures, map(randomCrop({ height: 20, width: 4 }))), first)).rejects.toMatchObject({
      error: { tag: "BadData", message: sentence },
    });
  });
});

describe("batches", () => {
  const oneBatch = async (seed = 1): Promise<ExampleBatch<Image<Shape>, OneHot<3>>> => {
    const oneHot: Dataset<Image<Shape>, OneHot<3>> = pipe(pictures, map(oneHotLabels()));
    const all = await read(oneHot, { seed, epoch: 0 });
    return {
      x: f32([40, 12, 10, 3] as const, Float32Array.from(all.flatMap(({ x }) => Array.from(x.data)))),
      y: f32([40, 3] as const, Float32Array.from(all.flatMap(({ y }) => Array.from(y.data)))),
    };
  };
  const batches: Batches<Image<Shape>, OneHot<3>> = {
    kind: "batches",
    batchSize: 40,
    count: undefined,
    plan: planOf("batches", undefined, []),
    source: {
      kind: "indexed",
      count: 5,
      read: async (indices) => E.right(await Promise.all(Array.from(indices, () => oneBatch()))),
    },
  };
  const collect = async <X, Y>(
    from: Batches<X, Y>,
    epoch: Epoch,
    start = 0,
  ): Promise<readonly ExampleBatch<X, Y>[]> => {
    const all: ExampleBatch<X, Y>[] = [];
    for await (const next of openBatches(from, epoch, start)) all.push(orThrow(next));
    return all;
  };

  test.each([
    ["mixup", mixup({ alpha: 0.4 })],
    ["cutmix", cutmix({ factor: [1, 1] })],
  ])("%s: labels sum to 1, the same bits by seed and from the middle on", async (_, mix) => {
    const mixed: Batches<Image<Shape>, OneHot<3>> = pipe(batches, mapBatches(mix));
    const all = await collect(mixed, first);
    const same = (some: readonly ExampleBatch<Image<Shape>, OneHot<3>>[]): readonly string[] =>
      some.map(({ x, y }) => bits(x.data) + bits(y.data));
    expect(same(await collect(mixed, first, 2))).toEqual(same(all).slice(2));
    expect(same(await collect(mixed, { seed: 9, epoch: 0 }))).not.toEqual(same(all));
    expect(new Set(same(all)).size).toBe(5);
    for (const { x, y } of all) {
      expect(x.shape).toEqual([40, 12, 10, 3]);
      for (let i = 0; i < 40; i++)
        expect(y.data.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    }
  });

  test("class numbers are refused in types and as a value", async () => {
    const withNumbers: Batches<Image<Shape>, Label<3>> = {
      ...batches,
      source: {
        kind: "indexed",
        count: 1,
        read: async () => {
          const { x } = await oneBatch();
          return E.right([{ x, y: { dtype: "i32", shape: [40], data: new Int32Array(40) } }]);
        },
      },
    };
    // @ts-expect-error mixup mixes rows of numbers
    const mixed = pipe(withNumbers, mapBatches(mixup()));
    await expect(collect(mixed, first)).rejects.toMatchObject({
      error: {
        tag: "BadData",
        message: "mixup: labels are f32 [n, classes], got i32 [40]: put map(oneHotLabels()) before batch",
      },
    });
  });
});

describe("mistakes are values", () => {
  test.each([
    [
      randomRotation({ factor: 3 }),
      "randomRotation: factor 3 is not in [-1, 1]: give a number or [lower, upper] in it, such as 0.2",
    ],
    [randomZoom({ heightFactor: -1 }), "randomZoom: heightFactor -1 is not in (-1, 1]"],
    [randomShear({ xFactor: -0.1 }), "randomShear: xFactor -0.1 is not in [0, 1]"],
    [randomTranslation({ heightFactor: 0.1, widthFactor: [0, NaN] }), "randomTranslation: widthFactor [0, NaN] is not"],
    [randomBrightness({ factor: 0.1, valueRange: [1, 0] }), "randomBrightness: valueRange [1, 0] is none"],
    [randomErasing({ fillValue: [1, 2] }), "randomErasing: fillValue [1, 2] does not fill 3 channels"],
    [randAugment({ numOps: 0.5 }), "randAugment: numOps 0.5 is no size"],
  ])("%#", async (one, sentence) => {
    await expect(read(pipe(pictures, map(one)), first)).rejects.toMatchObject({
      error: { message: expect.stringContaining(sentence) },
    });
  });

  test("grey pictures have no hue", async () => {
    const grey = map<Image<Shape>, Label<3>, Image, Label<3>>(({ x, ...rest }) => ({
      ...rest,
      x: f32([12, 30, 1], x.data),
    }));
    await expect(read(pipe(pictures, grey, map(randomHue({ factor: 1 }))), first)).rejects.toMatchObject({
      error: {
        tag: "BadData",
        message: "randomHue: a picture of 1 channel has no hue: give 3 (red, green, blue)",
      },
    });
  });
});
