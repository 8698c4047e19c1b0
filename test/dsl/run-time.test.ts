/** What the DSL does at run time: nothing throws, the first sentence survives, and files without a type check are safe. */
import { describe, expect, test } from "vitest";
import {
  add,
  concatenate,
  conv2d,
  dense,
  flatten,
  input,
  maxPool2d,
  named,
  pipe,
  relu,
  sequential,
  share,
  softmax,
  type Expr,
  type Shape,
} from "../types/vocabulary.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { isProbabilities } from "../../src/dsl/probabilities.js";
import { walk } from "../../src/dsl/walk.js";
import { isPoisoned } from "../../src/shape/shape.js";

/** A shape whose sizes only the run time knows, as of a configuration. */
const sized = (...shape: readonly number[]): Expr<Shape> => input(shape);
const sentenceOf = ({ shape }: AnyExpr): string | undefined => (isPoisoned(shape) ? shape.error : undefined);
/** A call as plain JavaScript makes it. */
const untyped = (f: unknown): ((...args: readonly unknown[]) => (x: AnyExpr) => AnyExpr) => f as never;

test("the first sentence passes through all that follows", () => {
  const none: number = 0;
  const wrong = pipe(
    sized(3, 3, 1),
    conv2d({ filters: 8, kernelSize: 5 }),
    maxPool2d({ poolSize: 9 }),
    flatten,
    dense({ units: none }),
  );
  expect(sentenceOf(wrong)).toMatch(/^conv2d: kernel 5x5 does not fit input 3x3 /);
  expect(sentenceOf(add(sized(1), wrong))).toBe(sentenceOf(wrong));
  expect(sentenceOf(concatenate([sized(1), wrong]))).toBe(sentenceOf(wrong));
  expect(wrong.shape).toHaveLength(0);
});

test("named scopes around the guilty layer are its place", () => {
  const inner = named("block", sequential(relu, conv2d({ filters: 1, kernelSize: 5 })));
  const { shape } = named("stem", sequential(inner, named("after", relu)))(sized(3, 3, 1));
  expect(isPoisoned(shape) && shape.where).toBe("stem/block");
});

test("a value of a model is described, not run", () => {
  const x = input([4], { name: "x" });
  const y = pipe(x, dense({ units: 2 }), softmax);
  expect(x).toEqual({ shape: [4], "~node": { kind: "input", name: "x" } });
  expect(y.shape).toEqual([2]);
  expect(isProbabilities(y)).toBe(true);
  expect(y["~node"]).toMatchObject({ kind: "layer", layer: { name: "softmax" }, inputs: [{ shape: [2] }] });
});

test("an input's shape is copied", () => {
  const shape = [1, 2];
  const x = input(shape);
  shape.push(3);
  expect(x.shape).toEqual([1, 2]);
});

test("applications of a shared layer have one token, two layers have two", () => {
  const layer = share(dense({ units: 2 }));
  const tokenOf = ({ "~node": node }: AnyExpr): unknown => (node.kind === "shared" ? node.token : undefined);
  const x = input([4]);
  expect(tokenOf(layer(x))).toBeDefined();
  expect(tokenOf(layer(x))).toBe(tokenOf(layer(x)));
  expect(tokenOf(layer(x))).not.toBe(tokenOf(share(dense({ units: 2 }))(x)));
});

test("a walk goes depth first, inputs from left to right, each expression once", () => {
  const a = input([4]);
  const b = input([4]);
  const sum = add(pipe(a, relu), b);
  const end = add(sum, sum, a);
  expect(walk([end]).map((expr) => [a, b, sum, end].indexOf(expr as never))).toEqual([0, -1, 1, 2, 3]);
});

test("a walk of 100,000 layers needs no stack", () => {
  let x: Expr<Shape> = input([1]);
  for (let i = 0; i < 100_000; i++) x = relu(x);
  expect(walk([x])).toHaveLength(100_001);
});

describe("options that no compiler has seen", () => {
  test.each([
    { layer: untyped(conv2d)({ filters: 8, kernalSize: 3 }), says: "conv2d: kernelSize undefined is no size" },
    { layer: untyped(conv2d)({ filters: "8", kernelSize: 3 }), says: "conv2d: filters '8' is no size" },
    { layer: untyped(conv2d)({ filters: 8, kernelSize: [3] }), says: "conv2d: kernelSize [3] is no size" },
    {
      layer: untyped(conv2d)({ filters: 8, kernelSize: 3, padding: "sane" }),
      says: "conv2d: padding 'sane' is no size",
    },
    {
      layer: untyped(conv2d)({ filters: 8, kernelSize: 3, padding: [1, [2, 3]] }),
      says: "conv2d: padding [1, [2, 3]] is no size",
    },
    { layer: untyped(conv2d)({ filters: Number.NaN, kernelSize: 3 }), says: "conv2d: filters NaN is no size" },
    {
      layer: untyped(conv2d)({ filters: 8, kernelSize: 3, activation: "rellu" }),
      says: "conv2d: activation 'rellu' is unknown",
    },
    { layer: untyped(maxPool2d)({ poolSize: null }), says: "maxPool2d: poolSize null is no size" },
  ])("$says", ({ layer, says }) => {
    expect(sentenceOf(layer(sized(8, 8, 1)))).toContain(says);
  });

  test("an input without a list", () => {
    expect(sentenceOf(untyped(input)("28") as unknown as AnyExpr)).toContain("input: shape [28] has an axis");
  });
});
