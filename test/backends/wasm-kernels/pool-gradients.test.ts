/** Max pooling and the pooling gradients against plain loops over windows; NaN, infinities, first maximum and uncounted padding included. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose, randomOf, randomTensor, runKernel, sizeOf, type Plain } from "./harness.js";

interface Pool {
  readonly n: number;
  readonly size: readonly [number, number];
  readonly c: number;
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pads: readonly [readonly [number, number], readonly [number, number]];
}

const outSize = ({ size, poolSize, strides, pads }: Pool): readonly [number, number] => [
  Math.floor((size[0] + pads[0][0] + pads[0][1] - poolSize[0]) / strides[0]) + 1,
  Math.floor((size[1] + pads[1][0] + pads[1][1] - poolSize[1]) / strides[1]) + 1,
];

/** Calls `visit` with the output index and the indices of the window's pixels, in row-major order. */
const eachWindow = (pool: Pool, visit: (out: number, pixels: readonly number[]) => void): void => {
  const [oh, ow] = outSize(pool);
  const {
    n,
    size: [h, w],
    c,
    poolSize,
    strides,
    pads,
  } = pool;
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let k = 0; k < c; k++) {
          const pixels: number[] = [];
          for (let ky = 0; ky < poolSize[0]; ky++)
            for (let kx = 0; kx < poolSize[1]; kx++) {
              const [y, x] = [oy * strides[0] - pads[0][0] + ky, ox * strides[1] - pads[1][0] + kx];
              if (y >= 0 && y < h && x >= 0 && x < w) pixels.push(((b * h + y) * w + x) * c + k);
            }
          visit(((b * oh + oy) * ow + ox) * c + k, pixels);
        }
};

const smallPool = fc
  .record({
    n: fc.integer({ min: 1, max: 2 }),
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    c: fc.integer({ min: 1, max: 9 }),
    poolSize: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pads: fc.tuple(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    ),
  })
  .filter(
    (pool) =>
      outSize(pool).every((size) => size > 0) && pool.pads.flat().every((pad) => pad < Math.min(...pool.poolSize)),
  );

const usual: readonly Pool[] = [
  {
    n: 2,
    size: [8, 8],
    c: 16,
    poolSize: [2, 2],
    strides: [2, 2],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    n: 2,
    size: [11, 11],
    c: 5,
    poolSize: [2, 2],
    strides: [2, 2],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    n: 2,
    size: [11, 11],
    c: 4,
    poolSize: [3, 3],
    strides: [2, 2],
    pads: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    n: 1,
    size: [7, 7],
    c: 6,
    poolSize: [7, 7],
    strides: [7, 7],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    n: 1,
    size: [5, 5],
    c: 4,
    poolSize: [2, 2],
    strides: [3, 3],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
];

/** Numbers, and NaN, infinities and both zeros now and then. */
const wild = (shape: readonly number[]): Plain => {
  const random = randomOf(13);
  const special = [Number.NaN, Infinity, -Infinity, 0, -0];
  const value = (): number => (random() < 0.2 ? (special[Math.floor(5 * random())] ?? 0) : 2 * random() - 1);
  return { shape, values: Float32Array.from({ length: sizeOf(shape) }, value) };
};

const checkForward = async (pool: Pool): Promise<void> => {
  const x = wild([pool.n, ...pool.size, pool.c]);
  const shape = [pool.n, ...outSize(pool), pool.c];
  const expected = new Float32Array(sizeOf(shape));
  eachWindow(pool, (out, pixels) => {
    expected[out] = Math.max(...pixels.map((pixel) => x.values[pixel] ?? Number.NaN));
  });
  const { poolSize, strides, pads } = pool;
  const actual = await runKernel("maxPool2d", { inputs: [x], shape, attributes: { poolSize, strides, pads } });
  // Of 0 and −0 it gives the first: adding 0 makes them one.
  expect(Array.from(actual, (value) => value + 0)).toEqual(Array.from(expected, (value) => value + 0));
};

const checkMax = async (pool: Pool): Promise<void> => {
  // Few different values, so that many windows have their maximum twice.
  const random = randomOf(11);
  const shape = [pool.n, ...pool.size, pool.c];
  const x: Plain = { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => Math.floor(3 * random())) };
  const dy = randomTensor([pool.n, ...outSize(pool), pool.c], 12);
  const y = new Float32Array(dy.values.length);
  const expected = new Float64Array(x.values.length);
  eachWindow(pool, (out, pixels) => {
    const values = pixels.map((pixel) => x.values[pixel] ?? Number.NaN);
    y[out] = Math.max(...values);
    const first = pixels[values.indexOf(Math.max(...values))] ?? -1;
    expected[first] = (expected[first] ?? 0) + (dy.values[out] ?? 0);
  });
  const { poolSize, strides, pads } = pool;
  const inputs = [x, { shape: dy.shape, values: y }, dy];
  const actual = await runKernel("maxPool2dGradient", { inputs, shape, attributes: { poolSize, strides, pads } });
  expectClose(actual, expected, 1e-6);
};

const checkAverage = async (pool: Pool): Promise<void> => {
  const shape = [pool.n, ...pool.size, pool.c];
  const dy = randomTensor([pool.n, ...outSize(pool), pool.c], 12);
  const expected = new Float64Array(sizeOf(shape));
  eachWindow(pool, (out, pixels) => {
    for (const pixel of pixels) expected[pixel] = (expected[pixel] ?? 0) + (dy.values[out] ?? 0) / pixels.length;
  });
  const { poolSize, strides, pads } = pool;
  const attributes = { inputSize: pool.size, poolSize, strides, pads };
  const actual = await runKernel("avgPool2dGradient", { inputs: [dy], shape, attributes });
  expectClose(actual, expected, 1e-6);
};

describe.each([
  ["maxPool2d", checkForward],
  ["maxPool2dGradient", checkMax],
  ["avgPool2dGradient", checkAverage],
] as const)("%s", (_, check) => {
  test.each(usual)("size $size, window $poolSize, strides $strides, pads $pads", (pool) => check(pool));
  test("random windows", () => fc.assert(fc.asyncProperty(smallPool, check), { numRuns: 60, seed: 5 }));
});

test("a window of NaN gives its gradient to nobody", async () => {
  const nan: Plain = { shape: [1, 2, 2, 1], values: Float32Array.of(Number.NaN, 1, 2, 3) };
  const one: Plain = { shape: [1, 1, 1, 1], values: Float32Array.of(1) };
  const y: Plain = { shape: [1, 1, 1, 1], values: Float32Array.of(Number.NaN) };
  const attributes = {
    poolSize: [2, 2],
    strides: [2, 2],
    pads: [
      [0, 0],
      [0, 0],
    ],
  };
  expect([...(await runKernel("maxPool2dGradient", { inputs: [nan, y, one], shape: nan.shape, attributes }))]).toEqual([
    0, 0, 0, 0,
  ]);
});
