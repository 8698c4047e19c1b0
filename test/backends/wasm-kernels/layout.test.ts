/** `transpose` and `dilatePad` against plain index arithmetic. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { randomTensor, runKernel, sizeOf } from "./harness.js";

const transposed = (shape: readonly number[], perm: readonly number[], values: ArrayLike<number>): number[] => {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    let [rest, offset] = [index, 0];
    for (let place = perm.length - 1; place >= 0; place--) {
      offset += (rest % (sizes[place] ?? 1)) * (steps[perm[place] ?? 0] ?? 0);
      rest = Math.floor(rest / (sizes[place] ?? 1));
    }
    return values[offset] ?? Number.NaN;
  });
};

const check = async (shape: readonly number[], perm: readonly number[]): Promise<void> => {
  const x = randomTensor(shape, 4);
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  const actual = await runKernel("transpose", { inputs: [x], shape: sizes, attributes: { perm } });
  expect([...actual]).toEqual(transposed(shape, perm, x.values));
};

test.each([
  [
    [5, 7],
    [1, 0],
  ],
  [
    [3, 4, 5, 6],
    [3, 1, 2, 0],
  ],
  [
    [3, 4, 5, 6],
    [1, 2, 0, 3],
  ],
  [
    [3, 4, 5, 70],
    [0, 2, 1, 3],
  ],
  [
    [3, 4, 5, 6],
    [0, 3, 1, 2],
  ],
  [
    [2, 3],
    [0, 1],
  ],
  [
    [4, 0, 3],
    [2, 1, 0],
  ],
  [[], []],
])("transpose %j by %j", check);

test("random permutations", () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
        .chain((shape) =>
          fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
        ),
      ([shape, perm]) => check(shape, perm),
    ),
    { numRuns: 100, seed: 3 },
  ));

test.each([
  [
    [2, 3, 4, 5],
    [1, 1],
    [
      [1, 2],
      [0, 3],
    ],
  ],
  [
    [2, 3, 4, 5],
    [2, 3],
    [
      [1, 2],
      [2, 0],
    ],
  ],
  [
    [1, 5, 5, 64],
    [1, 2],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    [2, 1, 1, 1],
    [3, 3],
    [
      [2, 2],
      [2, 2],
    ],
  ],
])("dilatePad %j, strides %j, pads %j", async (shape, strides, pads) => {
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = pads;
  const [sy = 1, sx = 1] = strides;
  const [oh, ow] = [top + (h - 1) * sy + 1 + bottom, left + (w - 1) * sx + 1 + right];
  const x = randomTensor(shape, 6);
  const expected = new Float32Array(n * oh * ow * c);
  for (let b = 0; b < n; b++)
    for (let y = 0; y < h; y++)
      for (let z = 0; z < w; z++)
        for (let k = 0; k < c; k++)
          expected[((b * oh + top + y * sy) * ow + left + z * sx) * c + k] =
            x.values[((b * h + y) * w + z) * c + k] ?? Number.NaN;
  const actual = await runKernel("dilatePad", { inputs: [x], shape: [n, oh, ow, c], attributes: { strides, pads } });
  expect([...actual]).toEqual([...expected]);
});
