/** Calls that wait for nothing become one: reductions of the same values, and formulas over many small tensors. */
import { broadcastShapes } from "../../ops/broadcast.js";
import { operatorOf } from "../ir/builder.js";
import type { Graph, Node } from "../ir/graph.js";
import { sameShape, sizeOf, type Dims } from "../ir/type.js";
import { recordImages } from "../rewrite/ancestry.js";
import type { Pass, PassContext } from "./pass.js";

/** Results of one call of a reduction: more would not fit into registers. */
const maximalFolds = 4;

/** Formulas within formulas: what one call computes is written as one formula of its inputs. */
const maximalDepth = 4;

/**
 * A node that can share a call waits until somebody reads it; those that wait then are one call. What can share:
 *
 * * folds along the same axes over the same shape, where each reads a value of that shape that another of them reads:
 *   the inputs are read from memory once (Σ dy and Σ dy (x − μ) of batch normalisation);
 * * in training, formulas over tensors without a batch axis: the optimiser's updates of all weights and slots, what is
 *   computed a channel. Each reads its own shape and single numbers only; one may read another of its shape.
 */
export const joinCalls: Pass = {
  name: "joinCalls",
  purpose: "Computes by one call what is folded from the same values, and the small formulas of a training step.",
  requires: "fuseElementwise and fuseReductions; what is not read is gone",
  ensures: "no two calls that could share one stand between the same readers, where the backend can join calls",
  run: (graph, context) => (context.target.formulas?.joint === true ? settled(graph, context) : graph),
};

type Kind = "fold" | "tensor" | "number";

interface Waiting {
  readonly kind: Kind;
  readonly nodes: Node[];
}

/** Groups that may wait at once: of more the oldest goes ahead, so that time is linear in the number of nodes. */
const maximalWaiting = 8;

/** Rounds until nothing moves any more; two are the rule, and more would not be linear in the number of nodes. */
const maximalRounds = 3;

/** Whether there are two calls that could share one at all. */
const couldShare = (graph: Graph, context: PassContext): boolean => {
  const isTraining = graph.outputs.some(({ kind }) => kind === "update");
  const shapes = new Map(graph.nodes.map(({ id, type }) => [id, type.shape] as const));
  let kinds = 0;
  for (const node of graph.nodes) {
    const read = node.inputs.map((id) => shapes.get(id) ?? []);
    if (kindOf(node, read, { ...context, isTraining }) !== undefined && ++kinds > 1) return true;
  }
  return false;
};

const settled = (graph: Graph, context: PassContext): Graph => {
  if (!couldShare(graph, context)) return graph;
  let current = graph;
  for (let round = 0; round < maximalRounds; round++) {
    const next = joined(current, context);
    const { nodes } = current;
    const isSame = next.nodes.every(({ op, joint, inputs }, index) => {
      const before = nodes[index];
      return before?.op === op && before.joint === joint && inputs.every((id, at) => id === before.inputs[at]);
    });
    current = next;
    if (isSame) break;
  }
  return current;
};

