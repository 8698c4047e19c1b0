/** Layers of one's own, and the low-level style: shapes in types and at run time, names of weights, scopes, sentences. */
import { describe, expect, expectTypeOf, test } from "vitest";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import {
  add,
  biasAdd,
  chain,
  compose,
  constant,
  conv2d,
  conv2dOp,
  dense,
  flatten,
  frozen,
  globalAvgPool2d,
  input,
  matMul,
  model,
  named,
  operators,
  ops,
  parameter,
  pipe,
  relu,
  residualOf,
  sequential,
  share,
  summarize,
  tensor,
  zeros,
  type Expr,
  type Model,
  type Param,
  type SameShape,
} from "../../src/index.js";
import type { AnyExpr } from "../../src/dsl/expr.js";

/** Weights of a model by name, with their shapes and whether training changes them. */
const weightsOf = (net: Model<unknown, unknown>) =>
  orThrow(toGraph(net["~model"], { registry: operators, mode: "training", seed: 0 })).weights.map(
    ({ name, shape, trainable }) => `${name} ${shape.join("x")}${trainable ? "" : " fixed"}`,
  );
const problemOf = (expr: AnyExpr): string => {
  const graph = toGraph(model(expr)["~model"], { registry: operators, mode: "inference", seed: 0 });
  return E.isLeft(graph) ? graph.left.message : "none";
};

const scale = <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
  ops.multiply(x, parameter([x.shape[2]], { name: "gamma", initializer: constant(1e-5) }));
const layerScale = compose("layerScale", scale);

describe("compose", () => {
  const x = input([8, 6, 4]);

  test("gives a function of its function's type", () => {
    const y = pipe(x, layerScale);
    expectTypeOf(y).toEqualTypeOf<Expr<[8, 6, 4]>>();
    expect(y.shape).toEqual([8, 6, 4]);
  });

  test("names its weights like a layer: counted, in scopes, shared", () => {
    const twice = pipe(
      x,
      layerScale,
      layerScale,
      conv2d({ filters: 4, kernelSize: 1, useBias: false }),
      named("stem", layerScale),
    );
    expectTypeOf(twice).toEqualTypeOf<Expr<[8, 6, 4]>>();
    expect(weightsOf(model(twice))).toEqual([
      "layerScale/gamma 4",
      "layerScale_1/gamma 4",
      "conv2d/kernel 1x1x4x4",
      "stem/layerScale/gamma 4",
    ]);
    const shared = share(layerScale);
    expect(weightsOf(model(pipe(x, shared, shared, layerScale)))).toEqual([
      "layerScale/gamma 4",
      "layerScale_1/gamma 4",
    ]);
    expect(weightsOf(model(pipe(x, frozen(layerScale), layerScale)))).toEqual([
      "layerScale/gamma 4 fixed",
      "layerScale_1/gamma 4",
    ]);
  });

  test("works in residualOf and, with a type of its own, in sequential and chain", () => {
    expectTypeOf(residualOf(layerScale)(x)).toEqualTypeOf<Expr<[8, 6, 4]>>();
    interface LayerScale extends SameShape {
      readonly "~name": "layerScale";
    }
    const layer = compose<LayerScale>("layerScale", (y) =>
      ops.multiply(y, parameter([y.shape.at(-1) ?? null], { name: "gamma" })),
    );
    const block = sequential(conv2d({ filters: 3, kernelSize: 3 }), layer, relu);
    const y = chain(x, block, layer);
    expectTypeOf(y).toEqualTypeOf<Expr<[6, 4, 3]>>();
    expect(y.shape).toEqual([6, 4, 3]);
    expect(weightsOf(model(y))).toEqual([
      "conv2d/kernel 3x3x4x3",
      "conv2d/bias 3",
      "layerScale/gamma 3",
      "layerScale_1/gamma 3",
    ]);
  });

  test("holds other layers; people see one layer", () => {
    const gated = compose("gatedConv", <S extends readonly [number, number, number]>(image: Expr<S>) =>
      ops.multiply(
        conv2d({ filters: 5, kernelSize: 3, padding: "same" })(image),
        ops.sigmoid(conv2d({ filters: 5, kernelSize: 3, padding: "same" })(image)),
      ),
    );
    const net = model(pipe(x, gated, flatten, dense({ units: 2 })));
    expect(net.outputs.shape).toEqual([2]);
    expect(weightsOf(net).slice(0, 4)).toEqual([
      "gatedConv/conv2d/kernel 3x3x4x5",
      "gatedConv/conv2d/bias 5",
      "gatedConv/conv2d_1/kernel 3x3x4x5",
      "gatedConv/conv2d_1/bias 5",
    ]);
    const { layers, parameters } = orThrow(summarize(net));
    expect(layers).toEqual([
      { name: "gatedConv", op: "gatedConv", outputShape: [null, 8, 6, 5], parameters: 370, trainable: 370 },
      { name: "flatten", op: "flatten", outputShape: [null, 240], parameters: 0, trainable: 0 },
      { name: "dense", op: "dense", outputShape: [null, 2], parameters: 482, trainable: 482 },
    ]);
    expect(parameters).toBe(852);
  });

  test("a weight that is read in two blocks is named outside them", () => {
    const w = parameter([4, 4], { name: "w" });
    const tower = (name: string) => named(name, (y: Expr<[8, 6, 4]>) => matMul(y, w));
    expect(weightsOf(model(add(tower("left")(x), tower("right")(x))))).toEqual(["w 4x4"]);
    expect(weightsOf(model(tower("left")(x)))).toEqual(["left/w 4x4"]);
    const own = named("left", (y: Expr<[8, 6, 4]>) => matMul(y, ops.exp(parameter([4, 4], { name: "w" }))));
    expect(weightsOf(model(own(x)))).toEqual(["left/w 4x4"]);
  });

  test("takes regularisers, and weights that training leaves", () => {
    const net = model(
      pipe(
        x,
        (y) => ops.add(y, parameter([4], { name: "a", regularizer: { l1: 0, l2: 1 } })),
        (y) => ops.add(y, parameter([8, 6, 4], { name: "b", trainable: false })),
      ),
    );
    const { weights } = orThrow(toGraph(net["~model"], { registry: operators, mode: "training", seed: 0 }));
    expect(weights.map(({ name, trainable, regularizer }) => [name, trainable, regularizer])).toEqual([
      ["a", true, { l1: 0, l2: 1 }],
      ["b", false, undefined],
    ]);
  });

  test("says what does not fit, and where", () => {
    expect(problemOf(compose("a/b", (y: Expr<[8, 6, 4]>) => y)(x))).toBe(
      `compose: 'a/b' cannot name a layer: use a name that is not empty and has neither "/" nor ":"`,
    );
    const wrong = (y: AnyExpr): AnyExpr => ops.multiply(y, parameter([5], { name: "gamma" }));
    const failure = toGraph(model(compose("mine", wrong)(x))["~model"], {
      registry: operators,
      mode: "training",
      seed: 0,
    });
    expect(failure).toMatchObject({
      left: {
        tag: "ShapeMismatch",
        where: "mine/multiply",
        message: "multiply: [8x6x4] and [5] have no common shape: make their axes equal, counted from the last, or 1",
      },
    });
  });
});

