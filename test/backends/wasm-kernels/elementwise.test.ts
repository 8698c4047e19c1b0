/** `elementwise` against the float64 reference closures: values at the edges of float32, broadcasting, tails, integers. */
import { describe, expect, test } from "vitest";
import { evaluator } from "../../../src/formula/evaluate.js";
import { add, div, exp, ge, gt, mul, neg, pow, select, sub, tanh, type Formula } from "../../../src/formula/formula.js";
import { expectClose, randomOf, randomTensor, runKernel, sizeOf, type Plain } from "./harness.js";

/** What `elementwise` should give: each output element from the input elements that NumPy's rule names. */
const reference = (formula: Formula, inputs: readonly Plain[], shape: readonly number[]): number[] => {
  const value = evaluator(formula);
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    const xs = inputs.map((input) => {
      let [rest, offset, extent] = [index, 0, 1];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const size = shape[axis] ?? 1;
        const own = input.shape[axis - shape.length + input.shape.length] ?? 1;
        if (own !== 1) offset += (rest % size) * extent;
        extent *= own;
        rest = Math.floor(rest / size);
      }
      return input.values[offset] ?? Number.NaN;
    });
    return value(xs, Number.NaN);
  });
};

const edges = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  2.5,
  -2.5,
  1e-10,
  -1e-10,
  1e-40,
  -1e-40,
  1e-45,
  2 ** -126,
  1e10,
  -1e10,
  3.4e38,
  -3.4e38,
  87,
  88.7,
  88.73,
  89,
  100,
  -87,
  -88,
  -100,
  -103,
  -104,
  -110,
  0.624,
  0.626,
  0.7071,
  0.7072,
  1.4142,
  0.9999999,
  1.0000001,
  16777217,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const bitsOf = (x: number): number => {
  const bits = new Int32Array(Float32Array.of(x).buffer)[0] ?? 0;
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
};

/** The distance in units in the last place; 0 for NaN and NaN, infinite for zeros of unlike sign. */
const ulps = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  if (a === 0 && b === 0) return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(bitsOf(a) - bitsOf(b));
};

const worst = async (formula: Formula, inputs: readonly Plain[], shape: readonly number[]) => {
  const actual = await runKernel("elementwise", { inputs, shape, attributes: { formula } });
  const expected = reference(formula, inputs, shape).map(Math.fround);
  return expected.reduce(
    (most, e, i) => {
      const distance = ulps(actual[i] ?? Number.NaN, e);
      return distance > most.distance
        ? { distance, i, e, a: actual[i] ?? Number.NaN, xs: inputs.map((x) => x.values[i]) }
        : most;
    },
    { distance: 0, i: -1, e: 0, a: 0, xs: [] as (number | undefined)[] },
  );
};

/** Numbers of every size and sign, with the edges. */
const wide = (count: number, seed: number): Plain => {
  const random = randomOf(seed);
  const some = Array.from(
    { length: count },
    () => (random() < 0.5 ? -1 : 1) * 2 ** (60 * random() - 30) * (1 + random()),
  );
  const near = Array.from({ length: count }, () => 20 * random() - 10);
  return { shape: [edges.length + 2 * count], values: Float32Array.from([...edges, ...some, ...near]) };
};

describe("one function at a time, at the edges of float32 and at 4,000 other places", () => {
  const x = wide(2000, 7);
  const limits: readonly (readonly [Formula, number])[] = [
    [["neg", "x0"], 0],
    [["abs", "x0"], 0],
    [["sqrt", "x0"], 0],
    [["floor", "x0"], 0],
    [["exp", "x0"], 2],
    [["expm1", "x0"], 4],
    [["log", "x0"], 2],
    [["log1p", "x0"], 3],
    [["tanh", "x0"], 3],
    [["pow", "x0", 2], 0],
    [["pow", "x0", 3], 2],
    [["pow", "x0", -1], 1],
    [["pow", "x0", 0.5], 0],
    [["pow", "x0", 0], 0],
    [["max", "x0", 0], 0],
    [["min", 0, "x0"], 0],
    [["select", "x0", 2, "x0"], 0],
    [["gt", "x0", 0.5], 0],
    [["ge", "x0", 1], 0],
    [["eq", "x0", 0], 0],
  ];
  test.each(limits)("%j within %d ulp", async (formula, limit) => {
    const most = await worst(formula, [x], x.shape);
    expect(most.distance, JSON.stringify(most)).toBeLessThanOrEqual(limit);
  });

  test.each([
    ["erf", Number.POSITIVE_INFINITY],
    ["sin", 8192],
    ["cos", 8192],
  ] as const)("%s within 1e-6 up to %d", async (name, largest) => {
    const values = Float32Array.from(x.values).map((value) => (Math.abs(value) > largest ? value % 8192 : value));
    const inputs = [{ shape: x.shape, values }];
    const actual = await runKernel("elementwise", { inputs, shape: x.shape, attributes: { formula: [name, "x0"] } });
    const distances = reference([name, "x0"], inputs, x.shape).map((e, i) => {
      const a = actual[i] ?? Number.NaN;
      return Number.isNaN(e) && Number.isNaN(a) ? 0 : Math.abs(a - e);
    });
    expect(distances.filter((distance) => !(distance <= 1e-6))).toEqual([]);
  });

  test("sin and cos stay in [-1, 1] further off", async () => {
    const far = { shape: [4], values: Float32Array.of(1e5, -1e9, 1e30, -3e38) };
    for (const name of ["sin", "cos"] as const) {
      const actual = await runKernel("elementwise", {
        inputs: [far],
        shape: [4],
        attributes: { formula: [name, "x0"] },
      });
      expect([...actual].every((value) => Math.abs(value) <= 1)).toBe(true);
    }
  });

  const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));
  const as: Plain = { shape: [pairs.length], values: Float32Array.from(pairs, ([a]) => a) };
  const bs: Plain = { shape: [pairs.length], values: Float32Array.from(pairs, ([, b]) => b) };
  test.each(["add", "sub", "mul", "div", "max", "min", "gt", "ge", "eq"] as const)("%s at all pairs", async (name) => {
    const most = await worst([name, "x0", "x1"], [as, bs], as.shape);
    expect(most.distance, JSON.stringify(most)).toBe(0);
  });

  test("pow at all pairs of edges, to the precision of its float32 logarithm", async () => {
    const formula: Formula = ["pow", "x0", "x1"];
    const actual = await runKernel("elementwise", { inputs: [as, bs], shape: as.shape, attributes: { formula } });
    pairs.forEach(([a, b], i) => {
      const [x32, y32] = [Math.fround(a), Math.fround(b)];
      const exact = x32 ** y32;
      const value = actual[i] ?? Number.NaN;
      const e = Math.fround(exact);
      if (Object.is(value, e)) return;
      const bound = 2 ** -22 * (1 + Math.abs(y32 * Math.log(Math.abs(x32))));
      const close =
        Math.abs(value - exact) <= bound * Math.abs(exact) || (Math.abs(e) < 1e-44 && Math.abs(value) < 1e-44);
      expect(close, `${a} ** ${b} = ${value}, not ${e}`).toBe(true);
    });
  });
});

