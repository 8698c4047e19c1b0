/** Reverse-mode differentiation on graphs: the gradient is made of the same operators as the graph. */
import { invariant } from "../../errors.js";
import type { GraphBuilder, Registry } from "../ir/builder.js";
import { operatorOf, registryOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";

export interface GradientOf {
  /** The nodes so far, in order; the builder goes on after them. */
  readonly nodes: readonly Node[];
  readonly builder: GraphBuilder;
  readonly registry: Registry;
  /** A scalar. */
  readonly loss: Value;
  /** By what to differentiate. */
  readonly wrt: readonly Value[];
}

/**
 * Appends the gradient of `loss` by each of `wrt` to the graph under construction; undefined where the loss does not depend on it.
 *
 * The law: dL/dx = Σ over readers y of x of (dy/dx)ᵀ dL/dy, in reverse topological order (Linnainmaa 1970).
 * Nothing is emitted for nodes between which and `wrt` there is no path.
 */
export const appendGradient = ({ nodes, builder, registry, loss, wrt }: GradientOf): readonly (Value | undefined)[] => {
  const known = registryOf(builder, registry);
  const needed = dependents(nodes, wrt);
  const gradients = new Map<number, Value>();
  if (needed.has(loss.id)) gradients.set(loss.id, builder.emit("constant", [], { dtype: "f32", shape: [], value: 1 }));
  for (const node of nodes.toReversed()) {
    const outputGradient = gradients.get(node.id);
    if (outputGradient === undefined || !needed.has(node.id)) continue;
    invariant(node.epilogue === undefined, `differentiate before fusing: %${node.id} has an epilogue`);
    const inputs = node.inputs.map((id): Value => ({ id, type: builder.node(id).type }));
    const byInput =
      operatorOf(known, node.op).gradient?.({
        inputs,
        output: { id: node.id, type: node.type },
        outputGradient,
        attrs: node.attrs,
        needs: (index) => needed.has(node.inputs[index] ?? -1),
        emit: builder.emit,
      }) ?? [];
    byInput.forEach((gradient, index) => {
      const id = node.inputs[index];
      if (gradient === undefined || id === undefined) return;
      const sum = gradients.get(id);
      gradients.set(id, sum === undefined ? gradient : builder.emit("add", [sum, gradient]));
    });
  }
  return wrt.map((value) => gradients.get(value.id));
};

/** The nodes that depend on any of the given ones, they included. */
const dependents = (nodes: readonly Node[], roots: readonly Value[]): ReadonlySet<number> => {
  const found = new Set(roots.map((root) => root.id));
  for (const node of nodes) if (node.inputs.some((id) => found.has(id))) found.add(node.id);
  return found;
};
