/** The calls that only apply a formula or move elements about, and why no other call could take them in. */
import { operatorOf, registryOf, withFormulas, type Registry } from "../../compiler/ir/builder.js";
import type { Graph, Node, Stage } from "../../compiler/ir/graph.js";
import { concreteShape, sameShape, type Dims } from "../../compiler/ir/type.js";
import type { Target } from "../../compiler/target.js";
import { formulaText } from "../../formula/text.js";
import { operators } from "../../ops/registry.js";
import type { Owners } from "./layers.js";
import { computedNodes } from "./work.js";

/** Why a neighbour did not take a call in. */
export interface Reason {
  /** In general: `its input has other readers`. */
  readonly kind: string;
  /** In this place: `conv2d has 2 readers (relu, add)`. */
  readonly text: string;
}

export interface RemainingCall {
  /** Of the optimised graph; several where one call computes them. */
  readonly nodes: readonly number[];
  /** `add`, `transpose`; of several operators made one formula `elementwise`. */
  readonly operator: string;
  readonly layers: readonly string[];
  readonly reasons: readonly Reason[];
}

interface RemainingRequest {
  readonly stableWeights: boolean;
  readonly owners: Owners;
  /** The nodes that each call computes. */
  readonly calls: readonly (readonly number[])[];
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
  { stableWeights, owners, calls }: RemainingRequest,
): readonly RemainingCall[] => {
  const known = registryOf(graph, operators);
  const computed = new Set(computedNodes(graph, { stableWeights }).map(({ id }) => id));
  const around: Surroundings = { graph, target, known, computed, readers: readersIn(graph) };
  return calls.flatMap((ids): readonly RemainingCall[] => {
    const nodes = ids.flatMap((id) => graph.nodes.slice(id, id + 1));
    const reasons = nodes.map((node) => reasonsOf(node, around));
    if (nodes.length === 0 || !reasons.every((some) => some !== undefined)) return [];
    return [
      {
        nodes: ids,
        operator: [...new Set(nodes.map(({ op }) => op))].join(", "),
        layers: [...new Set(ids.flatMap((id) => owners.get(id) ?? []))],
        reasons: distinct(reasons.flat()),
      },
    ];
  });
};

const distinct = (reasons: readonly (Reason | undefined)[]): readonly Reason[] => [
  ...new Map(reasons.flatMap((reason) => (reason === undefined ? [] : [[reason.text, reason] as const]))).values(),
];

/** Nothing for a node that does more than apply a formula or move elements. */
const reasonsOf = (node: Node, around: Surroundings): readonly Reason[] | undefined => {
  const operator = operatorOf(around.known, node.op);
  if (operator.formula?.(node.attrs) !== undefined) return formulaReasons(node, around);
  return operator.traits.includes("movesData") && !isView(node) ? moveReasons(node, around) : undefined;
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
const formulaReasons = (node: Node, around: Surroundings): readonly Reason[] => {
  const producers = node.inputs.flatMap((id) => {
    const producer = around.graph.nodes[id];
    return producer === undefined || !around.computed.has(id) ? [] : [producer];
  });
  return producers.length === 0
    ? [{ kind: "it reads only what is fed", text: "it reads only what is fed: no call comes before it" }]
    : producers.map((producer) => whyApart(producer, node, around));
};

const whyApart = (producer: Node, node: Node, around: Surroundings): Reason => {
  const { known, readers, target } = around;
  const readBy = readers.get(producer.id) ?? [];
  if (readBy.length > 1)
    return {
      kind: "an input has other readers",
      text: `${shown(producer)} has ${readBy.length} readers (${counted(readBy)})`,
    };
  const operator = operatorOf(known, producer.op);
  if (operator.traits.includes("takesEpilogue")) return whyNoEpilogue(producer, node, around);
  if (operator.formula?.(producer.attrs) === undefined)
    return {
      kind: "the kernel before it takes nothing after it",
      text: `the kernel of ${producer.op} takes nothing after it`,
    };
  if (target.formulas === undefined)
    return {
      kind: "no kernels are made of formulas here",
      text: `${target.name} has no kernels made of formulas`,
    };
  if (!sameShape(producer.type.shape, node.type.shape))
    return {
      kind: "an input differs in shape",
      text: `${shown(producer)} differs in shape, [${producer.type.shape.join(", ")}] before [${node.type.shape.join(", ")}]: it would be computed again for each element`,
    };
  return {
    kind: "one formula of both would be too large, or is not of float32",
    text: `${shown(producer)} and this in one formula would be too large (at most ${target.formulas.inputs} inputs), or are not of float32`,
  };
};

const whyNoEpilogue = (producer: Node, node: Node, { graph, target, known }: Surroundings): Reason => {
  const stages: readonly Stage[] = [...(producer.epilogue ?? []), { op: node.op, attrs: node.attrs }];
  const others = node.inputs.filter((id) => id !== producer.id && graph.nodes[id]?.op !== "constant").length;
  const after = lastStage(producer);
  if (others === 0 && target.fuses(operatorOf(known, producer.op), withFormulas(stages, known)))
    return {
      kind: "the order of stages that a kernel takes is another",
      text: `${shown(producer)} takes ${node.op}, but not after ${after}`,
    };
  const what = others === 0 ? `after ${after}` : others === 1 ? "with another tensor" : `with ${others} other tensors`;
  return {
    kind: `the kernel of ${producer.op} on ${target.name} takes no such formula`,
    text: `the kernel of ${producer.op} on ${target.name} takes no ${formulaName(node, known)} ${what}`,
  };
};

const lastStage = ({ epilogue = [], op }: Node): string => epilogue.at(-1)?.op ?? op;
const shown = ({ op, epilogue = [] }: Node): string => [op, ...epilogue.map((stage) => stage.op)].join(" + ");

const longest = 40;

/** The operator, or the formula of several. */
const formulaName = ({ op, attrs }: Node, known: Registry): string => {
  const formula = attrs["formula"] === undefined ? undefined : operatorOf(known, op).formula?.(attrs);
  const text = formula === undefined ? op : formulaText(formula);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
};

/** `2 × conv2d, add`. */
const counted = (names: readonly string[]): string =>
  [...new Set(names)]
    .map((name) => {
      const count = names.filter((other) => other === name).length;
      return count === 1 ? name : `${count} × ${name}`;
    })
    .join(", ");

/** Of a move: what it does to the number of elements says what its neighbours would have to do. */
const moveReasons = (node: Node, { graph, readers, target }: Surroundings): readonly Reason[] => {
  const by = counted(readers.get(node.id) ?? []);
  if (node.inputs.length > 1)
    return [
      {
        kind: "no kernel writes into a part of another's result",
        text: `it joins ${node.inputs.length} values: no kernel writes into a part of another's result`,
      },
    ];
  const before = node.inputs.flatMap((id) => graph.nodes.slice(id, id + 1)).at(0);
  const producer = before === undefined ? "what is fed" : shown(before);
  const from = before === undefined ? 0 : elementsOf(before.type.shape);
  const to = elementsOf(node.type.shape);
  if (to > from)
    return [
      {
        kind: "its reader's kernel adds no such border or repetition",
        text: `${by} on ${target.name} reads stored elements: its kernel adds no such border or repetition`,
      },
    ];
  if (to < from)
    return [
      { kind: "kernels read whole values", text: `${by} reads a part of ${producer}: kernels read whole values` },
    ];
  return [
    {
      kind: "its reader wants another order of elements",
      text: `${producer} gives one order of elements and ${by} reads another`,
    },
  ];
};
