/** Kernels that the compiler writes: one for each formula, with the calls that run it. */
import { operatorOf, registryOf } from "../../compiler/ir/builder.js";
import type { Graph } from "../../compiler/ir/graph.js";
import { typeText } from "../../compiler/ir/type.js";
import { formulaText } from "../../formula/text.js";
import { formulaKey } from "../../formula/key.js";
import { operators } from "../../ops/registry.js";
import type { Owners } from "./layers.js";
import { computedNodes } from "./work.js";

export interface GeneratedKernel {
  /** `max(x0 + x1, 0)`. */
  readonly formula: string;
  /** The operator that carries it: elementwise, or a reduction that begins with it. */
  readonly operator: string;
  /** Of the first call, where the backend shows its code. */
  readonly source?: string | undefined;
  readonly calls: readonly {
    readonly node: number;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
  }[];
}

/** Formulas that stand in the graph itself; a single operator with a kernel of its own has none here. */
export const generatedKernels = (
  graph: Graph,
  { stableWeights, owners }: { readonly stableWeights: boolean; readonly owners: Owners },
): readonly GeneratedKernel[] => {
  const known = registryOf(graph, operators);
  const kernels = new Map<string, { formula: string; operator: string; calls: GeneratedKernel["calls"][number][] }>();
  for (const node of computedNodes(graph, { stableWeights })) {
    if (node.attrs["formula"] === undefined) continue;
    const operator = operatorOf(known, node.op);
    const formula = operator.formula?.(node.attrs) ?? operator.fold?.(node.attrs)?.formula;
    if (formula === undefined) continue;
    const key = `${node.op} ${formulaKey(formula)}`;
    const kernel = kernels.get(key) ?? { formula: formulaText(formula), operator: node.op, calls: [] };
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
