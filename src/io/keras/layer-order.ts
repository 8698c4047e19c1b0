/**
 * The order in which Keras lists the layers of a functional model, which the paths of weights in a file count in: by the
 * longest way to an output, then as a walk from the outputs meets them.
 *
 * Source  Keras 3.15, keras/src/ops/function.py, map_graph.
 */

/** A call of a layer: its number among that layer's, and the calls that it reads. */
export interface OrderedNode {
  readonly layer: string;
  readonly reads: readonly OrderedNode[];
}

/** Nodes after those that they read, and each layer's place in the walk. */
const walkFrom = (outputs: readonly OrderedNode[]): readonly [readonly OrderedNode[], ReadonlyMap<string, number>] => {
  const places = new Map<string, number>();
  const [done, sorted] = [new Set<OrderedNode>(), new Array<OrderedNode>()];
  for (const output of outputs) {
    // Its own stack, as models may be thousands of layers deep.
    const stack: { readonly node: OrderedNode; next: number }[] = [{ node: output, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { node } = top;
      if (top.next === 0 && done.has(node)) {
        stack.pop();
        continue;
      }
      if (top.next === 0 && !places.has(node.layer)) places.set(node.layer, places.size);
      const read = node.reads[top.next];
      top.next += 1;
      if (read !== undefined) {
        if (!done.has(read)) stack.push({ node: read, next: 0 });
        continue;
      }
      done.add(node);
      sorted.push(node);
      stack.pop();
    }
  }
  return [sorted, places];
};

/** Names of the layers that the outputs come from, in Keras's order; inputs that lead to none come last. */
export const layerOrder = (outputs: readonly OrderedNode[], inputs: readonly string[]): readonly string[] => {
  const [sorted, places] = walkFrom(outputs);
  const [nodeDepths, depths] = [new Map<OrderedNode, number>(), new Map<string, number>()];
  for (const node of sorted.toReversed()) {
    const depth = Math.max(nodeDepths.get(node) ?? 0, depths.get(node.layer) ?? 0);
    depths.set(node.layer, depth);
    nodeDepths.set(node, depth);
    for (const read of node.reads) nodeDepths.set(read, Math.max(depth + 1, nodeDepths.get(read) ?? 0));
  }
  for (const input of inputs) if (!depths.has(input)) depths.set(input, 0);
  const place = (layer: string): number => places.get(layer) ?? -1;
  return [...depths.keys()].toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0) || place(a) - place(b));
};
