/** docs/passes/README.md: how many calls known nets take without and with the passes; UPDATE=1 writes it. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { target as nodeTarget } from "../../src/backends/node/target.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { lower } from "../../src/compiler/lowering/lower.js";
import { defaultPasses, requiredPasses, runPasses } from "../../src/compiler/pipeline.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import type { KernelTarget, Target } from "../../src/compiler/target.js";
import { orReject, orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { architectures } from "../nets/architectures.js";

const page = new URL("../../docs/passes/README.md", import.meta.url);

const optimised = (graph: Graph, target: Target, passes: readonly Pass[]): Graph =>
  runPasses(graph, { registry: operators, target, passes }).graph;

/** Kernel calls for a batch, and what they are. */
const callsOn = (target: KernelTarget, graph: Graph, passes: readonly Pass[]): readonly string[] => {
  const program = orThrow(
    lower(optimised(graph, target, passes), { registry: operators, target, batch: 1, stableWeights: true }),
  );
  return program.steps.flatMap((step) => (step.kind === "call" ? [step.call.kernel] : []));
};

/** Operators of the one native call that depend on the batch; reshapes move nothing. */
const operatorsOn = (target: Target, graph: Graph, passes: readonly Pass[]): number => {
  const changing = new Set<number>();
  const { nodes } = optimised(graph, target, passes);
  for (const { id, op, inputs } of nodes)
    if (op === "input" || inputs.some((input) => changing.has(input))) changing.add(id);
  return nodes.filter(({ id, op }) => changing.has(id) && op !== "input" && op !== "reshape").length;
};

const countsOf = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
};

test("the table of known nets is what the passes make of them (UPDATE=1 writes it)", { timeout: 120_000 }, async () => {
  const { target } = await orReject(wasm.load);
  const rows = architectures.map(({ name, full }) => {
    const graph = orThrow(inferenceGraph(full)).graph;
    const after = callsOn(target, graph, defaultPasses);
    const onWasm = `${callsOn(target, graph, requiredPasses).length} | ${after.length}`;
    const onNode = [requiredPasses, defaultPasses].map((passes) => operatorsOn(nodeTarget, graph, passes));
    return `| ${name} | ${onWasm} | ${countsOf(after)} | ${onNode.join(" | ")} |`;
  });
  const text = `# Passes

A page for each pass: what it is for, what it needs and gives, an example that a test runs, edge cases. Their order is
\`src/compiler/pipeline.ts\`. \`svertka explain\` shows what each did to a model.

What they make of known nets, in inference: kernel calls for a batch on wasm without and with them (weights are prepared
once in both), what those calls are, and the operators of the one TensorFlow graph on node, whose own optimiser joins
convolution, bias, sum and activation.

| net | wasm, before | after | of these | node, before | after |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
  if (process.env["UPDATE"] === "1") writeFileSync(page, text);
  expect(readFileSync(page, "utf8")).toBe(text);
});
