/** A pass that breaks the graph is named, and both graphs are printed: each way of breaking one, tried on purpose. */
import { describe, expect, test } from "vitest";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { graphText } from "../../src/compiler/ir/text.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { defaultPasses, runPasses } from "../../src/compiler/pipeline.js";
import { operators } from "../../src/ops/registry.js";
import { rewriteGraph } from "../../src/compiler/rewrite/walk.js";
import { anyTarget, ir, parsed, slide, source } from "./ir-text.js";

const sound = parsed(
  ir(
    source(0, "input", "x", ["n", 6, 6, 3]),
    source(1, "parameter", "kernel", [3, 3, 3, 4]),
    `%2 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    "%3 = relu(%2) : f32[n, 4, 4, 4]",
    'result "y" = %3',
  ),
);

const passOf = (run: Pass["run"]): Pass => ({ name: "spoil", purpose: "", requires: "", ensures: "", run });

/** The graph with the fields of node 3 changed. */
const withLast = (change: Partial<Graph["nodes"][number]>): Graph => ({
  ...sound,
  nodes: sound.nodes.map((node) => (node.id === 3 ? { ...node, ...change } : node)),
});

const broken: Readonly<Record<string, readonly [after: Graph, sentence: string]>> = {
  "a type that no rule derives": [
    withLast({ type: { dtype: "f32", shape: ["n", 4, 4] } }),
    "%3 = relu(%2) : f32[n, 4, 4] should have type f32[n, 4, 4, 4]",
  ],
  "an operator that there is not": [withLast({ op: "magic" }), "no operator 'magic' is registered"],
  "a node before its input": [withLast({ inputs: [4] }), "%3 reads a node that does not come before it"],
  "a result that is gone": [{ ...sound, outputs: [] }, "inputs and outputs differ at 'result y f32[n, 4, 4, 4]'"],
  "a result of another name": [
    { ...sound, outputs: [{ kind: "result", name: "z", value: 3 }] },
    "inputs and outputs differ at 'result y f32[n, 4, 4, 4]'",
  ],
  "a result of another type": [
    { ...sound, outputs: [{ kind: "result", name: "y", value: 0 }] },
    "inputs and outputs differ at 'result y f32[n, 4, 4, 4]'",
  ],
  "a result too many": [
    { ...sound, outputs: [...sound.outputs, { kind: "update", name: "kernel", value: 1 }] },
    "inputs and outputs differ at 'update kernel f32[3, 3, 3, 4]'",
  ],
};

describe("a pass that leaves", () => {
  test.each(Object.entries(broken))("%s", (_, [after, sentence]) => {
    const run = (): unknown =>
      runPasses(sound, {
        registry: operators,
        target: anyTarget,
        passes: [...defaultPasses.slice(0, 2), passOf(() => after)],
        verifyEach: true,
      });
    expect(run).toThrow(
      `svertka bug: pass spoil broke the graph: ${sentence}\nbefore spoil:\n${graphText(sound)}\nafter spoil:\n${graphText(after)}`,
    );
  });
});

test("a pass that throws is named, and the graph before it is printed", () => {
  const spoil = passOf((graph, { registry }) =>
    rewriteGraph(graph, registry, ({ node, inputs }) =>
      node.op === "relu" ? inputs[0] && { id: 0, type: { dtype: "f32", shape: [] } } : undefined,
    ),
  );
  const run = (verifyEach: boolean) => (): unknown =>
    runPasses(sound, { registry: operators, target: anyTarget, passes: [spoil], verifyEach });
  expect(run(true)).toThrow(
    `pass spoil broke the graph: svertka bug: the rewrite of %3 relu has type f32[], not f32[n, 4, 4, 4]\nbefore spoil:\n${graphText(sound)}\nspoil gave nothing`,
  );
  expect(run(false)).toThrow(/^pass spoil: svertka bug: the rewrite of %3 relu[^\n]*$/);
});

test("a sound pass is not blamed", () => {
  const { graph } = runPasses(sound, {
    registry: operators,
    target: anyTarget,
    passes: [passOf((given) => given)],
    verifyEach: true,
  });
  expect(graph).toBe(sound);
});
