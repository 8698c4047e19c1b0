/** `conv2dFilterGradient` against the plain sum over positions, in float64. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectClose, randomTensor, runKernel, sizeOf } from "./harness.js";

type Pair = readonly [number, number];
interface Case {
  readonly n: number;
  readonly size: Pair;
  /** Channels and filters of one group. */
  readonly ci: number;
  readonly co: number;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: readonly [Pair, Pair];
  readonly groups: number;
}

const outSize = ({ size, kernelSize, strides, dilations, pads }: Case): Pair => {
  const along = (axis: 0 | 1): number =>
    Math.floor(
      (size[axis] + pads[axis][0] + pads[axis][1] - dilations[axis] * (kernelSize[axis] - 1) - 1) / strides[axis],
    ) + 1;
  return [along(0), along(1)];
};

const check = async (c: Case): Promise<void> => {
  const [channels, filters] = [c.ci * c.groups, c.co * c.groups];
  const [oh, ow] = outSize(c);
  const x = randomTensor([c.n, ...c.size, channels], 1);
  const dy = randomTensor([c.n, oh, ow, filters], 2);
  const shape = [...c.kernelSize, c.ci, filters];
  const expected = new Float64Array(sizeOf(shape));
  for (let b = 0; b < c.n; b++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let ky = 0; ky < c.kernelSize[0]; ky++)
          for (let kx = 0; kx < c.kernelSize[1]; kx++) {
            const iy = oy * c.strides[0] + ky * c.dilations[0] - c.pads[0][0];
            const ix = ox * c.strides[1] + kx * c.dilations[1] - c.pads[1][0];
            if (iy < 0 || iy >= c.size[0] || ix < 0 || ix >= c.size[1]) continue;
            for (let k = 0; k < c.ci; k++)
              for (let f = 0; f < filters; f++) {
                const channel = Math.floor(f / c.co) * c.ci + k;
                const value = x.values[((b * c.size[0] + iy) * c.size[1] + ix) * channels + channel] ?? Number.NaN;
                const at = ((ky * c.kernelSize[1] + kx) * c.ci + k) * filters + f;
                expected[at] =
                  (expected[at] ?? 0) + value * (dy.values[((b * oh + oy) * ow + ox) * filters + f] ?? Number.NaN);
              }
          }
  const { kernelSize, strides, dilations, pads, groups } = c;
  const attributes = { kernelSize, strides, dilations, pads, groups };
  const actual = await runKernel("conv2dFilterGradient", { inputs: [x, dy], shape, attributes });
  // Rounding errors of a sum grow like the root of the number of its terms.
  expectClose(actual, expected, 2e-6 * Math.sqrt(Math.max(1, c.n * oh * ow)));
};

const plain: Case = {
  n: 2,
  size: [7, 7],
  ci: 8,
  co: 8,
  kernelSize: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [
    [0, 0],
    [0, 0],
  ],
  groups: 1,
};

test.each<readonly [string, Case]>([
  ["64 to 64", { ...plain, n: 3, size: [13, 13], ci: 64, co: 64 }],
  ["one channel", { ...plain, n: 2, size: [28, 28], ci: 1, co: 64 }],
  [
    "three channels, stride 2, same",
    {
      ...plain,
      size: [33, 31],
      ci: 3,
      co: 16,
      strides: [2, 2],
      pads: [
        [0, 1],
        [1, 1],
      ],
    },
  ],
  ["1 × 1", { ...plain, size: [20, 20], ci: 20, co: 12, kernelSize: [1, 1] }],
  ["1 × 1, stride 2", { ...plain, size: [20, 20], ci: 20, co: 12, kernelSize: [1, 1], strides: [2, 2] }],
  [
    "7 × 7",
    {
      ...plain,
      size: [15, 15],
      ci: 3,
      co: 9,
      kernelSize: [7, 7],
      strides: [2, 2],
      pads: [
        [3, 3],
        [3, 3],
      ],
    },
  ],
  ["dilated", { ...plain, size: [13, 12], ci: 9, co: 10, dilations: [2, 3] }],
  [
    "groups",
    {
      ...plain,
      ci: 5,
      co: 7,
      groups: 3,
      pads: [
        [1, 1],
        [1, 1],
      ],
    },
  ],
  ["groups of whole tiles", { ...plain, ci: 8, co: 16, groups: 2 }],
  [
    "depthwise",
    {
      ...plain,
      ci: 1,
      co: 1,
      groups: 11,
      pads: [
        [1, 1],
        [1, 1],
      ],
    },
  ],
  [
    "depthwise, 5 × 5, stride 2",
    {
      ...plain,
      size: [11, 12],
      ci: 1,
      co: 1,
      groups: 8,
      kernelSize: [5, 5],
      strides: [2, 2],
      pads: [
        [2, 2],
        [1, 2],
      ],
    },
  ],
  ["depthwise with two filters a channel", { ...plain, ci: 1, co: 2, groups: 6 }],
  ["wide image", { ...plain, n: 1, size: [3, 700], ci: 2, co: 8 }],
  [
    "many small images",
    {
      ...plain,
      n: 67,
      size: [3, 3],
      ci: 12,
      co: 24,
      pads: [
        [1, 1],
        [1, 1],
      ],
    },
  ],
  ["empty batch", { ...plain, n: 0 }],
])("%s", (_, c) => check(c));

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

test("random convolutions", () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .record({
          n: fc.integer({ min: 1, max: 3 }),
          size: pair(1, 12),
          ci: fc.integer({ min: 1, max: 14 }),
          co: fc.integer({ min: 1, max: 18 }),
          kernelSize: pair(1, 4),
          strides: pair(1, 3),
          dilations: pair(1, 2),
          pads: fc.tuple(pair(0, 2), pair(0, 2)),
          groups: fc.integer({ min: 1, max: 3 }),
        })
        .filter((c) => outSize(c).every((size) => size > 0)),
      check,
    ),
    { numRuns: 80, seed: 9 },
  ));

test("the module stays below the 4 kB that browsers compile on the main thread", async () => {
  const { encodeModule } = await import("../../../src/backends/tfjs/wasm/assembler/index.js");
  const { contiguousRuns, scatteredRuns, tilesModule } =
    await import("../../../src/backends/tfjs/wasm/kernels/filter-gradient/tiles.js");
  const steps = { xStep: 256, dyStep: 32, dwStep: 256 };
  const scattered = scatteredRuns(Array.from({ length: 30 }, (_, k) => 4096 * k));
  for (const runs of [contiguousRuns(64), scattered])
    expect(encodeModule(tilesModule({ runs, ...steps }), false).length).toBeLessThan(4096);
});
