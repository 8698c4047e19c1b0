/** `conv2d` and `packFilter` against the plain sum over windows, in float64. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Formula } from "../../../src/formula/formula.js";
import { expectClose, randomTensor, runKernel, sizeOf, type Plain } from "./harness.js";

type Pair = readonly [number, number];
interface Case {
  readonly n: number;
  readonly size: Pair;
  readonly ci: number;
  readonly co: number;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: readonly [Pair, Pair];
  readonly bias: boolean;
  readonly residual: boolean;
  readonly after: keyof typeof formulas;
}

/** What comes after the sum and its bias: as a formula of the sum and the residual, and in plain numbers. */
const formulas = {
  linear: { formula: (x: Formula): Formula => x, plain: (x: number) => x },
  relu: { formula: (x: Formula): Formula => ["max", x, 0], plain: (x: number) => Math.max(x, 0) },
  relu6: {
    formula: (x: Formula): Formula => ["min", ["max", x, 0], 6],
    plain: (x: number) => Math.min(Math.max(x, 0), 6),
  },
  silu: {
    formula: (x: Formula): Formula => ["div", x, ["add", 1, ["exp", ["neg", x]]]],
    plain: (x: number) => x / (1 + Math.exp(-x)),
  },
  hardSwish: {
    formula: (x: Formula): Formula => ["div", ["mul", x, ["min", ["max", ["add", x, 3], 0], 6]], 6],
    plain: (x: number) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  },
} as const;

const outSize = ({ size, kernelSize, strides, dilations, pads }: Case): Pair => {
  const along = (axis: 0 | 1): number =>
    Math.floor(
      (size[axis] + pads[axis][0] + pads[axis][1] - dilations[axis] * (kernelSize[axis] - 1) - 1) / strides[axis],
    ) + 1;
  return [along(0), along(1)];
};

interface Tensors {
  readonly x: Plain;
  readonly kernel: Plain;
  readonly bias: Plain;
  readonly residual: Plain;
}

const tensorsOf = (c: Case): Tensors => ({
  x: randomTensor([c.n, ...c.size, c.ci], 1),
  kernel: randomTensor([...c.kernelSize, c.ci, c.co], 2),
  bias: randomTensor([c.co], 3),
  residual: randomTensor([c.n, ...outSize(c), c.co], 4),
});

/** As the reference has it: cells of padding are zeros that are multiplied like any others. */
const expectedOf = (c: Case, { x, kernel, bias, residual }: Tensors): Float64Array => {
  const [oh, ow] = outSize(c);
  const out = new Float64Array(c.n * oh * ow * c.co);
  let place = 0;
  for (let b = 0; b < c.n; b++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let f = 0; f < c.co; f++) {
          let sum = 0;
          for (let ky = 0; ky < c.kernelSize[0]; ky++)
            for (let kx = 0; kx < c.kernelSize[1]; kx++) {
              const iy = oy * c.strides[0] + ky * c.dilations[0] - c.pads[0][0];
              const ix = ox * c.strides[1] + kx * c.dilations[1] - c.pads[1][0];
              const inside = iy >= 0 && iy < c.size[0] && ix >= 0 && ix < c.size[1];
              for (let k = 0; k < c.ci; k++) {
                const value = inside ? (x.values[((b * c.size[0] + iy) * c.size[1] + ix) * c.ci + k] ?? 0) : 0;
                sum += value * (kernel.values[((ky * c.kernelSize[1] + kx) * c.ci + k) * c.co + f] ?? 0);
              }
            }
          const value = sum + (c.bias ? (bias.values[f] ?? 0) : 0) + (c.residual ? (residual.values[place] ?? 0) : 0);
          out[place++] = formulas[c.after].plain(value);
        }
  return out;
};

const run = async (c: Case, { x, kernel, bias, residual }: Tensors): Promise<ArrayLike<number>> => {
  const inner = sizeOf(kernel.shape.slice(0, -1));
  const shape = [inner * 8 * Math.ceil(c.co / 8)];
  const packed = { shape, values: await runKernel("packFilter", { inputs: [kernel], shape }) };
  return runKernel("conv2d", {
    inputs: [x, packed, ...(c.bias ? [bias] : []), ...(c.residual ? [residual] : [])],
    shape: [c.n, ...outSize(c), c.co],
    attributes: {
      kernelSize: c.kernelSize,
      strides: c.strides,
      dilations: c.dilations,
      pads: c.pads,
      bias: c.bias,
      residual: c.residual,
      formula: formulas[c.after].formula(c.residual ? ["add", "x0", "x1"] : "x0"),
    },
  });
};