describe("chains", () => {
  const sigmoid = div(1, add(1, exp(neg("x0"))));
  const gelu = mul(mul(0.5, "x0"), add(1, tanh(mul(0.7978845608, add("x0", mul(0.044715, pow("x0", 3)))))));
  test.each([
    ["swish", mul("x0", sigmoid)],
    ["gelu", gelu],
    ["elu", select(gt("x0", 0), "x0", sub(exp("x0"), 1))],
    ["relu6 mask", mul(ge("x0", 0), sub(1, gt("x0", 6)))],
    ["softplus", add(["max", "x0", 0], ["log1p", exp(neg(["abs", "x0"]))])],
  ] as const)("%s", async (_, formula) => {
    const x = randomTensor([1003], 3);
    const scaled = { ...x, values: x.values.map((value) => 8 * value) };
    const actual = await runKernel("elementwise", { inputs: [scaled], shape: x.shape, attributes: { formula } });
    expectClose(actual, reference(formula, [scaled], x.shape), 1e-6);
  });
});

describe("broadcasting", () => {
  const formula: Formula = ["sub", ["mul", "x0", "x1"], "x2"];
  test.each([
    [[2, 3, 5, 7], [7], [2, 3, 5, 1]],
    [[64, 10], [10], [64, 1]],
    [[6, 64], [64], []],
    [[33, 3], [3], [1]],
    [[33, 3], [3], [3]],
    [
      [4, 6, 6, 8],
      [4, 1, 1, 8],
      [4, 1, 1, 8],
    ],
    [
      [3, 5, 4, 9],
      [1, 5, 1, 9],
      [3, 1, 4, 1],
    ],
    [[100], [1], [100]],
    [[], [], []],
    [
      [5, 1, 3],
      [1, 3],
      [5, 1, 1],
    ],
    [[2, 0, 3], [3], [1]],
  ])("%j with %j and %j", async (shape, second, third) => {
    const inputs = [randomTensor(shape, 1), randomTensor(second, 2), randomTensor(third, 3)];
    const actual = await runKernel("elementwise", { inputs, shape, attributes: { formula } });
    expectClose(actual, reference(formula, inputs, shape), 1e-6);
  });

  test("the first input may be the small one", async () => {
    const inputs = [randomTensor([5, 1], 1), randomTensor([1, 6], 2), randomTensor([], 3)];
    const actual = await runKernel("elementwise", { inputs, shape: [5, 6], attributes: { formula } });
    expectClose(actual, reference(formula, inputs, [5, 6]), 1e-6);
  });
});

test("an element has the same bits in the vector loop and in the tail", async () => {
  const x = randomTensor([37], 5);
  const attributes = { formula: ["tanh", ["exp", ["log1p", ["abs", "x0"]]]] };
  const whole = await runKernel("elementwise", { inputs: [x], shape: [37], attributes });
  for (let i = 0; i < 37; i++) {
    const one = { shape: [1], values: x.values.slice(i, i + 1) };
    expect((await runKernel("elementwise", { inputs: [one], shape: [1], attributes }))[0]).toBe(whole[i]);
  }
});

test("integers come in as floats and go out truncated, NaN as 0, too large ones as the largest", async () => {
  const inputs = [
    { shape: [6], values: Int32Array.of(1, -2, 3, 4, 5, 6) },
    { shape: [6], values: Float32Array.of(0.5, 0.75, Number.NaN, 1e20, -1e20, 1.999) },
  ];
  const formula = add("x0", "x1");
  const values = await runKernel("elementwise", { inputs, shape: [6], dtype: "int32", attributes: { formula } });
  expect([...values]).toEqual([1, -1, 0, 2147483647, -2147483648, 7]);
});
