/** `strict` at run time: what it reaches, what it refuses; the types follow by test/types. */
import { expect, test } from "vitest";
import {
  conv1d,
  conv2d,
  flow,
  input,
  maxPool2d,
  maxPool3d,
  named,
  pipe,
  relu,
  residual,
  residualOf,
  sequential,
  share,
  strict,
  type Expr,
  type Shape,
} from "../types/vocabulary.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { model } from "../../src/dsl/model.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { operators } from "../../src/ops/registry.js";
import { isPoisoned } from "../../src/shape/shape.js";

/** A shape whose sizes only the run time knows, as of a configuration. */
const sized = (...shape: readonly number[]): Expr<Shape> => input(shape);
const sentenceOf = ({ shape }: AnyExpr): string | undefined => (isPoisoned(shape) ? shape.error : undefined);
const untyped = (layer: unknown): ((x: AnyExpr) => AnyExpr) => strict(layer as typeof relu); // a call as plain JavaScript makes it

const drops = /^maxPool2d: pool 2x2 with strides 2 drops 1 row and 1 column of input 7x7/;

test("it reaches what sequential, residual, named and share hold", () => {
  const block = sequential(relu, residual(relu), named("a", share(sequential(maxPool2d()))));
  expect(sentenceOf(pipe(sized(7, 7, 1), strict(block)))).toMatch(drops);
  expect(pipe(sized(7, 7, 1), block).shape).toEqual([3, 3, 1]);
  expect(pipe(sized(8, 8, 1), strict(block)).shape).toEqual([4, 4, 1]);
});

test("where it failed is said", () => {
  const { shape } = pipe(sized(7, 7, 1), strict(named("stem", sequential(maxPool2d()))));
  expect(isPoisoned(shape) && shape.where).toBe("stem");
});

test("an option that only the run time knows", () => {
  const isStrict: boolean = true;
  expect(sentenceOf(pipe(sized(7, 7, 1), maxPool2d({ strict: isStrict })))).toMatch(drops);
  expect(pipe(sized(7, 7, 1), maxPool2d({ strict: !isStrict })).shape).toEqual([3, 3, 1]);
});

test("one axis and three", () => {
  const one: AnyExpr = conv1d({ filters: 2, kernelSize: 3, strides: 2, strict: true })(sized(8, 1));
  expect(sentenceOf(one)).toBe(
    "conv1d: kernel 3 with strides 2 drops 1 step of input 8: use padding [0, 1], or an input of 7",
  );
  const causal: AnyExpr = strict(conv1d({ filters: 2, kernelSize: 3, strides: 2, padding: "causal" }))(sized(8, 1));
  expect(sentenceOf(causal)).toContain("drops 1 step of input 8: use padding [2, 1], or an input of 7");
  expect(sentenceOf(strict(maxPool3d({ poolSize: [2, 1, 3] }))(sized(5, 4, 7, 2)))).toBe(
    "maxPool3d: pool 2x1x3 with strides [2, 1, 3] drops 1 plane and 1 column of input 5x4x7: use padding [[0, 1], [0, 0], [0, 2]], or an input of 4x4x6",
  );
});

test("padding that is cut off is no cell of the input", () => {
  const resnet = conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: 3, strict: true });
  expect(pipe(sized(224, 224, 3), resnet).shape).toEqual([112, 112, 64]);
});

test.each([
  ["a flow", flow(maxPool2d(), relu)],
  ["a lambda", (x: AnyExpr) => x],
  ["a finished expression", sized(7, 7, 1)],
  ["a residual of a function", residualOf((x: Expr<Shape>) => x)],
  ["a named lambda", named("a", (x: Expr<Shape>) => x)],
  ["nothing", undefined],
])("%s is refused", (_, opaque) => {
  expect(sentenceOf(untyped(opaque)(sized(7, 7, 1)))).toBe(
    "strict: it cannot look into a flow, a lambda or a finished expression: put the layers into sequential(...)",
  );
});

test("weights keep their names, and the rule holds at compile too", () => {
  const options = { registry: operators, mode: "inference", seed: 0 } as const;
  const layer = sequential(conv2d({ filters: 2, kernelSize: 3 }), maxPool2d());
  const graph = orThrow(toGraph(model(pipe(sized(6, 6, 1), strict(layer)))["~model"], options));
  expect(graph.weights.map(({ name }) => name)).toEqual(["conv2d/kernel", "conv2d/bias"]);
  const wrong = toGraph(model(pipe(sized(9, 9, 1), strict(layer)))["~model"], options);
  expect(E.isLeft(wrong) && [wrong.left.where, wrong.left.message.slice(0, 40)]).toEqual([
    "maxPool2d",
    "maxPool2d: pool 2x2 with strides 2 drops",
  ]);
});
