/** Activations that only the backward part reads again are computed again there instead of kept: less memory for more time. */
import { operatorOf } from "../ir/builder.js";
import type { Graph, Node } from "../ir/graph.js";
import { attributeText } from "../ir/text.js";
import { batchFactor, sizeOf, type TensorType } from "../ir/type.js";
import { recordImages } from "../rewrite/ancestry.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * The forward part is cut into about √k segments of equal bytes, k the number of activations that the backward part reads.
 * What a later segment reads is kept, and what has no batch axis (statistics, weights); all else of a segment is computed
 * again, by the same calls from the same numbers, right before the backward part first reads one of its values.
 *
 * Source  Chen et al. 2016 (arXiv:1604.06174) §3: memory in O(√n) for one more forward pass.
 */
export const recompute: Pass = {
  name: "recompute",
  purpose: "Computes activations again in the backward part instead of keeping them (`memory: small`).",
  requires: "a training step whose calls are fused: what is equal is not merged any more",
  ensures: "between segments of the forward part, the backward part reads only what a later segment reads too",
  run: (graph, context) => (graph.outputs.some(({ kind }) => kind === "update") ? recomputed(graph, context) : graph),
};

/** Bytes for a batch of one: what has no batch axis counts nothing beside it. */
const bytesOf = ({ shape }: TensorType): number => {
  const size = sizeOf(shape);
  return typeof size === "number" ? 0 : 4 * batchFactor(size);
};

const recomputed = (graph: Graph, { registry }: PassContext): Graph => {
  const { nodes, outputs } = graph;
  // Results are of the forward part: the loss, and what metrics sum up.
  const end = Math.max(-1, ...outputs.filter(({ kind }) => kind === "result").map(({ value }) => value));
  if (isRecomputed(nodes, end)) return graph;
  const segments = segmentsOf(nodes, end, (node) => operatorOf(registry, node.op).traits.includes("source"));
  const again = (id: number): boolean => segments.get(id) !== undefined;
  if (segments.size === 0) return graph;

  const placed: Node[] = [];
  const images = new Map<number, number>();
  /** The second time, where there is one. */
  const copies = new Map<number, number>();
  const place = (node: Node, imageOf: (id: number) => number): number =>
    placed.push({ ...node, id: placed.length, inputs: node.inputs.map(imageOf) }) - 1;
  const first = (id: number): number => images.get(id) ?? id;
  const second = (id: number): number => copies.get(id) ?? first(id);

  /** What the backward part reads of each segment, directly or through others of the segment, in order. */
  const wanted = wantedAgain(nodes, end, segments);
  for (const node of nodes) {
    if (node.id > end)
      for (const id of node.inputs) {
        if (!again(id) || copies.has(id)) continue;
        for (const one of wanted.get(segments.get(id) ?? -1) ?? []) copies.set(one.id, place(one, second));
      }
    images.set(node.id, place(node, node.id > end ? second : first));
  }
  const made: Graph = {
    nodes: placed,
    outputs: outputs.map((output) => ({ ...output, value: first(output.value) })),
  };
  return recordImages(graph, made, images);
};

/** Whether the backward part computes something a second time already: what is equal was merged before. */
const isRecomputed = (nodes: readonly Node[], end: number): boolean => {
  const keyOf = ({ op, inputs, attrs }: Node): string => `${op}(${inputs.join()})${attributeText(attrs)}`;
  const large = nodes.filter(({ inputs, type }) => inputs.length > 0 && bytesOf(type) > 0);
  const known = new Set(large.filter(({ id }) => id <= end).map(keyOf));
  return large.some((node) => node.id > end && known.has(keyOf(node)));
};

/** The segment of each node that is computed again. */
const segmentsOf = (
  nodes: readonly Node[],
  end: number,
  isSource: (node: Node) => boolean,
): ReadonlyMap<number, number> => {
  const forward = nodes.slice(0, end + 1);
  const readLate = new Set(nodes.slice(end + 1).flatMap(({ inputs }) => inputs));
  const saved = forward.filter((node) => readLate.has(node.id) && !isSource(node) && bytesOf(node.type) > 0);
  const count = Math.ceil(Math.sqrt(saved.length));
  const share = saved.reduce((sum, { type }) => sum + bytesOf(type), 0) / count;
  if (count < 2) return new Map();
  const isSaved = new Set(saved.map(({ id }) => id));
  let bytes = 0;
  const segments = new Map<number, number>();
  for (const node of forward) {
    segments.set(node.id, Math.min(count - 1, Math.floor(bytes / share)));
    if (isSaved.has(node.id)) bytes += bytesOf(node.type);
  }
  const kept = new Set(forward.filter((node) => isSource(node) || bytesOf(node.type) === 0).map(({ id }) => id));
  for (const node of forward)
    for (const id of node.inputs) if (segments.get(id) !== segments.get(node.id)) kept.add(id);
  // The last segment is read at once: to compute it again would free nothing.
  for (const [id, segment] of segments) if (kept.has(id) || segment === count - 1) segments.delete(id);
  return segments;
};

/** By segment: the nodes that the backward part needs again. */
const wantedAgain = (
  nodes: readonly Node[],
  end: number,
  segments: ReadonlyMap<number, number>,
): ReadonlyMap<number, readonly Node[]> => {
  const needed = new Set(nodes.slice(end + 1).flatMap(({ inputs }) => inputs));
  for (const node of nodes.slice(0, end + 1).toReversed())
    if (needed.has(node.id) && segments.has(node.id)) node.inputs.forEach((id) => needed.add(id));
  const wanted = new Map<number, Node[]>();
  for (const node of nodes.slice(0, end + 1)) {
    const segment = segments.get(node.id);
    if (segment === undefined || !needed.has(node.id)) continue;
    const those = wanted.get(segment) ?? [];
    those.push(node);
    wanted.set(segment, those);
  }
  return wanted;
};
