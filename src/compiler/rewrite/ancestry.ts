/** Which nodes of a graph became which nodes of a later one: the walks write it down, `explain` and profiles read it. */
import { liveNodes, type Graph } from "../ir/graph.js";

interface Step {
  readonly before: Graph;
  /** Where each old node that is still there went; one that a rewrite replaced went where its replacement is. */
  readonly images: ReadonlyMap<number, number>;
}

/** Beside the graphs, which are plain data and compared as such; an entry goes with its graph. */
const steps = new WeakMap<Graph, Step>();

/** To be called by whoever makes a graph of another. */
export const recordImages = (before: Graph, after: Graph, images: ReadonlyMap<number, number>): Graph => {
  steps.set(after, { before, images });
  return after;
};

/** The same nodes in another object. */
export const recordSame = (before: Graph, after: Graph): Graph =>
  before === after ? after : recordImages(before, after, new Map(before.nodes.map(({ id }) => [id, id])));

/** By node of the later graph, the nodes of the first that it stands for; empty where the first is no ancestor. */
export const ancestry = (first: Graph, last: Graph): ReadonlyMap<number, ReadonlySet<number>> => {
  const path: (Step & { readonly after: Graph })[] = [];
  for (let graph = last; graph !== first;) {
    const step = steps.get(graph);
    if (step === undefined) return new Map();
    path.unshift({ ...step, after: graph });
    graph = step.before;
  }
  let known: Accounts = new Map(first.nodes.map(({ id }) => [id, new Set([id])]));
  for (const step of path) known = accountsAfter(known, step);
  return known;
};

type Accounts = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * A node's image stands for what the node stood for. An image that nobody reads any more, though its node was read, was taken
 * in by those that read the node: what it stood for goes to their images.
 */
const accountsAfter = (known: Accounts, { before, after, images }: Step & { readonly after: Graph }): Accounts => {
  const accounts = new Map<number, Set<number>>();
  const give = (image: number, of: ReadonlySet<number> | undefined): void => {
    const all = accounts.get(image) ?? new Set();
    of?.forEach((id) => all.add(id));
    accounts.set(image, all);
  };
  for (const [old, image] of images) give(image, known.get(old));
  const live = liveNodes(after);
  const lost = (id: number): number | undefined => {
    const image = images.get(id);
    return image !== undefined && !live.has(image) ? image : undefined;
  };
  const wasLive = liveNodes(before);
  for (const node of before.nodes) {
    const image = images.get(node.id);
    if (image === undefined || !wasLive.has(node.id)) continue;
    for (const input of node.inputs) {
      const taken = lost(input);
      if (taken !== undefined && taken !== image) give(image, accounts.get(taken));
    }
  }
  return accounts;
};
