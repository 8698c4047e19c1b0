/** Cells that a pad puts around an image become padding of the window operator that reads it. */
import { operatorOf } from "../ir/builder.js";
import type { Graph, Node, Value } from "../ir/graph.js";
import { rangesOf } from "../rewrite/ranges.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Range } from "../../formula/range.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * conv(pad(x)) is a convolution with more padding where the pad's number is what its padding counts as: 0. A maximum's
 * padding never wins; a pad's cells never do where all of x is at least as great, and each window holds a cell of x.
 */
export const foldPadding: Pass = {
  name: "foldPadding",
  purpose: "Makes a pad before a convolution or a maximum the padding of that.",
  requires: "pads of pads are one: simplify ran",
  ensures: "no window operator reads a pad that its own padding can stand for",
  run: (graph, context) => {
    const ranges = rangesOf(graph, context.registry);
    return rewriteGraph(graph, context.registry, (site) => folded(site, graph, ranges, context));
  },
};

const folded = (
  site: Site,
  graph: Graph,
  ranges: (id: number) => Range,
  { registry }: PassContext,
): Value | undefined => {
  const { node, inputs, emit } = site;
  const operator = operatorOf(registry, node.op);
  const [x, ...others] = inputs;
  const { paddingValue } = operator;
  if (paddingValue === undefined || node.epilogue !== undefined || x === undefined) return undefined;
  const pad = site.producer(x);
  const [source] = site.inputsOf(pad);
  if (source === undefined || !operatorOf(registry, pad.op).traits.includes("surrounds")) return undefined;
  const { value } = pad.attrs;
  const isSame = value === paddingValue;
  const neverWins = paddingValue === -Infinity && Number(value) <= leastBehind(graph, node, ranges);
  if (!isSame && !neverWins) return undefined;
  const attrs = operator.padded?.({ pads: padsOf(pad), shape: source.type.shape, attrs: node.attrs });
  return attrs === undefined ? undefined : emit(node.op, [source, ...others], attrs);
};

/** What the input of the pad that a node reads is at least. */
const leastBehind = ({ nodes }: Graph, node: Node, ranges: (id: number) => Range): number => {
  const pad = nodes[node.inputs[0] ?? -1];
  return ranges(pad?.inputs[0] ?? -1).min;
};

const padsOf = ({ attrs }: Node): readonly (readonly [number, number])[] => {
  const { pads } = attrs;
  return Array.isArray(pads)
    ? pads.map((sides) => (Array.isArray(sides) ? [Number(sides[0]), Number(sides[1])] : [0, 0]))
    : [];
};
