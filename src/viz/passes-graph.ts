/** What the passes made of a model: its operators before, and after them the calls of the backend, with the layers in each. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { operatorOf, registryOf } from "../compiler/ir/builder.js";
import type { Graph, Node } from "../compiler/ir/graph.js";
import { operators } from "../ops/registry.js";
import type { CompiledGraph } from "../run/compiled-graph.js";
import type { Explanation } from "../run/explain.js";
import { page, type Content, type Drawing } from "./drawing.js";
import { blockOf } from "./graph/blocks.js";
import { inColumns } from "./graph/columns.js";
import { drawnColumns } from "./graph/drawn-columns.js";
import { foldedGroups } from "./graph/fold.js";
import type { Family } from "./graph/layer-nodes.js";
import { segmentsOf } from "./graph/segments.js";
import type { Unit } from "./graph/units.js";
import { themeOf, type ThemeName } from "./theme.js";

export interface PassesGraphOptions {
  readonly title: string;
  readonly compiled: Pick<CompiledGraph, "source" | "graph">;
  /** Of the same compiled graph. */
  readonly explanation: Explanation;
  readonly theme?: ThemeName | undefined;
}

/** Nodes that depend on the inputs: the rest is weights and what runs once. */
const fedNodes = (graph: Graph): readonly Node[] => {
  const fed = new Set<number>();
  for (const { id, op, inputs } of graph.nodes)
    if (op === "input" || inputs.some((input) => fed.has(input))) fed.add(id);
  const read = new Set(graph.outputs.map(({ value }) => value));
  for (const { id, inputs } of graph.nodes.toReversed()) if (read.has(id)) inputs.forEach((input) => read.add(input));
  return graph.nodes.filter(({ id }) => fed.has(id) && read.has(id));
};

const shapeText = ({ type: { shape } }: Node): string =>
  (typeof shape[0] === "string" ? shape.slice(1) : shape).join("×");

const familyOf = (graph: Graph, { op, inputs }: Node, fed: ReadonlySet<number>): Family => {
  const { traits } = operatorOf(registryOf(graph, operators), op);
  if (traits.includes("source")) return "input";
  if (traits.includes("linear")) return "weights";
  if (inputs.filter((input) => fed.has(input)).length > 1) return "join";
  if (traits.includes("takesGreatest") || traits.includes("averages") || traits.includes("withinRange"))
    return "window";
  return traits.includes("movesData") ? "other" : "elementwise";
};

interface Words {
  readonly lines: readonly string[];
  readonly name: string;
}

/** A box for each set of nodes that one call computes. */
const unitsOf = (
  graph: Graph,
  callOf: (node: Node) => number,
  wordsOf: (nodes: readonly Node[]) => Words,
): readonly Unit[] => {
  const nodes = fedNodes(graph);
  const fed = new Set(nodes.map(({ id }) => id));
  const calls = new Map<number, Node[]>();
  for (const node of nodes) calls.set(callOf(node), [...(calls.get(callOf(node)) ?? []), node]);
  const order = [...calls.keys()];
  const place = new Map(order.map((call, index) => [call, index]));
  const unitOf = new Map(nodes.map((node) => [node.id, place.get(callOf(node)) ?? 0]));
  return [...calls.values()].map((parts, id): Unit => {
    const inputs = parts.flatMap((part) => part.inputs.flatMap((input) => unitOf.get(input) ?? []));
    const [first] = parts;
    const last = parts.at(-1);
    return {
      id,
      ...wordsOf(parts),
      family: first === undefined ? "other" : familyOf(graph, first, fed),
      shape: last === undefined ? "" : shapeText(last),
      parameters: 0,
      layers: 1,
      inputs: [...new Set(inputs)].filter((input) => input < id),
    };
  });
};

const operatorsOf = ({ op, epilogue = [] }: Node): string => [op, ...epilogue.map((stage) => stage.op)].join(" + ");

