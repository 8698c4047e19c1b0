/** What the compiler did to a model, as data and as text: passes, what became one call, calls before and after. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Device, KernelDevice } from "../backends/backend.js";
import { operatorOf, registryOf } from "../compiler/ir/builder.js";
import { lower } from "../compiler/lowering/lower.js";
import type { Program, Step } from "../compiler/lowering/program.js";
import type { Graph, Node } from "../compiler/ir/graph.js";
import { graphText, nodeText } from "../compiler/ir/text.js";
import { requiredPasses, runPasses } from "../compiler/pipeline.js";
import { operators } from "../ops/registry.js";
import type { CompiledGraph } from "./compiled-graph.js";

export interface PassExplanation {
  readonly name: string;
  readonly purpose: string;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Operators that it removed and made, as counts by name. */
  readonly removed: Readonly<Record<string, number>>;
  readonly made: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  /** The graphs as text. */
  readonly before: string;
  readonly after: string;
}

export interface FusedCall {
  /** `conv2d + biasAdd + relu`. */
  readonly operators: readonly string[];
  /** The backend's kernel that computes them. */
  readonly kernel: string;
  readonly node: string;
}

export interface Explanation {
  readonly backend: string;
  readonly passes: readonly PassExplanation[];
  readonly fused: readonly FusedCall[];
  /** Kernel calls for a batch without and with the optimising passes. */
  readonly callsBefore: number;
  readonly callsAfter: number;
  /** What runs once, before the first batch: in inference what depends on weights alone, in training what depends on nothing. */
  readonly prepare: readonly string[];
  /** The backend's steps, one line each. */
  readonly steps: readonly string[];
}

export const explain = (compiled: CompiledGraph, device: Device, batch = 1): Either<SvertkaError, Explanation> =>
  pipe(
    device.kind === "kernels" ? kernelSteps(compiled, device, batch) : E.right(nativeSteps(compiled, device)),
    E.map((steps) => ({
      backend: device.name,
      passes: compiled.runs.map(({ pass, before, after, milliseconds }) => ({
        name: pass.name,
        purpose: pass.purpose,
        nodesBefore: before.nodes.length,
        nodesAfter: after.nodes.length,
        removed: surplus(before, after),
        made: surplus(after, before),
        milliseconds,
        before: graphText(before),
        after: graphText(after),
      })),
      ...steps,
    })),
  );

type Steps = Omit<Explanation, "backend" | "passes">;

/** The graph without the optimising passes. */
const unoptimisedGraph = ({ source }: CompiledGraph, { target }: Device): Graph =>
  runPasses(source, { registry: operators, target, passes: requiredPasses }).graph;

const kernelSteps = (compiled: CompiledGraph, device: KernelDevice, batch: number): Either<SvertkaError, Steps> => {
  const { target } = device;
  const { stableWeights } = compiled;
  const optimised = lower(compiled.graph, { registry: operators, target, batch, stableWeights });
  if (E.isLeft(optimised)) return optimised;
  const plain = unoptimisedGraph(compiled, device);
  const unoptimised = lower(plain, { registry: operators, target, batch, stableWeights: false });
  if (E.isLeft(unoptimised)) return unoptimised;
  const nodes = new Map(compiled.graph.nodes.map((node) => [node.id, node]));
  const calls = optimised.right.steps.filter((step) => step.kind === "call");
  return E.right({
    fused: calls.flatMap(({ call, node }) => {
      const made = nodes.get(node);
      return made === undefined ? [] : fusedCall(made, call.kernel);
    }),
    callsBefore: countCalls(unoptimised.right),
    callsAfter: countCalls(optimised.right),
    prepare: optimised.right.prepare.map((step) => stepText(step)),
    steps: optimised.right.steps.map((step) => stepText(step)),
  });
};

/** A device that runs whole graphs: its one call computes these nodes. */
const nativeSteps = (compiled: CompiledGraph, device: Device): Steps => {
  const known = registryOf(compiled.graph, operators);
  const computed = compiled.graph.nodes.filter(({ op }) => !operatorOf(known, op).traits.includes("source"));
  return {
    fused: computed.flatMap((node) => fusedCall(node, device.name)),
    callsBefore: 1,
    callsAfter: 1,
    prepare: [],
    steps: computed.map(nodeText),
  };
};

const fusedCall = (node: Node, kernel: string): readonly FusedCall[] =>
  node.epilogue === undefined ? [] : [{ operators: operatorsOf(node), kernel, node: nodeText(node) }];

const operatorsOf = ({ op, epilogue = [] }: Node): readonly string[] => [op, ...epilogue.map((stage) => stage.op)];

const countCalls = ({ steps }: Program): number => steps.filter(({ kind }) => kind === "call" || kind === "joint").length;

/** Operators that stand more often in the first graph than in the second. */
const surplus = (first: Graph, second: Graph): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const name of first.nodes.map(shownName)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const name of second.nodes.map(shownName)) counts.set(name, (counts.get(name) ?? 0) - 1);
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
};

const shownName = (node: Node): string => operatorsOf(node).join(" + ");

/** `%7, %8 = elementwiseJoint(%4, %5) [16], [16]`. */
const jointText = ({ call, inputs, outputs }: Step & { readonly kind: "joint" }): string => {
  const made = outputs.map(({ slot }) => `%${slot}`).join(", ");
  const shapes = outputs.map(({ type }) => `[${type.shape.join(", ")}]`).join(", ");
  return `${made} = ${call.kernel}(${inputs.map((slot) => `%${slot}`).join(", ")}) ${shapes} ${JSON.stringify(call.attrs)}`;
};

/** `%7 = FusedConv2D(%4, %5, %6) [2, 11, 11, 64]`, `%9 = view(%8)`, `free %4`. */
const stepText = (step: Step): string => {
  if (step.kind === "free") return `free %${step.slot}`;
  if (step.kind === "joint") return jointText(step);
  const shape = `[${step.type.shape.join(", ")}]`;
  if (step.kind === "view") return `%${step.output} = view(%${step.input}) ${shape}`;
  const used = Array.isArray(step.call.inputs) ? step.call.inputs : Object.values(step.call.inputs);
  const inputs = used.map((index: number) => `%${step.inputs[index] ?? "?"}`).join(", ");
  const attrs = Object.keys(step.call.attrs).length === 0 ? "" : ` ${JSON.stringify(step.call.attrs)}`;
  return `%${step.output} = ${step.call.kernel}(${inputs}) ${shape}${attrs}`;
};
