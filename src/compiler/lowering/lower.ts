/** Lowers an optimised graph to a program for one batch size and one target. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { ConcreteType } from "../../ops/operator.js";
import { operatorOf, registryOf, type Registry } from "../ir/builder.js";
import { sourceName, type Graph, type Node } from "../ir/graph.js";
import { concreteShape } from "../ir/type.js";
import type { KernelTarget } from "../target.js";
import { placeFrees } from "./liveness.js";
import { readsOf, type Feed, type Program, type Step } from "./program.js";

export interface LowerOptions {
  readonly registry: Registry;
  readonly target: KernelTarget;
  readonly batch: number;
  /** Whether weights and states keep their values between runs, so that what depends on them alone runs once. */
  readonly stableWeights: boolean;
}

/** The program, or Unsupported by name when the target has no call for an operator. Slots are node ids. */
export const lower = (graph: Graph, given: LowerOptions): Either<SvertkaError, Program> => {
  const options = { ...given, registry: registryOf(graph, given.registry) };
  const types = new Map(graph.nodes.map((node) => [node.id, concreteType(node, options.batch)]));
  const stable = new Set<number>();
  const feeds: Feed[] = [];
  const prepare: Step[] = [];
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    const type = concreteType(node, options.batch);
    if (node.op === "input" || node.op === "parameter" || node.op === "state") {
      feeds.push({ kind: node.op, name: sourceName(node), slot: node.id, type });
      if (node.op !== "input" && options.stableWeights) stable.add(node.id);
      continue;
    }
    const step = stepOf(node, type, types, options);
    if (E.isLeft(step)) return step;
    const isStable = readsOf(step.right).every((slot) => stable.has(slot));
    if (isStable) stable.add(node.id);
    (isStable ? prepare : steps).push(step.right);
  }
  const outputs = graph.outputs.map(({ kind, name, value }) => ({
    kind,
    name,
    slot: value,
    type: types.get(value) ?? { dtype: "f32" as const, shape: [] },
  }));
  const fed = new Set(feeds.map((feed) => feed.slot));
  const read = new Set([...steps.flatMap(readsOf), ...outputs.map((output) => output.slot)]);
  const prepared = [...stable].filter((slot) => read.has(slot) && !fed.has(slot));
  return E.right({
    batch: options.batch,
    slots: graph.nodes.length,
    feeds,
    prepare: placeFrees(prepare, new Set([...fed, ...prepared])),
    prepared,
    steps: placeFrees(steps, new Set([...fed, ...stable, ...outputs.map((output) => output.slot)])),
    outputs,
  });
};

const concreteType = ({ type }: Node, batch: number): ConcreteType => ({
  dtype: type.dtype,
  shape: concreteShape(type.shape, batch),
});

const stepOf = (
  node: Node,
  type: ConcreteType,
  types: ReadonlyMap<number, ConcreteType>,
  { registry, target }: LowerOptions,
): Either<SvertkaError, Step> => {
  const [first] = node.inputs;
  if (node.op === "reshape" && first !== undefined)
    return E.right({ kind: "view", input: first, output: node.id, type, node: node.id });
  const inputs = node.inputs.map((id) => types.get(id)).filter((input) => input !== undefined);
  const request = { inputs, output: type, attrs: node.attrs, epilogue: node.epilogue ?? [] };
  const call = target.call(operatorOf(registry, node.op), request);
  return call === undefined
    ? fail(
        "Unsupported",
        "",
        `${node.op}: the ${target.name} backend has no kernel for ${JSON.stringify(node.attrs)}: choose another backend`,
      )
    : E.right({ kind: "call", call, inputs: node.inputs, output: node.id, type, node: node.id });
};
