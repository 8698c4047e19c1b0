/** Models never throw: what is wrong with one is an error value in its description. */
import { describe, expect, test } from "vitest";
import {
  add,
  conv2d,
  dense,
  flatten,
  input,
  model,
  named,
  pipe,
  relu,
  sequential,
  softmax,
  type Expr,
  type Shape,
} from "../types/vocabulary.js";
import type { SvertkaError } from "../../src/errors.js";
import type { Model } from "../../src/dsl/model.js";

const problemOf = (net: Model<unknown, unknown>): SvertkaError | undefined => net["~model"].problem;
const sized = (...shape: readonly number[]): Expr<Shape> => input(shape);

describe("inputs and outputs", () => {
  test("of an expression are found", () => {
    const x = input([4]);
    const y = pipe(x, dense({ units: 3 }), softmax);
    const net = model(y);
    expect(net["~model"]).toEqual({ inputs: { input: x }, outputs: { output: y }, problem: undefined });
    expect(net.inputs).toBe(x);
    expect(net.outputs).toBe(y);
  });

  test("without names are counted in the order of a walk, around names that are taken", () => {
    const inputs = [input([1]), input([1], { name: "input_1" }), input([1]), input([1], { name: "mask" })] as const;
    const net = model(add(inputs[3], inputs[0], inputs[1], inputs[2]));
    expect(Object.entries(net["~model"].inputs)).toEqual([
      ["mask", inputs[3]],
      ["input", inputs[0]],
      ["input_1", inputs[1]],
      ["input_2", inputs[2]],
    ]);
  });

  test("are given by name", () => {
    const [a, b] = [input([4]), input([4])];
    const net = model({ inputs: { a, b }, outputs: { sum: add(a, b), a: relu(a) } });
    expect(problemOf(net)).toBeUndefined();
    expect(Object.keys(net["~model"].inputs)).toEqual(["a", "b"]);
    expect(Object.keys(net["~model"].outputs)).toEqual(["sum", "a"]);
  });

  test("follow from an input and a layer", () => {
    const layer = sequential(flatten, dense({ units: 3 }));
    const net = model(input([2, 2], { name: "x" }), layer);
    expect(net.outputs.shape).toEqual([3]);
    expect(net.layer).toBe(layer);
    expect(Object.keys(net["~model"].inputs)).toEqual(["x"]);
  });

  test("inside the bodies of scopes are found", () => {
    const captured = input([4], { name: "captured" });
    const block = named("block", (x: Expr<[4]>) => add(x, captured));
    expect(Object.keys(model(block(input([4])))["~model"].inputs)).toEqual(["input", "captured"]);
  });
});

describe("problems", () => {
  test("shapes that do not fit", () => {
    const block = named("stem", conv2d({ filters: 8, kernelSize: 5 }));
    expect(problemOf(model(pipe(sized(3, 3, 1), block)))).toEqual({
      tag: "ShapeMismatch",
      where: "stem",
      message:
        "conv2d: kernel 5x5 does not fit input 3x3 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 3x3",
    });
  });

  test.each([
    {
      net: () => model(add(input([1], { name: "x" }), input([1], { name: "x" }))),
      says: 'model: two inputs are named "x": give each input(...) a name of its own',
    },
    {
      net: () => model({ inputs: input([4]), outputs: relu(input([4])) }),
      says: 'model: output "output" comes from input [4], which is not one of the model\'s inputs: list it in inputs',
    },
    {
      net: () => {
        const x = input([4]);
        return model({ inputs: { a: x, b: x }, outputs: relu(x) });
      },
      says: 'model: input "b" is listed under two names: list each input(...) once',
    },
    {
      net: () => {
        const x = relu(input([4]));
        return model({ inputs: { a: x }, outputs: relu(x) });
      },
      says: 'model: input "a" is computed from others: use an expression made by input(...)',
    },
    {
      net: () => model({ inputs: {}, outputs: {} }),
      says: "model: it has no outputs: name at least one in outputs",
    },
    {
      net: () => {
        const x = input([4]);
        return model({ inputs: { "a/b": x }, outputs: relu(x) });
      },
      says: 'model: "a/b" cannot name an input or output: use a name that is not empty and has no "/"',
    },
    {
      net: () => model(pipe(input([4]), named("a/b", relu))),
      says: 'named: "a/b" cannot name a scope: use a name that is not empty and has no "/"',
    },
    {
      net: () => model(pipe(input([4]), named("outer", named("", relu)))),
      says: 'named: "" cannot name a scope: use a name that is not empty and has no "/"',
    },
  ])("$says", ({ net, says }) => {
    expect(problemOf(net())).toEqual({ tag: "BadModel", where: "", message: says });
  });
});
