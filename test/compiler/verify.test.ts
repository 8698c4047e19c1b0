/** The verifier: a sound graph, and each law broken once. */
import { describe, expect, test } from "vitest";
import type { Graph, Node } from "../../src/compiler/ir/graph.js";
import { f32 } from "../../src/compiler/ir/type.js";
import { verify } from "../../src/compiler/ir/verify.js";
import { operators } from "../../src/ops/registry.js";
import { ir, parsed, slide, source } from "./ir-text.js";

const sound = parsed(
  ir(
    source(0, "input", "x", ["n", 6, 6, 3]),
    source(1, "parameter", "k", [3, 3, 3, 4]),
    source(2, "parameter", "b", [4]),
    `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd + relu : f32[n, 4, 4, 4]`,
    "%4 = sigmoid(%3) : f32[n, 4, 4, 4]",
    'result "y" = %4',
  ),
);

/** The graph with one node's fields changed. */
const changed = (id: number, change: Partial<Node>): Graph => ({
  ...sound,
  nodes: sound.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)),
});

const outputs = (...given: Graph["outputs"]): Graph => ({ ...sound, outputs: given });
const y = { kind: "result", name: "y", value: 4 } as const;

test("a sound graph has no problem", () => {
  expect(verify(sound, operators)).toBeUndefined();
});

const broken: Readonly<Record<string, readonly [graph: Graph, sentence: RegExp]>> = {
  "ids are 0, 1, 2 …": [changed(3, { id: 7 }), /node 3 has the id %7/],
  "operators are registered": [changed(4, { op: "magic" }), /no operator 'magic'/],
  "inputs come before": [changed(3, { inputs: [0, 1, 4] }), /%3 reads a node that does not come before it/],
  "a node does not read itself": [changed(4, { inputs: [4] }), /%4 reads a node that does not come before it/],
  "inputs are ids": [changed(4, { inputs: [-1] }), /%4 reads a node/],
  "operators get as many inputs as they take": [changed(4, { inputs: [3, 3] }), /%4: sigmoid takes 1 inputs, got 2/],
  "shapes fit": [
    changed(1, { type: f32(3, 3, 2, 4), attrs: { dtype: "f32", name: "k", shape: [3, 3, 2, 4] } }),
    /%3: conv2d/,
  ],
  "attributes are those of the operator": [changed(3, { attrs: {} }), /%3: conv2d: attribute strides cannot be/],
  "types are what the rules derive": [changed(4, { type: f32("n", 4, 4) }), /should have type f32\[n, 4, 4, 4\]/],
  "element types are what the rules derive": [
    changed(4, { type: { dtype: "i32", shape: ["n", 4, 4, 4] } }),
    /should have type f32/,
  ],
  "only some operators take an epilogue": [
    changed(4, { epilogue: [{ op: "relu", attrs: {} }] }),
    /sigmoid takes no epilogue/,
  ],
  "stages are registered": [
    changed(3, { inputs: [0, 1], epilogue: [{ op: "magic", attrs: {} }] }),
    /no operator 'magic'/,
  ],
  "stages have what they read": [changed(3, { inputs: [0, 1] }), /%3: conv2d/],
  "stages fit": [
    changed(2, { type: f32(5), attrs: { dtype: "f32", name: "b", shape: [5] } }),
    /%3: biasAdd: .* do not broadcast/,
  ],
  "sources have no inputs": [changed(2, { inputs: [0] }), /parameter takes no inputs/],
  "a tensor holds the batch once": [
    changed(0, { attrs: { dtype: "f32", name: "x", shape: ["n", "n"] }, type: f32("n", "n") }),
    /%0: input: attribute shape cannot be/,
  ],
  "outputs read what is there": [outputs({ ...y, value: 9 }), /output 'y' reads %9, which is not there/],
  "outputs have names of their own": [outputs(y, { ...y, value: 3 }), /two outputs are named result 'y'/],
};

describe("a broken law is said:", () => {
  test.each(Object.entries(broken))("%s", (_, [graph, sentence]) => {
    expect(verify(graph, operators)).toMatch(sentence);
  });
});

test("a result and an update may have the same name", () => {
  expect(verify(outputs(y, { ...y, kind: "update" }), operators)).toBeUndefined();
});

test("a product that would hold the batch twice is refused", () => {
  const x = source(0, "input", "x", ["n", 3]);
  const twice = (): unknown => parsed(ir(x, "%1 = matMul(%0, %0) {transposeA: false, transposeB: true} : f32[n, n]"));
  expect(twice).toThrow(/holds the batch axis twice/);
});
