/** Reverse mode as text: sums where a value is read twice, and nothing for what nobody needs. */
import { describe, expect, test } from "vitest";
import { appendGradient } from "../../../src/compiler/autodiff/gradient.js";
import { graphBuilder } from "../../../src/compiler/ir/builder.js";
import type { Node } from "../../../src/compiler/ir/graph.js";
import { graphText } from "../../../src/compiler/ir/text.js";
import { verify } from "../../../src/compiler/ir/verify.js";
import { operators } from "../../../src/ops/registry.js";
import { ir, parsed, product, slide, source, withoutDead } from "../ir-text.js";

/** The graph with the gradients of its result "loss" by the named sources, without dead nodes; absent ones are listed. */
const differentiated = (
  text: string,
  ...names: readonly string[]
): { readonly text: string; readonly absent: readonly string[]; readonly nodes: readonly Node[] } => {
  const graph = parsed(text);
  const builder = graphBuilder(operators, graph.nodes);
  const loss = graph.outputs.find(({ name }) => name === "loss")?.value ?? 0;
  const wrt = names.map((name) => {
    const node = graph.nodes.find(({ attrs }) => attrs["name"] === name);
    if (node === undefined) throw new Error(`no source ${name}`);
    return { id: node.id, type: node.type };
  });
  const gradients = appendGradient({
    nodes: graph.nodes,
    builder,
    registry: operators,
    loss: { id: loss, type: builder.node(loss).type },
    wrt,
  });
  const outputs = gradients.flatMap((gradient, i) =>
    gradient === undefined ? [] : [{ kind: "result" as const, name: `d${names[i] ?? ""}`, value: gradient.id }],
  );
  const whole = builder.finish(outputs);
  expect(verify(whole, operators)).toBeUndefined();
  return {
    text: withoutDead(graphText(whole)),
    absent: names.filter((_, i) => gradients[i] === undefined),
    nodes: whole.nodes.slice(graph.nodes.length),
  };
};

const x = source(0, "input", "x", [4]);
const one = (id: number): string => `%${id} = constant() {dtype: "f32", shape: [], value: 1} : f32[]`;
const sum = (id: number, from: number): string => `%${id} = reduceSum(%${from}) {axes: [0], keepDims: false} : f32[]`;
const spread = (id: number, from: number): readonly string[] => [
  `%${id} = reshape(%${from}) {shape: [1]} : f32[1]`,
  `%${id + 1} = broadcastTo(%${id}) {shape: [4]} : f32[4]`,
];

test("a value that is read twice gets the sum of both gradients: d(x + tanh x) = dy + dy (1 − tanh² x)", () => {
  const text = ir(x, "%1 = tanh(%0) : f32[4]", "%2 = add(%0, %1) : f32[4]", sum(3, 2), 'result "loss" = %3');
  expect(differentiated(text, "x").text).toBe(
    ir(
      x,
      "%1 = tanh(%0) : f32[4]",
      one(2),
      ...spread(3, 2),
      '%5 = elementwise(%4, %1) {formula: ["mul", "x0", ["sub", 1, ["mul", "x1", "x1"]]]} : f32[4]',
      "%6 = add(%4, %5) : f32[4]",
      'result "dx" = %6',
    ),
  );
});

test("a value that one node reads twice: d(x · x) = dy · x + dy · x", () => {
  const text = ir(x, "%1 = multiply(%0, %0) : f32[4]", sum(2, 1), 'result "loss" = %2');
  const side = (id: number): string => `%${id} = elementwise(%3, %0) {formula: ["mul", "x0", "x1"]} : f32[4]`;
  expect(differentiated(text, "x").text).toBe(
    ir(x, one(1), ...spread(2, 1), side(4), side(5), "%6 = add(%4, %5) : f32[4]", 'result "dx" = %6'),
  );
});

test("the mask of relu is taken from its result, so that nothing before it is kept", () => {
  const text = ir(x, "%1 = relu(%0) : f32[4]", sum(2, 1), 'result "loss" = %2');
  expect(differentiated(text, "x").text).toContain(
    'elementwise(%4, %1) {formula: ["select", ["gt", "x1", 0], "x0", 0]}',
  );
});

