/** The calls that only apply a formula or move elements about, and why no other call could take them in. */
import { operatorOf, registryOf, withFormulas, type Registry } from "../../compiler/ir/builder.js";
import type { Graph, Node, Stage } from "../../compiler/ir/graph.js";
import { concreteShape, sameShape, type Dims } from "../../compiler/ir/type.js";
import type { Target } from "../../compiler/target.js";
import { operators } from "../../ops/registry.js";
import type { Owners } from "./layers.js";
import { computedNodes } from "./work.js";

export interface RemainingCall {
  readonly node: number;
  /** `add`, `transpose`; of several operators made one formula `elementwise`. */
  readonly operator: string;
  readonly layers: readonly string[];
  /** Why each neighbour did not take it in. */
  readonly reasons: readonly string[];
}

interface Surroundings {
  readonly graph: Graph;
  readonly target: Target;
  readonly known: Registry;
  readonly computed: ReadonlySet<number>;
  readonly readers: ReadonlyMap<number, readonly string[]>;
}

export const remainingCalls = (
  graph: Graph,
  target: Target,
  { stableWeights, owners }: { readonly stableWeights: boolean; readonly owners: Owners },
): readonly RemainingCall[] => {
  const known = registryOf(graph, operators);
  const nodes = computedNodes(graph, { stableWeights });
  const computed = new Set(nodes.map(({ id }) => id));
  const around: Surroundings = { graph, target, known, computed, readers: readersIn(graph) };
  return nodes.flatMap((node): readonly RemainingCall[] => {
    const operator = operatorOf(known, node.op);
    const isFormula = operator.formula?.(node.attrs) !== undefined;
    const isMove = operator.traits.includes("movesData") && !isView(node);
    if (!isFormula && !isMove) return [];
    const reasons = isFormula ? formulaReasons(node, around) : moveReasons(node, around);
    return [{ node: node.id, operator: node.op, layers: owners.get(node.id) ?? [], reasons: [...new Set(reasons)] }];
  });
};

/** Lowering makes it a view. */
const isView = ({ op }: Node): boolean => op === "reshape";

/** Who reads each node, in words. */
const readersIn = ({ nodes, outputs }: Graph): ReadonlyMap<number, readonly string[]> => {
  const readers = new Map<number, string[]>();
  const add = (id: number, reader: string): void => void readers.set(id, [...(readers.get(id) ?? []), reader]);
  for (const { inputs, op } of nodes) for (const input of new Set(inputs)) add(input, op);
  for (const { kind, name, value } of outputs) add(value, `${kind} '${name}'`);
  return readers;
};

const elementsOf = (shape: Dims): number => concreteShape(shape, 1).reduce((a, b) => a * b, 1);

/** Of a formula: what stands before each of its inputs. */
const formulaReasons = (node: Node, around: Surroundings): readonly string[] => {
  const producers = node.inputs.flatMap((id) => {
    const producer = around.graph.nodes[id];
    return producer === undefined || !around.computed.has(id) ? [] : [producer];
  });
  return producers.length === 0
    ? ["it reads only what is fed: nothing comes before it"]
    : producers.map((producer) => whyApart(producer, node, around));
};

const whyApart = (producer: Node, node: Node, { graph, target, known, readers }: Surroundings): string => {
  const readBy = readers.get(producer.id) ?? [];
  if (readBy.length > 1) return `${shown(producer)} has ${readBy.length} readers (${counted(readBy)})`;
  const operator = operatorOf(known, producer.op);
  const own = operatorOf(known, node.op);
  if (operator.traits.includes("takesEpilogue")) {
    const stages: readonly Stage[] = [...(producer.epilogue ?? []), { op: node.op, attrs: node.attrs }];
    if (target.fuses(operator, withFormulas(stages, known)) && node.inputs.length === 1)
      return `${shown(producer)} takes ${node.op}, but not after ${lastStage(producer)}`;
    const others = node.inputs.filter((id) => id !== producer.id && graph.nodes[id]?.op !== "constant").length;
    return others === 0
      ? `the kernel of ${producer.op} on ${target.name} takes no ${formulaName(node)} after ${lastStage(producer)}`
      : `the kernel of ${producer.op} on ${target.name} takes no ${formulaName(node)} with ${others === 1 ? "another tensor" : `${others} other tensors`}`;
  }
  if (operator.formula?.(producer.attrs) !== undefined) {
    if (target.formulas === undefined) return `${target.name} has no kernels made of formulas`;
    if (!sameShape(producer.type.shape, node.type.shape))
      return `${shown(producer)} differs in shape ([${producer.type.shape.join(", ")}] before [${node.type.shape.join(", ")}]): it would be computed again for each element`;
    if (own.formula === undefined || producer.type.dtype !== "f32") return `${shown(producer)} is not of float32`;
    return `one formula of both would be too large (${target.formulas.inputs} inputs at most)`;
  }
  return `the kernel of ${producer.op} takes nothing after it`;
};

const lastStage = ({ epilogue = [], op }: Node): string => epilogue.at(-1)?.op ?? op;
const shown = ({ op, epilogue = [] }: Node): string => [op, ...epilogue.map((stage) => stage.op)].join(" + ");
const formulaName = ({ op }: Node): string => op;

/** `2 × conv2d, add`. */
const counted = (names: readonly string[]): string =>
  [...new Set(names)]
    .map((name) => {
      const count = names.filter((other) => other === name).length;
      return count === 1 ? name : `${count} × ${name}`;
    })
    .join(", ");

/** Of a move: what it does to the number of elements says what its neighbours would have to do. */
const moveReasons = (node: Node, { graph, readers, target }: Surroundings): readonly string[] => {
  const by = counted(readers.get(node.id) ?? []);
  if (node.inputs.length > 1)
    return [`it joins ${node.inputs.length} values: no kernel writes into a part of another's result`];
  const [input] = node.inputs;
  const before = input === undefined ? undefined : graph.nodes[input];
  const from = before === undefined ? 0 : elementsOf(before.type.shape);
  const to = elementsOf(node.type.shape);
  if (to > from) return [`${by} on ${target.name} reads stored elements: its kernel adds no such border or repetition`];
  if (to < from)
    return [`${by} reads a part of ${before === undefined ? "" : shown(before)}: kernels read whole values`];
  return [`${before === undefined ? "" : shown(before)} gives one order of axes and ${by} reads another`];
};
