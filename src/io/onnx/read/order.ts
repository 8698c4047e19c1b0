/** The nodes that a file's outputs need, in an order in which each comes after those that it reads. */
import { malformed } from "../../../ops/onnx-reading.js";
import type { FileNode } from "./nodes.js";

const quoted = (name: string): string => `'${name.slice(0, 60)}'`;

/** Who gives each name; no two may give the same, nor what the file gives already. */
const giversOf = (nodes: readonly FileNode[], given: ReadonlySet<string>): ReadonlyMap<string, FileNode> => {
  const givers = new Map<string, FileNode>();
  for (const node of nodes)
    for (const name of node.outputs) {
      if (name === "") continue;
      if (givers.has(name) || given.has(name)) malformed(`two tensors are named ${quoted(name)}: names are to differ`);
      givers.set(name, node);
    }
  return givers;
};

/** What is left of a node on the way: whether the nodes that it reads are in the list already. */
interface Step {
  readonly node: FileNode;
  readonly isReady: boolean;
}

export const neededNodes = (
  nodes: readonly FileNode[],
  given: ReadonlySet<string>,
  outputs: readonly string[],
): readonly FileNode[] => {
  const givers = giversOf(nodes, given);
  const state = new Map<FileNode, "open" | "done">();
  const ordered: FileNode[] = [];
  const giverOf = (name: string, reader: string): FileNode | undefined => {
    const giver = givers.get(name);
    if (giver === undefined && !given.has(name)) malformed(`${reader} reads ${quoted(name)}, which nothing gives`);
    return giver;
  };
  for (const output of outputs) {
    const last = giverOf(output, "an output");
    // A stack of our own: a chain of a hundred thousand nodes is no reason to overflow.
    const steps: Step[] = last === undefined ? [] : [{ node: last, isReady: false }];
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { node } = step;
      if (step.isReady) {
        state.set(node, "done");
        ordered.push(node);
        continue;
      }
      if (state.get(node) === "done") continue;
      if (state.get(node) === "open")
        malformed(`the node that gives ${quoted(node.outputs[0] ?? "")} reads its own result`);
      state.set(node, "open");
      steps.push({ node, isReady: true });
      for (const name of node.inputs.toReversed()) {
        const giver = name === "" ? undefined : giverOf(name, `a node (${node.operator.slice(0, 40)})`);
        if (giver === undefined || state.get(giver) === "done") continue;
        if (state.get(giver) === "open") malformed(`the node that gives ${quoted(name)} reads its own result: a cycle`);
        steps.push({ node: giver, isReady: false });
      }
    }
  }
  return ordered;
};