const joined = (graph: Graph, context: PassContext): Graph => {
  const isTraining = graph.outputs.some(({ kind }) => kind === "update");
  const types = new Map(graph.nodes.map(({ id, type }) => [id, type] as const));
  const shapesOf = ({ inputs }: Node): readonly Dims[] => inputs.map((id) => types.get(id)?.shape ?? []);
  const placed: Node[] = [];
  const images = new Map<number, number>();
  let calls = 0;

  const place = (node: Node, joint: number | undefined): void => {
    const { joint: _old, ...rest } = node;
    images.set(node.id, placed.length);
    placed.push({
      ...rest,
      id: placed.length,
      inputs: node.inputs.map((id) => images.get(id) ?? id),
      ...(joint === undefined ? {} : { joint }),
    });
  };

  const waiting: Waiting[] = [];
  /** By node, what it waits with. */
  const waitsIn = new Map<number, Waiting>();
  /** How many waiting formulas stand in one another to make a node's. */
  const depths = new Map<number, number>();
  const depthOf = ({ inputs }: Node): number =>
    1 + Math.max(0, ...inputs.map((id) => (waitsIn.has(id) ? (depths.get(id) ?? 0) : 0)));
  const settle = (group: Waiting): void => {
    if (!waiting.includes(group)) return;
    waiting.splice(waiting.indexOf(group), 1);
    const joint = group.nodes.length > 1 ? calls++ : undefined;
    for (const node of group.nodes) {
      place(node, joint);
      waitsIn.delete(node.id);
    }
  };
  const settleReaderOf = (id: number): void => {
    const group = waitsIn.get(id);
    if (group !== undefined) settle(group);
  };

  const wait = (node: Node, kind: Kind): void => {
    const shapes = shapesOf(node);
    const fits = (group: Waiting): boolean =>
      group.kind === kind &&
      depthOf(node) <= maximalDepth &&
      (kind !== "fold" || sharesFold(node, group.nodes, shapesOf, context)) &&
      // Within a call, a value is read at its own place only, and by formulas only.
      node.inputs.every((id, index) => {
        const inside = waitsIn.get(id) === group;
        return !inside || (kind !== "fold" && sameShape(shapes[index] ?? [], node.type.shape));
      });
    let group = waiting.find(fits);
    // What it reads elsewhere has to be there; that may settle the group as well.
    for (const id of node.inputs) if (waitsIn.get(id) !== group) settleReaderOf(id);
    if (group === undefined || !waiting.includes(group)) {
      const [oldest] = waiting;
      if (oldest !== undefined && waiting.length >= maximalWaiting) settle(oldest);
      waiting.push((group = { kind, nodes: [] }));
    }
    depths.set(node.id, depthOf(node));
    group.nodes.push(node);
    waitsIn.set(node.id, group);
  };

  // What is computed from nothing stands first: else a group would change places with what it does not read, run by run.
  const isSource = ({ op }: Node): boolean => operatorOf(context.registry, op).traits.includes("source");
  for (const node of graph.nodes) if (isSource(node)) place(node, undefined);
  for (const node of graph.nodes) {
    if (isSource(node)) continue;
    const kind = kindOf(node, shapesOf(node), { ...context, isTraining });
    if (kind !== undefined) wait(node, kind);
    else {
      const read = new Set(node.inputs.map((id) => waitsIn.get(id)));
      // Large values do not live longer for a reduction that waits. In the order in which they began to wait, so that the
      // pass leaves its own result as it is.
      for (const group of waiting.filter((one) => read.has(one) || one.kind === "fold")) settle(group);
      place(node, undefined);
    }
  }
  for (const group of waiting.slice()) settle(group);
  const made: Graph = {
    nodes: placed,
    outputs: graph.outputs.map((output) => ({ ...output, value: images.get(output.value) ?? output.value })),
  };
  return recordImages(graph, made, images);
};

const kindOf = (
  { op, attrs, type, epilogue, inputs }: Node,
  shapes: readonly Dims[],
  { registry, isTraining, target }: PassContext & { readonly isTraining: boolean },
): Kind | undefined => {
  const operator = operatorOf(registry, op);
  if (epilogue !== undefined || inputs.length === 0 || type.dtype !== "f32") return undefined;
  if (operator.fold !== undefined) {
    const fold = operator.fold(attrs);
    return fold.axes.length > 0 && inputs.length <= (target.formulas?.inputs ?? 0) ? "fold" : undefined;
  }
  if (!isTraining || operator.formula === undefined || typeof sizeOf(type.shape) === "string") return undefined;
  const alike = shapes.every((shape) => sizeOf(shape) === 1 || sameShape(shape, type.shape));
  return alike ? (sizeOf(type.shape) === 1 ? "number" : "tensor") : undefined;
};

/** Whether a fold goes over the same places as those that wait, and reads something that they read at each place. */
const sharesFold = (
  node: Node,
  others: readonly Node[],
  shapesOf: (node: Node) => readonly Dims[],
  { registry, target }: PassContext,
): boolean => {
  const [first] = others;
  if (first === undefined || others.length >= maximalFolds) return false;
  const [own, theirs] = [node, first].map((one) => operatorOf(registry, one.op).fold?.(one.attrs));
  if (own === undefined || theirs === undefined || own.keepDims !== theirs.keepDims) return false;
  if (own.axes.length !== theirs.axes.length || !own.axes.every((axis) => theirs.axes.includes(axis))) return false;
  const whole = broadcastShapes(shapesOf(node));
  const wholeOfFirst = broadcastShapes(shapesOf(first));
  if (whole === undefined || wholeOfFirst === undefined || !sameShape(whole, wholeOfFirst)) return false;
  const read = new Set(others.flatMap(({ inputs }) => inputs));
  const all = new Set([...read, ...node.inputs]);
  return (
    all.size <= (target.formulas?.inputs ?? 0) &&
    node.inputs.some((id, index) => read.has(id) && sameShape(shapesOf(node)[index] ?? [], whole))
  );
};
