/** Builds a graph node by node; every type is derived by the operator's own rule. */
import { invariant } from "../../errors.js";
import { E } from "../../fp.js";
import type { FusedStage, Operator } from "../../ops/operator.js";
import type { Emit, Graph, Node, Output, Stage, Value } from "./graph.js";

/** The operators that a graph may use, by name. */
export type Registry = ReadonlyMap<string, Operator>;

export interface GraphBuilder {
  readonly emit: Emit;
  /** Adds a node as it is (its type must be right already), with new inputs. */
  readonly copy: (node: Node, inputs: readonly Value[]) => Value;
  /** The node made for an id. */
  readonly node: (id: number) => Node;
  /** How many nodes there are: the id of the next one. */
  readonly size: () => number;
  /** Takes an operator of the user's own; false where another one has its name. */
  readonly adopt: (operator: Operator) => boolean;
  /** Those that it took. */
  readonly operators: Registry;
  readonly finish: (outputs: readonly Output[]) => Graph;
}

/** The operator of that name; an unknown name in a graph of ours is a bug (parsed graphs are checked first). */
export const operatorOf = (registry: Registry, name: string): Operator => {
  const operator = registry.get(name);
  invariant(operator, `no operator '${name}' is registered`);
  return operator;
};

/** Stages with the formulas of their operators. */
export const withFormulas = (stages: readonly Stage[], registry: Registry): readonly FusedStage[] =>
  stages.map((stage) => ({ ...stage, formula: operatorOf(registry, stage.op).formula?.(stage.attrs) }));

/** The operators that a graph may use: those of svertka, and those that it brings. */
export const registryOf = ({ operators }: { readonly operators?: Registry }, registry: Registry): Registry =>
  operators === undefined || operators.size === 0 ? registry : new Map([...registry, ...operators]);

/** Starts a graph, empty or after the nodes of another whose ids are 0, 1, 2 … */
export const graphBuilder = (registry: Registry, start: readonly Node[] = []): GraphBuilder => {
  const nodes: Node[] = [...start];
  const operators = new Map<string, Operator>();
  const push = (node: Omit<Node, "id">): Value => {
    const id = nodes.length;
    nodes.push({ id, ...node });
    return { id, type: node.type };
  };
  return {
    emit: (op, inputs, attrs = {}) => {
      const type = (operators.get(op) ?? operatorOf(registry, op)).type(
        inputs.map((input) => input.type),
        attrs,
      );
      invariant(E.isRight(type), E.isLeft(type) ? `emitted ${op}: ${type.left}` : "");
      return push({ op, inputs: inputs.map((input) => input.id), attrs, type: type.right });
    },
    copy: ({ op, attrs, type, epilogue }, inputs) =>
      push({
        op,
        inputs: inputs.map((input) => input.id),
        attrs,
        type,
        ...(epilogue === undefined ? {} : { epilogue }),
      }),
    node: (id) => {
      const node = nodes[id];
      invariant(node, `no node %${id}`);
      return node;
    },
    size: () => nodes.length,
    adopt: (operator) => {
      const known = operators.get(operator.name) ?? registry.get(operator.name);
      if (known === undefined) operators.set(operator.name, operator);
      return known === undefined || known === operator;
    },
    operators,
    finish: (outputs) => ({ nodes, outputs, ...(operators.size === 0 ? {} : { operators }) }),
  };
};
