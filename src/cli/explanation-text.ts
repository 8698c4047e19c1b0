/** What the compiler did, as text for people: fused calls with their layers, the passes, the backend's steps. */
import { nodesById, type Graph, type Node } from "../compiler/ir/graph.js";
import type { Explanation, PassExplanation } from "../run/explain.js";
import { textTable } from "./text-table.js";
import { layerOf, weightsOf } from "./weight-nodes.js";

export interface Explained {
  readonly title: string;
  readonly explanation: Explanation;
  /** Which layers' operators became one call. */
  readonly layers: readonly FusedLayer[];
  /** Of a training step: the weights, and those of them that it leaves as they are. */
  readonly frozen?: { readonly weights: readonly string[]; readonly of: number } | undefined;
}

export interface FusedLayer {
  /** The layer whose weights it reads; empty where it reads none. */
  readonly layer: string;
  /** `conv2d + biasAdd + relu`. */
  readonly operators: string;
}

const operatorsOf = ({ op, epilogue = [] }: Node): string => [op, ...epilogue.map((stage) => stage.op)].join(" + ");

/** The nodes of an optimised graph that stand for several operators. */
export const fusedLayers = (graph: Graph): readonly FusedLayer[] => {
  const nodes = nodesById(graph);
  return graph.nodes
    .filter(({ epilogue }) => epilogue !== undefined)
    .map((node) => {
      const [weight] = weightsOf(node, nodes);
      return { layer: weight === undefined ? "" : layerOf(weight), operators: operatorsOf(node) };
    });
};

const amounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => (count === 1 ? name : `${count} × ${name}`))
    .join(", ");

/** How calls became fewer, and what was joined; the same kind of call is counted. */
export const fusionText = ({ explanation, layers }: Pick<Explained, "explanation" | "layers">): string => {
  const kinds = new Map<string, string[]>();
  for (const { layer, operators } of layers) kinds.set(operators, [...(kinds.get(operators) ?? []), layer]);
  const lines = [...kinds].map(([operators, of]) => {
    const names = of.filter((layer) => layer !== "");
    const many = of.length === 1 ? "" : `${of.length} × `;
    return `  ${many}${operators}${names.length === 0 ? "" : `  (${names.join(", ")})`}`;
  });
  return [
    `${explanation.callsBefore} kernel calls became ${explanation.callsAfter}${lines.length === 0 ? "" : "; each of these is one call:"}`,
    ...lines,
  ].join("\n");
};

const passTable = (passes: readonly PassExplanation[]): string =>
  textTable(
    [
      { title: "pass", align: "left" },
      { title: "nodes", align: "right" },
      { title: "ms", align: "right" },
      { title: "what it did", align: "left" },
    ],
    passes.map(({ name, nodesBefore, nodesAfter, removed, made, milliseconds }) => {
      const did = [
        ...(Object.keys(removed).length === 0 ? [] : [`removed ${amounts(removed)}`]),
        ...(Object.keys(made).length === 0 ? [] : [`made ${amounts(made)}`]),
      ];
      return [name, `${nodesBefore} → ${nodesAfter}`, milliseconds.toFixed(1), did.join("; ") || "nothing"];
    }),
  );

const frozenText = ({ weights, of }: NonNullable<Explained["frozen"]>): string =>
  `frozen: no gradient is computed for ${weights.length} of ${of} weights (${weights.join(", ")})`;

export const explanationText = (explained: Explained): string => {
  const { title, explanation, frozen } = explained;
  const { backend, passes, prepare, steps } = explanation;
  const purposes = [...new Map(passes.map(({ name, purpose }) => [name, purpose]))];
  return [
    `── ${title}, on ${backend} ──`,
    "",
    fusionText(explained),
    ...(frozen === undefined || frozen.weights.length === 0 ? [] : [frozenText(frozen)]),
    "",
    passTable(passes),
    ...purposes.map(([name, purpose]) => `${name}: ${purpose}`),
    ...(prepare.length === 0 ? [] : ["", "once, before the first batch:", ...prepare.map((step) => `  ${step}`)]),
    "",
    "steps:",
    ...steps.map((step) => `  ${step}`),
  ].join("\n");
};

/** The graphs before and after a pass, for each time that it runs. */
export const passText = ({ title, explanation }: Explained): string =>
  explanation.passes
    .map(({ name, purpose, nodesBefore, nodesAfter, before, after }, index, { length }) =>
      [
        `── ${title}: ${name}${length === 1 ? "" : `, run ${index + 1} of ${length}`} ──`,
        purpose,
        "",
        `before, ${nodesBefore} nodes:`,
        before.trimEnd(),
        "",
        before === after ? "after: the same" : `after, ${nodesAfter} nodes:\n${after.trimEnd()}`,
      ].join("\n"),
    )
    .join("\n\n");