describe("the low-level style", () => {
  const image = input([32, 32, 3]);

  test("a convnet with explicit parameters has exact shapes", () => {
    const w1 = parameter([5, 5, 3, 32], { name: "convW1" });
    const y1 = ops.relu(
      biasAdd(conv2dOp(image, w1, { padding: 2 }), parameter([32], { name: "convB1", initializer: zeros })),
    );
    expectTypeOf(y1).toEqualTypeOf<Expr<[32, 32, 32]>>();
    const y2 = conv2dOp(y1, parameter([3, 3, 32, 16]), { padding: "same", strides: 2 });
    expectTypeOf(y2).toEqualTypeOf<Expr<[16, 16, 16]>>();
    const logits = matMul(flatten(y2), parameter([4096, 10]));
    expectTypeOf(logits).toEqualTypeOf<Expr<[10]>>();
    expect(logits.shape).toEqual([10]);
    expect(weightsOf(model(logits))).toEqual([
      "convW1 5x5x3x32",
      "convB1 32",
      "parameter 3x3x32x16",
      "parameter_1 4096x10",
    ]);
  });

  test("types hold what the run time says", () => {
    // @ts-expect-error conv2d: the kernel [3x3x8x4] does not fit 3 channels
    const channels = conv2dOp(image, parameter([3, 3, 8, 4]));
    expect(problemOf(channels)).toBe(
      "conv2d: the kernel [3x3x8x4] does not fit 3 channels in 1 groups: its third axis must be channels / groups",
    );
    // @ts-expect-error matMul: [32x32x3] ends in 3
    const rows = matMul(image, parameter([4, 2]));
    expect(problemOf(rows)).toBe(
      "matMul: [32x32x3] ends in 3, which the weight [4x2] does not begin with: give the weight 3 rows",
    );
    // @ts-expect-error biasAdd: the bias [4] is not one number for each
    expect(problemOf(biasAdd(image, parameter([4])))).toMatch(/^biasAdd: the bias \[4\] is not one number/);
    // @ts-expect-error a weight is no expression
    const weight: Expr<[3, 3]> = parameter([3, 3]);
    expect(weight.shape).toEqual([3, 3]);
    // @ts-expect-error a layer takes expressions
    expect(() => relu(parameter([3, 3]))).not.toThrow();
    // @ts-expect-error an expression is no weight
    expect(() => matMul(image, input([3, 3]))).not.toThrow();
    // @ts-expect-error an axis that is no size
    expect(problemOf(matMul(image, parameter([3, 0])))).toMatch(/^parameter: \[3x0\] is no shape/);
  });

  test("operations by element stretch as NumPy's, and keep the batch apart", () => {
    const c = parameter([3]);
    expectTypeOf(ops.multiply(image, c)).toEqualTypeOf<Expr<[32, 32, 3]>>();
    expectTypeOf(ops.subtract(c, image)).toEqualTypeOf<Expr<[32, 32, 3]>>();
    expectTypeOf(ops.power(image, 2)).toEqualTypeOf<Expr<[32, 32, 3]>>();
    expectTypeOf(ops.divide(1, c)).toEqualTypeOf<Param<[3]>>();
    expectTypeOf(ops.add(parameter([4, 1]), c)).toEqualTypeOf<Param<[4, 3]>>();
    expectTypeOf(ops.multiply(image, input([1, 1, 3]))).toEqualTypeOf<Expr<[32, 32, 3]>>();
    expect(ops.add(parameter([4, 1]), c).shape).toEqual([4, 3]);
    // @ts-expect-error multiply: shapes differ
    expect(problemOf(ops.multiply(image, input([3, 3, 3])))).toMatch(
      /^multiply: shapes 32x32x3 and 3x3x3 differ in height/,
    );
    // @ts-expect-error add: the weight has more axes
    expect(problemOf(ops.add(image, parameter([1, 32, 32, 3])))).toBe(
      "add: the weight [1x32x32x3] has more axes than [32x32x3], which has a batch axis before them: reshape one of them",
    );
  });

  test("reductions name axes as the tensor has them", () => {
    expectTypeOf(ops.reduceMean(image, { axes: [1, 2] })).toEqualTypeOf<Expr<[3]>>();
    expectTypeOf(ops.reduceMax(image, { axes: [-1], keepDims: true })).toEqualTypeOf<Expr<[32, 32, 1]>>();
    expectTypeOf(ops.reduceSum(parameter([4, 5]), { axes: [0] })).toEqualTypeOf<Param<[5]>>();
    expect(ops.reduceMax(image, { axes: [-1], keepDims: true }).shape).toEqual([32, 32, 1]);
    expect(ops.reduceSum(parameter([4, 5]), { axes: [0] }).shape).toEqual([5]);
    // @ts-expect-error axis 0 of an expression is the batch
    expect(problemOf(ops.reduceMean(image, { axes: [0, 1] }))).toBe(
      "reduceMean: axes [0, 1] do not name axes of [32x32x3]: name each once, from 1 on or from the end by -1, -2, …",
    );
  });

  test("moves keep the batch, and say what does not fit", () => {
    expectTypeOf(ops.slice(image, { begin: [0, 8, 0], size: [32, 8, 3] })).toEqualTypeOf<Expr<[32, 8, 3]>>();
    expectTypeOf(
      ops.pad(image, [
        [1, 2],
        [0, 0],
        [0, 1],
      ]),
    ).toEqualTypeOf<Expr<[35, 32, 4]>>();
    expectTypeOf(ops.transpose(image, [3, 1, 2])).toEqualTypeOf<Expr<[3, 32, 32]>>();
    expectTypeOf(ops.transpose(parameter([4, 5]), [1, 0])).toEqualTypeOf<Param<[5, 4]>>();
    expectTypeOf(ops.reshape(image, [32, -1])).toEqualTypeOf<Expr<[32, 96]>>();
    expect(
      ops.pad(image, [
        [1, 2],
        [0, 0],
        [0, 1],
      ]).shape,
    ).toEqual([35, 32, 4]);
    expect(ops.transpose(image, [3, 1, 2]).shape).toEqual([3, 32, 32]);
    // @ts-expect-error it ends outside
    expect(problemOf(ops.slice(image, { begin: [0, 30, 0], size: [32, 8, 3] }))).toMatch(
      /^slice: begin \[0, 30, 0\] and size/,
    );
    // @ts-expect-error an axis twice
    expect(problemOf(ops.transpose(image, [1, 1, 2]))).toMatch(/^transpose: axes \[1, 1, 2\] are no order/);
    const two = [
      [1, 2],
      [0, 0],
    ] as const;
    // @ts-expect-error a pair is missing
    expect(problemOf(ops.pad(image, two))).toMatch(/^pad: paddings/);
  });

  test("tensors are nested lists", () => {
    const edges = tensor([
      [-1, -1, -1],
      [-1, 8, -1],
      [-1, -1, -1],
    ]);
    expectTypeOf(edges).toEqualTypeOf<Param<[3, 3]>>();
    expectTypeOf(ops.reshape(edges, [3, 3, 1, 1])).toEqualTypeOf<Param<[3, 3, 1, 1]>>();
    expect(problemOf(ops.add(image, tensor([[1, 2], [3]] as number[][])))).toMatch(
      /^tensor: its lists differ in length/,
    );
    expect(problemOf(ops.add(image, tensor(Number.NaN)))).toMatch(/^tensor: number 0 of it is NaN/);
  });

  test("generic functions compose, and their results are exact when they are applied", () => {
    const attention = <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) => {
      const gate = pipe(
        x,
        globalAvgPool2d,
        (y) => biasAdd(y, parameter([x.shape[2]], { name: "offset" })),
        ops.sigmoid,
      );
      return ops.multiply(x, ops.reshape(gate, [1, 1, -1]));
    };
    const y = pipe(image, compose("channelAttention", attention));
    expect(y.shape).toEqual([32, 32, 3]);
    expectTypeOf(y.shape[2]).toEqualTypeOf<3>();
  });
});