describe("nothing is computed for what nobody needs", () => {
  const net = ir(
    source(0, "input", "x", ["n", 6, 6, 3]),
    source(1, "parameter", "k1", [3, 3, 3, 4]),
    source(2, "parameter", "k2", [3, 3, 4, 2]),
    `%3 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    `%4 = conv2d(%3, %2) ${slide()} : f32[n, 2, 2, 2]`,
    "%5 = reduceSum(%4) {axes: [0, 1, 2, 3], keepDims: false} : f32[]",
    'result "loss" = %5',
  );
  const operatorsFor = (...names: readonly string[]): readonly string[] =>
    differentiated(net, ...names)
      .nodes.map(({ op }) => op)
      .filter((op) => op.startsWith("conv2d"));

  test("the last kernel needs one filter gradient", () => {
    expect(operatorsFor("k2")).toEqual(["conv2dFilterGradient"]);
  });

  test("both kernels need one input gradient between them, none by the image", () => {
    expect(operatorsFor("k1", "k2").toSorted()).toEqual([
      "conv2dFilterGradient",
      "conv2dFilterGradient",
      "conv2dInputGradient",
    ]);
  });

  test("the image needs two input gradients and no filter gradient", () => {
    expect(operatorsFor("x")).toEqual(["conv2dInputGradient", "conv2dInputGradient"]);
  });

  test("asked for nothing, nothing is emitted", () => {
    expect(differentiated(net).nodes).toEqual([]);
  });
});

test("what the loss does not depend on has no gradient", () => {
  const text = ir(
    x,
    source(1, "parameter", "aside", [4]),
    "%2 = multiply(%0, %1) : f32[4]",
    sum(3, 0),
    'result "loss" = %3',
    'result "other" = %2',
  );
  const { absent, text: got } = differentiated(text, "x", "aside");
  expect(absent).toEqual(["aside"]);
  expect(got).toBe(ir(x, one(1), ...spread(2, 1), 'result "dx" = %3'));
});

test("integers and comparisons stop the gradient", () => {
  const text = ir(
    x,
    '%1 = cast(%0) {dtype: "i32"} : i32[4]',
    '%2 = cast(%1) {dtype: "f32"} : f32[4]',
    '%3 = elementwise(%0) {formula: ["gt", "x0", 0]} : f32[4]',
    "%4 = add(%2, %3) : f32[4]",
    sum(5, 4),
    'result "loss" = %5',
  );
  expect(differentiated(text, "x").absent).toEqual(["x"]);
});

test("a stretched input gets the sum over what it was stretched along", () => {
  const text = ir(
    source(0, "input", "x", [3, 4]),
    source(1, "parameter", "b", [4]),
    "%2 = biasAdd(%0, %1) : f32[3, 4]",
    "%3 = reduceSum(%2) {axes: [0, 1], keepDims: false} : f32[]",
    'result "loss" = %3',
  );
  expect(differentiated(text, "b").text).toContain("reduceSum(%3) {axes: [0], keepDims: false} : f32[4]");
});

test("a matrix product's gradients are products with the other factor transposed", () => {
  const text = ir(
    source(0, "input", "a", [2, 3]),
    source(1, "parameter", "b", [3, 5]),
    `%2 = matMul(%0, %1) ${product} : f32[2, 5]`,
    "%3 = reduceSum(%2) {axes: [0, 1], keepDims: false} : f32[]",
    'result "loss" = %3',
  );
  const got = differentiated(text, "a", "b").text;
  expect(got).toMatch(/matMul\(%\d, %1\) \{transposeA: false, transposeB: true\} : f32\[2, 3\]/);
  expect(got).toMatch(/matMul\(%0, %\d\) \{transposeA: true, transposeB: false\} : f32\[3, 5\]/);
});

test("a fused graph cannot be differentiated: that order of passes is our bug", () => {
  const fused = ir(
    source(0, "input", "x", ["n", 3]),
    source(1, "parameter", "k", [3, 4]),
    `%2 = matMul(%0, %1) ${product} + relu : f32[n, 4]`,
    "%3 = reduceSum(%2) {axes: [0, 1], keepDims: false} : f32[]",
    'result "loss" = %3',
  );
  expect(() => differentiated(fused, "k")).toThrow(/differentiate before fusing: %2/);
});
