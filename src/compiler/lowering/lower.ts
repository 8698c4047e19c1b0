/** Lowers an optimised graph to a program for one batch size and one target. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { ConcreteType, InputForm } from "../../ops/operator.js";
import { operatorOf, registryOf, withFormulas, type Registry } from "../ir/builder.js";
import { sourceName, type Graph, type Node } from "../ir/graph.js";
import { concreteShape } from "../ir/type.js";
import type { KernelTarget } from "../target.js";
import { jointStep } from "./joint.js";
import { placeFrees } from "./liveness.js";
import { fillsOf, readsOf, type Feed, type Program, type Step } from "./program.js";

type MakingStep = Exclude<Step, { readonly kind: "free" | "joint" }>;
type CallStep = Extract<Step, { readonly kind: "call" }>;

export interface LowerOptions {
  readonly registry: Registry;
  readonly target: KernelTarget;
  readonly batch: number;
  /** Whether weights and states keep their values between runs, so that what depends on them alone runs once. */
  readonly stableWeights: boolean;
}

/** The program, or Unsupported by name when the target has no call for an operator. Slots are node ids; forms of inputs follow. */
export const lower = (graph: Graph, given: LowerOptions): Either<SvertkaError, Program> => {
  const options = { ...given, registry: registryOf(graph, given.registry) };
  const types = new Map(graph.nodes.map((node) => [node.id, concreteType(node, options.batch)]));
  const stable = new Set<number>();
  const feeds: Feed[] = [];
  const preparing: Step[] = [];
  const made: Step[] = [];
  const add = (step: Exclude<Step, { readonly kind: "free" }>): void => {
    const isStable = readsOf(step).every((slot) => stable.has(slot));
    if (isStable) fillsOf(step).forEach((slot) => stable.add(slot));
    (isStable ? preparing : made).push(step);
  };
  const forms = inputForms(graph, options.target, add);
  for (const node of graph.nodes) {
    const type = concreteType(node, options.batch);
    if (node.op === "input" || node.op === "parameter" || node.op === "state") {
      feeds.push({ kind: node.op, name: sourceName(node), slot: node.id, type });
      if (node.op !== "input" && options.stableWeights) stable.add(node.id);
      continue;
    }
    if (node.joint !== undefined) {
      if (graph.nodes[node.id - 1]?.joint !== node.joint)
        add(jointStep(jointNodes(graph.nodes, node), types, options.registry));
      continue;
    }
    const step = stepOf(node, type, types, options);
    if (E.isLeft(step)) return step;
    add(step.right.kind === "call" ? forms.filled(step.right) : step.right);
  }
  const outputs = graph.outputs.map(({ kind, name, value }) => ({
    kind,
    name,
    slot: value,
    type: types.get(value) ?? { dtype: "f32" as const, shape: [] },
  }));
  const fed = new Set(feeds.map((feed) => feed.slot));
  const needed = new Set(outputs.map(({ slot }) => slot));
  const steps = readSteps(made, needed);
  const prepare = readSteps(preparing, needed);
  const read = new Set([...steps.flatMap(readsOf), ...outputs.map((output) => output.slot)]);
  const prepared = [...stable].filter((slot) => read.has(slot) && !fed.has(slot));
  return E.right({
    batch: options.batch,
    slots: forms.slots(),
    feeds,
    prepare: placeFrees(prepare, new Set([...fed, ...prepared])),
    prepared,
    steps: placeFrees(steps, new Set([...fed, ...stable, ...outputs.map((output) => output.slot)])),
    outputs,
  });
};

/** Adds the steps that bring inputs to the forms that calls want, once for each form of a value; slots begin behind those of nodes. */
const inputForms = ({ nodes }: Graph, target: KernelTarget, add: (step: MakingStep) => void) => {
  const first = nodes.length;
  const known = new Map<string, number>();
  /** The form of what was moved is made of what it was moved from. */
  const beforeMoves = (slot: number, form: InputForm): { readonly from: number; readonly form: InputForm } => {
    const node = nodes[slot];
    const source = node?.inputs[0];
    const attrs = node === undefined ? undefined : target.formBefore?.(form, node);
    return attrs === undefined || source === undefined ? { from: slot, form } : beforeMoves(source, { ...form, attrs });
  };
  const slotOf = (step: CallStep, wanted: InputForm): number => {
    const { from, form } = beforeMoves(step.inputs[wanted.input] ?? -1, wanted);
    const { kernel, attrs, type } = form;
    const key = `${from} ${kernel} ${JSON.stringify(attrs)}`;
    const slot = known.get(key) ?? first + known.size;
    if (!known.has(key))
      add({ kind: "call", call: { kernel, inputs: [0], attrs }, inputs: [from], output: slot, type, node: step.node });
    known.set(key, slot);
    return slot;
  };
  return {
    filled: (step: CallStep): CallStep => ({
      ...step,
      inputs: [...step.inputs, ...(step.call.forms ?? []).map((form) => slotOf(step, form))],
    }),
    slots: () => first + known.size,
  };
};

/** The steps without those that nobody needs, such as moves before which forms are made; adds to `needed` what they read. */
const readSteps = (steps: readonly Step[], needed: Set<number>): readonly Step[] =>
  steps
    .toReversed()
    .filter((step) => {
      const isNeeded = fillsOf(step).some((slot) => needed.has(slot));
      if (isNeeded) readsOf(step).forEach((slot) => needed.add(slot));
      return isNeeded;
    })
    .toReversed();

/** The nodes of a call, from its first on. */
const jointNodes = (nodes: readonly Node[], { id, joint }: Node): readonly Node[] => {
  let end = id;
  while (nodes[end]?.joint === joint) end++;
  return nodes.slice(id, end);
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
): Either<SvertkaError, MakingStep> => {
  const [first] = node.inputs;
  if (node.op === "reshape" && first !== undefined)
    return E.right({ kind: "view", input: first, output: node.id, type, node: node.id });
  const inputs = node.inputs.map((id) => types.get(id)).filter((input) => input !== undefined);
  const request = { inputs, output: type, attrs: node.attrs, epilogue: withFormulas(node.epilogue ?? [], registry) };
  const call = target.call(operatorOf(registry, node.op), request);
  return call === undefined
    ? fail(
        "Unsupported",
        "",
        `${node.op}: the ${target.name} backend has no kernel for ${JSON.stringify(node.attrs)}: choose another backend`,
      )
    : E.right({ kind: "call", call, inputs: node.inputs, output: node.id, type, node: node.id });
};
