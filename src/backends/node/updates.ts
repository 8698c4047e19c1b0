/** The end of a step: when all is computed, and the guarded result is finite, every variable gets its next value. */
import { invariant } from "../../errors.js";
import { nodesById, type Graph, type Node } from "../../compiler/ir/graph.js";
import { operatorOf, type Registry } from "../../compiler/ir/builder.js";
import { countAttribute, truth, typeAttribute, type GraphWriter } from "../../io/tensorflow/graph-writer.js";
import type { Variable } from "./variable.js";

interface UpdateRequest {
  readonly graph: Graph;
  readonly registry: Registry;
  readonly guard: string | undefined;
  readonly sources: ReadonlyMap<string, Variable>;
  /** The value of a node of the graph. */
  readonly read: (id: number) => string;
}

/** Whether a value may lie in the memory of a fed tensor: moved from an input without arithmetic. */
const isMovedInput = (node: Node | undefined, nodes: ReadonlyMap<number, Node>, registry: Registry): boolean => {
  if (node === undefined || node.op === "input") return node !== undefined;
  return (
    operatorOf(registry, node.op).traits.includes("movesData") &&
    node.inputs.some((id) => isMovedInput(nodes.get(id), nodes, registry))
  );
};

/** Gives the node that says whether the updates took place; undefined where there are none. */
export const assignUpdates = (
  writer: GraphWriter,
  { graph, registry, guard, sources, read }: UpdateRequest,
): string | undefined => {
  const nodes = nodesById(graph);
  const updates = graph.outputs.flatMap(({ kind, name, value }) => {
    if (kind !== "update") return [];
    const node = nodes.get(value);
    const variable = sources.get(name);
    invariant(node && variable, `the update of ${name} has no variable`);
    const type = typeAttribute(node.type.dtype);
    const next = isMovedInput(node, nodes, registry) ? writer.add("DeepCopy", [read(value)], { T: type }) : read(value);
    return [{ variable, next, type }];
  });
  if (updates.length === 0) return undefined;
  const results = graph.outputs.filter(({ kind }) => kind === "result").map(({ value }) => read(value));
  // Nothing is overwritten before everything is computed: a run that fails on the way changes nothing.
  const computed = [...updates.flatMap(({ variable, next }) => [next, variable.read]), ...results];
  const ready = writer.add(
    "NoOp",
    [...new Set(computed)].map((name) => `^${name.replace(/:\d+$/, "")}`),
  );
  const assign = (after: string): readonly string[] =>
    updates.map(({ variable, next, type }) =>
      writer.add("AssignVariableOp", [variable.handle, next, `^${after}`], { dtype: type }),
    );
  const guarded = graph.outputs.find(({ kind, name }) => kind === "result" && name === guard);
  return guarded === undefined ? truth(writer, assign(ready)) : assignIf(writer, read(guarded.value), ready, assign);
};

/** The branch that is not taken is dead: its assignments do not run. */
const assignIf = (
  writer: GraphWriter,
  guarded: string,
  ready: string,
  assign: (after: string) => readonly string[],
): string => {
  const bool = typeAttribute("bool");
  const finite = writer.add("IsFinite", [guarded], { T: typeAttribute("f32") });
  const axes = writer.node(
    "Range",
    [
      writer.constant("i32", 0, []),
      writer.node("Rank", [{ name: guarded, type: "f32" }], {}, "i32"),
      writer.constant("i32", 1, []),
    ],
    { T: undefined },
  );
  const all = writer.add("All", [finite, axes.name, `^${ready}`]);
  const branches = writer.add("Switch", [all, all], { T: bool });
  const taken = writer.add("Identity", [`${branches}:1`], { T: bool });
  const done = writer.add("Identity", [`${branches}:1`, ...assign(taken).map((name) => `^${name}`)], { T: bool });
  const refused = writer.add("Identity", [branches], { T: bool });
  return writer.add("Merge", [refused, done], { T: bool, N: countAttribute(2) });
};