const check = async (c: Case): Promise<void> => {
  const tensors = tensorsOf(c);
  // Rounding errors of a sum grow like the root of the number of its terms.
  const tolerance = 1e-6 * Math.max(2, Math.sqrt(sizeOf(tensors.kernel.shape.slice(0, -1))));
  expectClose(await run(c, tensors), expectedOf(c, tensors), tolerance);
};

const none = [
  [0, 0],
  [0, 0],
] as const;
const one = [
  [1, 1],
  [1, 1],
] as const;
const plain: Case = {
  n: 1,
  size: [7, 7],
  ci: 8,
  co: 8,
  kernelSize: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: none,
  bias: true,
  residual: false,
  after: "relu",
};

test.each<readonly [string, Case]>([
  ["1 × 1", { ...plain, size: [9, 7], ci: 20, co: 24, kernelSize: [1, 1] }],
  ["1 × 1, two rows of windows", { ...plain, size: [1, 2], ci: 33, co: 9, kernelSize: [1, 1] }],
  ["1 × 1, stride 2", { ...plain, size: [20, 19], ci: 20, co: 12, kernelSize: [1, 1], strides: [2, 2] }],
  ["1 × 1 with padding", { ...plain, ci: 30, kernelSize: [1, 1], pads: one }],
  ["1 × 1, more rows than a block", { ...plain, size: [61, 67], ci: 16, co: 40, kernelSize: [1, 1] }],
  ["3 × 3", { ...plain, n: 3, size: [13, 13], ci: 64, co: 64 }],
  ["3 × 3, same, residual", { ...plain, n: 3, size: [9, 10], ci: 16, co: 16, pads: one, residual: true }],
  ["3 × 3, more rows than a block", { ...plain, size: [50, 50], ci: 48, co: 9, pads: one }],
  ["3 × 3, many small images", { ...plain, n: 131, size: [3, 3], ci: 12, co: 10, pads: one }],
  ["one channel", { ...plain, size: [28, 28], ci: 1, co: 64 }],
  [
    "three channels, 7 × 7, stride 2",
    {
      ...plain,
      size: [33, 31],
      ci: 3,
      kernelSize: [7, 7],
      strides: [2, 2],
      pads: [
        [3, 2],
        [2, 3],
      ],
    },
  ],
  ["dilated", { ...plain, size: [13, 14], ci: 9, co: 10, dilations: [2, 3], residual: true, after: "linear" }],
  [
    "dilated, long runs",
    {
      ...plain,
      size: [9, 12],
      ci: 40,
      co: 7,
      dilations: [3, 2],
      strides: [3, 2],
      pads: [
        [2, 1],
        [0, 2],
      ],
    },
  ],
  ["no bias", { ...plain, bias: false, residual: true, co: 13 }],
  ["silu, a tail of filters", { ...plain, co: 21, after: "silu", pads: one }],
  ["silu, residual", { ...plain, co: 16, after: "silu", residual: true, pads: one }],
  ["hard swish", { ...plain, co: 19, after: "hardSwish", residual: true }],
  ["relu6", { ...plain, co: 24, after: "relu6" }],
  ["an empty batch", { ...plain, n: 0 }],
])("%s", (_, c) => check(c));

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const channels = fc.constantFrom(1, 3, 5, 7, 8, 9, 24, 31);

test("random convolutions", () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .record({
          n: fc.constantFrom(1, 3),
          size: pair(1, 12),
          ci: channels,
          co: channels,
          kernelSize: pair(1, 4),
          strides: pair(1, 3),
          dilations: pair(1, 3),
          pads: fc.tuple(pair(0, 2), pair(0, 2)),
          bias: fc.boolean(),
          residual: fc.boolean(),
          after: fc.constantFrom("linear", "relu", "relu6", "silu", "hardSwish"),
        })
        .filter((c) => outSize(c).every((size) => size > 0)),
      check,
    ),
    { numRuns: 150, seed: 5 },
  ));

const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];

