/** Nodes of one joint number as one call: of several folds, or of formulas over several tensors. */
import { invariant } from "../../errors.js";
import { substitute, variable, type Formula } from "../../formula/formula.js";
import type { ConcreteType } from "../../ops/operator.js";
import { operatorOf, type Registry } from "../ir/builder.js";
import type { Node } from "../ir/graph.js";
import type { Step } from "./program.js";

type JointStep = Step & { readonly kind: "joint" };

/** The calls of {@link KernelDevice.callJoint}: their attributes. */
export type JointFold = { readonly by: "sum" | "mean" | "max"; readonly formula: Formula };
export type JointFormula = {
  readonly formula: Formula;
  /** Which of the call's inputs its variables are. */
  readonly inputs: readonly number[];
};

/** Of folds, with their axes; of formulas, with the inputs of each. */
export interface JointAttributes {
  readonly members: readonly {
    readonly by?: JointFold["by"];
    readonly formula: Formula;
    readonly inputs?: readonly number[];
  }[];
  readonly axes?: readonly number[];
}

/** A number for each input, in the order of reading. */
const numbering = (): { readonly ids: number[]; readonly of: (id: number) => number } => {
  const ids: number[] = [];
  const known = new Map<number, number>();
  return {
    ids,
    of: (id) => {
      const index = known.get(id) ?? ids.push(id) - 1;
      known.set(id, index);
      return index;
    },
  };
};

const renamed = (formula: Formula, inputs: readonly Formula[]): Formula =>
  substitute(formula, (name) => inputs[Number(name.slice(1))] ?? Number.NaN);

/** The step that computes nodes which stand together; a formula that reads another of them takes in its formula. */
export const jointStep = (
  nodes: readonly Node[],
  types: ReadonlyMap<number, ConcreteType>,
  registry: Registry,
): JointStep => {
  const outputs = nodes.map(({ id }) => {
    const type = types.get(id);
    invariant(type, `node %${id} has a type`);
    return { slot: id, type, node: id };
  });
  const [first] = nodes;
  invariant(first, "a joint call computes something");
  const folds = nodes.map(({ op, attrs }) => operatorOf(registry, op).fold?.(attrs));
  const { ids, of } = numbering();
  const [fold] = folds;
  if (fold !== undefined) {
    const members = nodes.map(({ inputs }, index): JointFold => {
      const own = folds[index];
      invariant(own, "folds are joined with folds");
      return {
        by: own.by,
        formula: renamed(
          own.formula,
          inputs.map((id) => variable(of(id))),
        ),
      };
    });
    const attrs = { members, axes: fold.axes };
    return {
      kind: "joint",
      call: { kernel: "reduceJoint", inputs: ids.map((_, i) => i), attrs },
      inputs: ids,
      outputs,
    };
  }
  const members = formulasOf(nodes, registry, of);
  const sizes = outputs.map(({ type: { shape } }) => shape.reduce((a, b) => a * b, 1));
  const attrs = { members, sizes };
  return {
    kind: "joint",
    call: { kernel: "elementwiseJoint", inputs: ids.map((_, i) => i), attrs },
    inputs: ids,
    outputs,
  };
};

/** The formulas over inputs of the call, numbered by `of`. */
const formulasOf = (
  nodes: readonly Node[],
  registry: Registry,
  of: (id: number) => number,
): readonly JointFormula[] => {
  /** Over nodes that are not of this call, as variables named by their ids. */
  const whole = new Map<number, Formula>();
  return nodes.map((node): JointFormula => {
    const formula = operatorOf(registry, node.op).formula?.(node.attrs);
    invariant(formula !== undefined, `%${node.id} ${node.op} has a formula`);
    const byId = renamed(
      formula,
      node.inputs.map((id) => whole.get(id) ?? variable(id)),
    );
    whole.set(node.id, byId);
    const own = numbering();
    const local = substitute(byId, (name) => variable(own.of(Number(name.slice(1)))));
    return { formula: local, inputs: own.ids.map(of) };
  });
};