const beforeUnits = ({ source }: PassesGraphOptions["compiled"]): readonly Unit[] =>
  unitsOf(
    source,
    ({ id }) => id,
    ([node]) => ({ lines: [node === undefined ? "" : operatorsOf(node)], name: `%${node?.id ?? ""}` }),
  );

const afterUnits = ({ compiled: { graph }, explanation: { calls } }: PassesGraphOptions): readonly Unit[] => {
  const callOf = new Map(calls.flatMap((call) => call.nodes.map((node) => [node, call] as const)));
  const first = (node: Node): number => callOf.get(node.id)?.nodes[0] ?? node.id;
  return unitsOf(graph, first, ([node]) => {
    if (node === undefined) return { lines: [], name: "" };
    const call = callOf.get(node.id);
    if (call === undefined)
      return { lines: [operatorsOf(node)], name: node.op === "input" ? "input" : "no call: a view" };
    // Names of layers tell no boxes apart that are folded.
    return { lines: [call.operators, `by ${call.kernel}`], name: call.layers.join(" + ") };
  });
};

/** More boxes than this on a side are no picture. */
const mostBoxes = 300;

interface Side {
  readonly content: Content;
  readonly boxes: number;
}

const sideOf = (units: readonly Unit[], theme: ThemeName | undefined): Side => {
  const groups = foldedGroups(segmentsOf(units), "same");
  const boxes = groups.reduce((sum, { segments }) => sum + segments.flat().length, 0);
  return { content: drawnColumns(inColumns(groups.map(blockOf)), theme), boxes };
};

/** Pixels. */
const HEAD = 30;
const GAP = 56;

/**
 * The operators that a model is made of, and below (or beside) them what the passes left: a box a call, with the layers that
 * it computes and its kernel. What depends on weights alone runs once and is left out; what repeats is folded.
 *
 * Errors  BadOption where a side would have more than 300 boxes.
 *
 * @example
 * const explanation = orThrow(explain(compiled, device, { layers }))
 * const drawing = orThrow(passesGraph({ title: "LeNet on wasm", compiled, explanation }))
 */
export const passesGraph = (options: PassesGraphOptions): Either<SvertkaError, Drawing> => {
  const { title, compiled, explanation, theme } = options;
  const { text } = themeOf(theme);
  const [before, after] = [sideOf(beforeUnits(compiled), theme), sideOf(afterUnits(options), theme)];
  const most = Math.max(before.boxes, after.boxes);
  if (most > mostBoxes)
    return fail(
      "BadOption",
      title,
      `passes: ${most} boxes, at most ${mostBoxes} can be drawn: svertka explain says them as text`,
    );
  const { callsBefore, callsAfter, backend, passes } = explanation;
  const isWide = before.content.width + after.content.width > 1500;
  const [right, below] = isWide
    ? [0, before.content.height + HEAD + GAP]
    : [Math.max(before.content.width, 180) + GAP, 0];
  const changing = [...new Set(passes.filter(({ before: was, after: is }) => was !== is).map(({ name }) => name))];
  const head = (words: string): string =>
    `<text y="12" font-size="14" font-weight="bold" fill="${text}">${words}</text>`;
  const side = (words: string, { content }: Side, x: number, y: number): string =>
    `<g transform="translate(${x} ${y})">${head(words)}<g transform="translate(0 ${HEAD})">${content.body}</g></g>`;
  return E.right(
    page({
      title,
      notes: [
        `${callsBefore} kernel calls became ${callsAfter} on ${backend}`,
        ...(changing.length === 0 ? [] : [`by ${changing.join(", ")}`]),
      ],
      theme,
      width: isWide ? Math.max(before.content.width, after.content.width) : right + Math.max(after.content.width, 160),
      height: HEAD + (isWide ? below + after.content.height : Math.max(before.content.height, after.content.height)),
      body: [side("operators before", before, 0, 0), side("calls after", after, right, below)].join("\n"),
    }),
  );
};