test.each<readonly [string, Partial<Case>]>([
  ["3 × 3", { pads: one, ci: 9, co: 13 }],
  ["3 × 3, long runs", { pads: one, ci: 12, co: 8, residual: true }],
  ["1 × 1", { kernelSize: [1, 1], ci: 9, co: 13, residual: true }],
  ["silu", { kernelSize: [1, 1], ci: 9, co: 13, after: "silu" }],
  ["relu6", { kernelSize: [1, 1], ci: 9, co: 13, after: "relu6" }],
  ["linear", { kernelSize: [1, 1], ci: 9, co: 13, after: "linear", bias: false }],
])("NaN, infinities and −0: %s", async (_, given) => {
  const c: Case = { ...plain, size: [6, 7], ...given };
  const { x, kernel, bias, residual } = tensorsOf(c);
  const sprinkled = (tensor: Plain, every: number): Plain => ({
    ...tensor,
    values: Float32Array.from(tensor.values, (value, i) =>
      i % every === 3 ? (odd[((i / every) % odd.length) | 0] ?? 0) : value,
    ),
  });
  const strange = {
    x: sprinkled(x, 17),
    kernel: sprinkled(kernel, 41),
    bias: sprinkled(bias, 5),
    residual: sprinkled(residual, 29),
  };
  const actual = await run(c, strange);
  const expected = expectedOf(c, strange);
  let strangers = 0;
  expected.forEach((value, i) => {
    const float = Math.fround(value);
    if (!Number.isFinite(float) || Object.is(float, -0)) strangers++;
    if (Number.isFinite(float) && float !== 0) expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(1e-4);
    else expect(actual[i], `element ${i}`).toBe(float);
  });
  expect(strangers).toBeGreaterThan(5);
});

test("packFilter turns a transposed matrix", async () => {
  const [inner, filters] = [5, 11];
  const kernel = randomTensor([filters, inner], 1);
  const shape = [2 * 8 * inner];
  const packed = await runKernel("packFilter", { inputs: [kernel], shape, attributes: { transpose: true } });
  for (let f = 0; f < 16; f++)
    for (let k = 0; k < inner; k++)
      expect(packed[((f >> 3) * inner + k) * 8 + (f & 7)]).toBe(f < filters ? kernel.values[f * inner + k] : 0);
});

test("the modules stay below the 4 kB that browsers compile on the main thread", async () => {
  const { encodeModule } = await import("../../../src/backends/tfjs/wasm/assembler/index.js");
  const { tilesModule } = await import("../../../src/backends/tfjs/wasm/kernels/convolution/tiles.js");
  const { vectorModule } = await import("../../../src/backends/tfjs/wasm/kernels/convolution/vector.js");
  for (const { formula } of Object.values(formulas))
    for (const residual of [false, true]) {
      const source = { formula: formula(residual ? ["add", "x0", "x1"] : "x0"), residual };
      const modules = [
        tilesModule({ ...source, rows: "table" }),
        tilesModule({ ...source, rows: "even" }),
        vectorModule(source),
      ];
      for (const module of modules) expect(encodeModule(module, false).length).toBeLessThan(4096);
    }
});

test.each([
  [true, true],
  [true, false],
  [false, true],
] as const)(
  "packFilter of a kernel as it was before it was turned: swapped %s, reversed %s",
  async (swapped, reversed) => {
    const [kh, kw, rows, columns] = [3, 2, 5, 9];
    const kernel = randomTensor([kh, kw, rows, columns], 7);
    const [inner, filters] = swapped ? [columns, rows] : [rows, columns];
    const turned = Float32Array.from({ length: kernel.values.length }, (_, place) => {
      const filter = place % filters;
      const k = Math.floor(place / filters) % inner;
      const tap = Math.floor(place / filters / inner);
      const from = reversed ? kh * kw - 1 - tap : tap;
      const [row, column] = swapped ? [filter, k] : [k, filter];
      return kernel.values[(from * rows + row) * columns + column] ?? Number.NaN;
    });
    const shape = [kh * kw * inner * 8 * Math.ceil(filters / 8)];
    const packed = await runKernel("packFilter", { inputs: [kernel], shape, attributes: { swapped, reversed } });
    const wanted = await runKernel("packFilter", {
      inputs: [{ shape: [kh, kw, inner, filters], values: turned }],
      shape,
    });
    expect([...packed]).toEqual([...wanted]);
  },
);
