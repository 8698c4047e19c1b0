/** Kernels that the compiler writes: one for each formula, with the calls that run it. */
import { operatorOf, registryOf, type Registry } from "../../compiler/ir/builder.js";
import type { Graph, Node } from "../../compiler/ir/graph.js";
import { typeText } from "../../compiler/ir/type.js";
import { isFormula } from "../../formula/check.js";
import type { Formula } from "../../formula/formula.js";
import { formulaText } from "../../formula/text.js";
import { formulaKey } from "../../formula/key.js";
import { operators } from "../../ops/registry.js";
import type { Owners } from "./layers.js";
import type { NodeSource } from "./sources.js";
import { computedNodes } from "./work.js";

export interface GeneratedKernel {
  /** `max(x0 + x1, 0)`. */
  readonly formula: string;
  /** What carries it: elementwise, a reduction that begins with it, or a product with what is done to its sums (x0; x1 is a further tensor). */
  readonly operator: string;
  /** The code that the first call runs, where the backend shows it: WebAssembly's text, GLSL or WGSL. */
  readonly source?: string | undefined;
  /** How many other formulas that code computes as well. */
  readonly together?: number | undefined;
  readonly calls: readonly {
    readonly node: number;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
  }[];
}

type Growing = Omit<GeneratedKernel, "calls"> & { readonly calls: GeneratedKernel["calls"][number][] };

const growing = (formula: string, operator: string, made: NodeSource | undefined): Growing => {
  const source = made?.code();
  return { formula, operator, ...(source === undefined ? {} : { source, together: made?.together ?? 0 }), calls: [] };
};

/** The formula that a node's kernel is written for: its own, or that of what is done to a product's sums. */
const formulaOf = (
  node: Node,
  known: Registry,
  sourceAt: (node: number) => NodeSource | undefined,
): { readonly formula: Formula; readonly operator: string } | undefined => {
  const { op, attrs, epilogue } = node;
  if (epilogue !== undefined) {
    const formula = sourceAt(node.id)?.attrs["formula"];
    const stages = epilogue.map((stage) => stage.op);
    return isFormula(formula) ? { formula, operator: [op, ...stages].join(" + ") } : undefined;
  }
  if (attrs["formula"] === undefined) return undefined;
  const operator = operatorOf(known, op);
  const formula = operator.formula?.(attrs) ?? operator.fold?.(attrs)?.formula;
  return formula === undefined ? undefined : { formula, operator: op };
};

/** Formulas that stand in the graph itself; a single operator with a kernel of its own has none here. */
export const generatedKernels = (
  graph: Graph,
  {
    stableWeights,
    owners,
    sourceAt,
  }: {
    readonly stableWeights: boolean;
    readonly owners: Owners;
    readonly sourceAt: (node: number) => NodeSource | undefined;
  },
): readonly GeneratedKernel[] => {
  const known = registryOf(graph, operators);
  const kernels = new Map<string, Growing>();
  for (const node of computedNodes(graph, { stableWeights })) {
    const made = formulaOf(node, known, sourceAt);
    if (made === undefined) continue;
    const { formula, operator } = made;
    const key = `${operator} ${formulaKey(formula)}`;
    const kernel = kernels.get(key) ?? growing(formulaText(formula), operator, sourceAt(node.id));
    kernel.calls.push({
      node: node.id,
      inputs: node.inputs.flatMap((id) => {
        const input = graph.nodes[id];
        return input === undefined ? [] : [typeText(input.type)];
      }),
      output: typeText(node.type),
      layers: owners.get(node.id) ?? [],
    });
    kernels.set(key, kernel);
  }
  return [...kernels.values()];
};
