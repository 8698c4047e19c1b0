/** What a pass broke: its name, what is wrong, and the graph before and after it, for whoever mends the pass. */
import type { Registry } from "../ir/builder.js";
import { sourceName, type Graph } from "../ir/graph.js";
import { graphText } from "../ir/text.js";
import { typeText } from "../ir/type.js";
import { verify } from "../ir/verify.js";

export interface PassOutcome {
  readonly pass: string;
  readonly before: Graph;
  /** Undefined where the pass itself threw. */
  readonly after: Graph | undefined;
  readonly problem: string;
}

/** The first law that does not hold of what a pass made: the graph is sound, and takes and gives what it did before. */
export const lawBroken = (before: Graph, after: Graph, registry: Registry): string | undefined => {
  const problem = verify(after, registry);
  if (problem !== undefined) return problem;
  const [wanted, found] = [signatureOf(before), signatureOf(after)];
  const missing = wanted.find((line, index) => line !== found[index]) ?? found[wanted.length];
  return missing === undefined ? undefined : `inputs and outputs differ at '${missing}'`;
};

/** What callers see of a graph, in order: what it is fed, and what it gives. */
const signatureOf = ({ nodes, outputs }: Graph): readonly string[] => [
  ...nodes.filter(({ op }) => op === "input").map((node) => `input ${sourceName(node)} ${typeText(node.type)}`),
  ...outputs.map(({ kind, name, value }) => {
    const type = nodes[value]?.type;
    return `${kind} ${name} ${type === undefined ? "?" : typeText(type)}`;
  }),
];

/** The sentence, then both graphs. */
export const brokenText = ({ pass, before, after, problem }: PassOutcome): string =>
  [
    `pass ${pass} broke the graph: ${problem}`,
    `before ${pass}:\n${graphText(before)}`,
    after === undefined ? `${pass} gave nothing` : `after ${pass}:\n${graphText(after)}`,
  ].join("\n");
