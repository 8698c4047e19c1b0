/** Lowers an optimised graph to one TensorFlow graph: sources become placeholders and variables, updates assignments. */
import { invariant, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { sourceName, type Graph, type Node } from "../../compiler/ir/graph.js";
import type { GraphOptions } from "../backend.js";
import type { TensorFlowValue } from "../../ops/tensorflow.js";
import { graphWriter, placeholder, typeAttribute } from "../../io/tensorflow/graph-writer.js";
import type { NodeDef } from "../../io/tensorflow/saved_model_pb.js";
import { writeNode } from "../../io/tensorflow/write-node.js";
import { assignUpdates } from "./updates.js";
import { variableOf, type Variable } from "./variable.js";

/** Puts fed weights and states into variables. */
export interface Assignment {
  /** The placeholder of each name. */
  readonly feeds: ReadonlyMap<string, string>;
  /** What is fetched so that it is done. */
  readonly done: string;
}

export interface LoweredGraph {
  readonly nodes: readonly NodeDef[];
  /** Placeholders by the inputs' names. */
  readonly inputs: ReadonlyMap<string, string>;
  /** The placeholder of the batch size, where a size depends on it. */
  readonly batch: string | undefined;
  /** One for each weight and state, or, where they are stable, one for all, which computes what depends on them alone. */
  readonly assignments: readonly Assignment[];
  /** What is fetched for a weight's or state's value now; empty where they are stable. */
  readonly reads: ReadonlyMap<string, string>;
  /** What is fetched for the graph's outputs; nothing for an update. */
  readonly outputs: readonly (string | undefined)[];
  /** What is fetched so that updates take place: whether they did; undefined where there are none. */
  readonly updated: string | undefined;
}

/** When a node is computed: with every run, when weights come, or always the same. */
type Phase = "run" | "weights" | "constant";

const phaseOf = (node: Node, phases: ReadonlyMap<number, Phase>, stableWeights: boolean): Phase => {
  if (node.op === "input" || node.type.shape.some((dim) => typeof dim !== "number")) return "run";
  if (node.op === "parameter" || node.op === "state") return stableWeights ? "weights" : "run";
  const before = node.inputs.map((id) => phases.get(id));
  return before.includes("run") ? "run" : before.includes("weights") ? "weights" : "constant";
};

/** The TensorFlow graph, or Unsupported by name for what TensorFlow has no kernel. */
export const lowerGraph = (
  graph: Graph,
  { registry, stableWeights, guard }: GraphOptions,
): Either<SvertkaError, LoweredGraph> => {
  const writer = graphWriter();
  const phases = new Map<number, Phase>();
  const values = new Map<number, TensorFlowValue>();
  const variables = new Map<number, Variable>();
  const inputs = new Map<string, string>();
  const sources = new Map<string, Variable & { readonly feed: string | undefined }>();
  const weightFeeds = new Map<string, string>();
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));

  /** A value as a run sees it: what weights gave is read from a variable. */
  const read = (id: number, phase: Phase): TensorFlowValue => {
    const value = values.get(id);
    const type = types.get(id);
    invariant(value && type, `node ${id} is read before it is written`);
    if (phase !== "run" || phases.get(id) !== "weights") return value;
    const variable = variables.get(id) ?? variableOf(writer, type, value.name);
    variables.set(id, variable);
    return { name: variable.read, type: value.type };
  };

  for (const node of graph.nodes) {
    const phase = phaseOf(node, phases, stableWeights);
    phases.set(node.id, phase);
    if (node.op === "input") {
      const name = placeholder(writer, node.type);
      inputs.set(sourceName(node), name);
      values.set(node.id, { name, type: node.type.dtype });
    } else if (node.op === "parameter" || node.op === "state") {
      const name = placeholder(writer, node.type);
      if (phase === "weights") {
        weightFeeds.set(sourceName(node), name);
        values.set(node.id, { name, type: node.type.dtype });
      } else {
        const variable = variableOf(writer, node.type, name);
        sources.set(sourceName(node), { ...variable, feed: name });
        values.set(node.id, { name: variable.read, type: node.type.dtype });
      }
    } else {
      const written = writeNode(
        node,
        node.inputs.map((id) => read(id, phase)),
        { types, registry, writer },
      );
      if (E.isLeft(written)) return written;
      values.set(node.id, written.right);
    }
  }

  // What is only written still is a variable.
  for (const { kind, name, value } of graph.outputs) {
    const type = types.get(value);
    if (kind !== "update" || sources.has(name) || type === undefined) continue;
    sources.set(name, { ...variableOf(writer, type, placeholder(writer, type)), feed: undefined });
  }
  // A copy of the name: what is fed cannot be fetched.
  const outputs = graph.outputs.map(({ kind, value }) =>
    kind === "result" ? writer.node("Identity", [read(value, "run")]).name : undefined,
  );
  const updated = assignUpdates(writer, { graph, registry, guard, sources, read: (id) => read(id, "run").name });
  const assignments: Assignment[] = [...sources].flatMap(([name, { feed, assigned }]) =>
    feed === undefined ? [] : [{ feeds: new Map([[name, feed]]), done: assigned }],
  );
  if (variables.size > 0) {
    const controls = [...variables.values()].map(({ assigned }) => `^${assigned}`);
    const [{ assigned } = { assigned: "" }] = variables.values();
    const done = writer.add("Identity", [assigned, ...controls], { T: typeAttribute("bool") });
    assignments.push({ feeds: weightFeeds, done });
  }
  return E.right({
    nodes: writer.nodes(),
    inputs,
    batch: writer.batch(),
    assignments,
    reads: new Map([...sources].map(([name, variable]) => [name, variable.read])),
    outputs,
    updated,
  });
};
