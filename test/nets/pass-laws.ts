/** What must hold of passes on every net, for whatever passes there are: `defaultPasses` is the only list. */
import { expect } from "vitest";
import { ortTarget } from "../../src/backends/ort/target.js";
import { target as nodeTarget } from "../../src/backends/node/target.js";
import type { KernelDevice } from "../../src/backends/backend.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { graphText } from "../../src/compiler/ir/text.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { defaultPasses, requiredPasses, runPasses } from "../../src/compiler/pipeline.js";
import type { Target } from "../../src/compiler/target.js";
import { operators } from "../../src/ops/registry.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { feedsOf, type Subject } from "./subjects.js";

export const distinctPasses: readonly Pass[] = [...new Set(defaultPasses)];

/** Those that answer on a machine without GPU: our own kernels, whole graphs, everything. Loaded ones are given. */
export const targetsOf = (...loaded: readonly Target[]): readonly Target[] => [...loaded, nodeTarget, ortTarget];

const changedBy = (graph: Graph, target: Target, passes: readonly Pass[]): Graph =>
  runPasses(graph, { registry: operators, target, passes, verifyEach: true }).graph;

/** The verifier holds after each pass: in the pipeline, and alone on the graph as it comes. */
export const passesKeepTheLaws = (graph: Graph, target: Target): void => {
  changedBy(graph, target, defaultPasses);
  for (const pass of distinctPasses) changedBy(graph, target, [pass]);
};

/** The graph with what the target lacks rewritten: what passes after legalisation are made for. */
export const legalFor = (graph: Graph, target: Target): Graph => changedBy(graph, target, requiredPasses);

/** The same graph gives the same text; and the pipeline's result is what the pipeline makes of it. */
export const pipelineIsSettled = (graph: Graph, target: Target, mode: Subject["mode"]): void => {
  const once = changedBy(graph, target, defaultPasses);
  expect(graphText(changedBy(graph, target, defaultPasses)), `deterministic, for ${target.name}`).toBe(graphText(once));
  expect(graphText(changedBy(once, target, defaultPasses)), `idempotent, for ${target.name}, ${mode}`).toBe(
    graphText(once),
  );
};

interface Numeric {
  readonly oracle: KernelDevice;
  readonly batch: number;
  readonly seed: number;
  /** The passes to try, each by itself; all together are always tried. */
  readonly alone: readonly Pass[];
}

/** What passes made for a target gives the numbers of the graph as it was, in float64: whatever an operator does, the oracle can. */
export const passesKeepTheNumbers = async (
  subject: Subject,
  target: Target,
  { oracle, batch, seed, alone }: Numeric,
): Promise<void> => {
  const feeds = feedsOf(subject, batch, seed);
  const numbersOf = (graph: Graph) => runNamed(graph, oracle, { batch, feeds, passes: [] });
  const wanted = await numbersOf(subject.graph);
  const tried = [
    ["all passes", defaultPasses] as const,
    ...alone.map((pass) => [`${pass.name} alone`, [pass]] as const),
  ];
  const seen = new Set([graphText(subject.graph)]);
  for (const [label, passes] of tried) {
    const graph = changedBy(subject.graph, target, passes);
    const text = graphText(graph);
    if (seen.has(text)) continue;
    seen.add(text);
    const found = await numbersOf(graph);
    for (const [name, numbers] of wanted)
      expect(
        relativeError(found.get(name) ?? [], numbers),
        `${name} of ${subject.mode} after ${label}, for ${target.name}`,
      ).toBeLessThan(1e-8);
  }
};
