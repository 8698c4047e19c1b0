/** Maps one after the other give what they give one by one, and nothing that is given is written to again. */
import { describe, expect, test } from "vitest";
import {
  batch,
  cache,
  centerCrop,
  elements,
  f32,
  fromArrays,
  map,
  randomBrightness,
  randomErasing,
  randomFlip,
  randomRotation,
  randomZoom,
  randAugment,
  shuffle,
  take,
  toArrays,
  type Dataset,
  type Image,
} from "../../../src/data/index.js";
import { orReject, pipe } from "../../../src/index.js";

type Pictures = Dataset<Image, undefined>;
type Change = Parameters<typeof map<Image, undefined, Image, undefined>>[0];

const [count, height, width] = [12, 9, 7];
const numbers = Float32Array.from({ length: count * height * width * 3 }, (_, i) => ((i * 7919) % 1009) / 1009);
const pictures = (): Pictures => fromArrays({ x: f32([count, height, width, 3] as const, numbers.slice()) });

/** The same map as a function that the pipeline knows nothing about: its arrays are new ones. */
const opaque =
  (change: Change): Change =>
  (example, place) =>
    change(example, place);

const flip = randomFlip({ mode: "horizontal" }) as unknown as Change; // sound: a map of any picture
const all: readonly (readonly [string, readonly unknown[]])[] = [
  ["flip last, which often changes nothing", [randomRotation({ factor: 0.2 }), flip]],
  ["flips alone", [flip, flip, flip]],
  ["a size that changes between", [randomZoom({ heightFactor: 0.3 }), centerCrop({ height: 5, width: 4 }), flip, flip]],
  ["maps that allocate by themselves", [flip, randomErasing({ factor: 1 }), randomBrightness({ factor: 0.4 })]],
  ["several arrays in one map", [flip, randAugment({ numOps: 4 }), flip]],
];

const read = async (data: Pictures, epoch: number): Promise<readonly Float32Array[]> => {
  const given: Float32Array[] = [];
  // Kept to the end without a copy: a later example must not write to them.
  for await (const { x } of elements(data, { seed: 5, epoch })) given.push(x.data);
  return given;
};

describe("picture maps in one go", () => {
  test.each(all)("%s", async (_, maps) => {
    const made = (how: (change: Change) => Change): Pictures =>
      maps.reduce<Pictures>((data, change) => map(how(change as Change))(data), pictures());
    const chained = made((change) => change);
    for (const epoch of [0, 1]) {
      const [together, apart] = [await read(chained, epoch), await read(made(opaque), epoch)];
      expect(together).toEqual(apart);
      expect(new Set(together.map(({ buffer }) => buffer)).size).toBe(new Set(apart.map(({ buffer }) => buffer)).size);
    }
  });

  test("what stands between two maps is heeded", async () => {
    const made = (how: (change: Change) => Change): Pictures =>
      pipe(
        pictures(),
        map(how(flip)),
        map(how(flip)),
        shuffle({ seed: 2 }),
        map(how(flip)),
        take(5),
        map(how(flip)),
        cache(),
        map(how(flip)),
      );
    const [chained, apart] = [made((change) => change), made(opaque)];
    expect((await orReject(toArrays(chained))).x).toEqual((await orReject(toArrays(apart))).x);
    const again = await orReject(toArrays(pipe(chained, batch(2)), 5, { epoch: 1 }));
    expect(again.x).toEqual((await orReject(toArrays(apart, 5, { epoch: 1 }))).x);
    expect(again.x.shape[0]).toBe(5);
  });

  test("a data set that is mapped in two ways", async () => {
    const turned = map(randomRotation({ factor: 0.2 }) as unknown as Change)(pictures());
    const before = await read(turned, 0);
    const copies = before.map((data) => data.slice());
    await read(map(flip)(map(flip)(turned)), 0);
    expect(before).toEqual(copies);
    expect(await read(turned, 0)).toEqual(copies);
  });
});
