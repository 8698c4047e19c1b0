/** The verifier: re-derives every type from the operators' rules, and checks order, ids and names. */
import { variablesOf } from "../../formula/formula.js";
import { E, type Either } from "../../fp.js";
import type { Operator } from "../../ops/operator.js";
import type { Registry } from "./builder.js";
import type { Graph, Node, Stage } from "./graph.js";
import { nodeText } from "./text.js";
import { sameType, typeText, type TensorType } from "./type.js";

/** The first broken law as a sentence, or undefined when the graph is sound. */
export const verify = (graph: Graph, registry: Registry): string | undefined => {
  const types: TensorType[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    const problem = node.id === index ? verifyNode(node, types, registry) : `node ${index} has the id %${node.id}`;
    if (problem !== undefined) return problem;
    types.push(node.type);
  }
  const names = new Set<string>();
  for (const { kind, name, value } of graph.outputs) {
    if (types[value] === undefined) return `output '${name}' reads %${value}, which is not there`;
    if (names.has(`${kind} ${name}`)) return `two outputs are named ${kind} '${name}'`;
    names.add(`${kind} ${name}`);
  }
  return undefined;
};

const verifyNode = (node: Node, types: readonly TensorType[], registry: Registry): string | undefined => {
  const operator = registry.get(node.op);
  if (operator === undefined) return `no operator '${node.op}' is registered`;
  const inputs = node.inputs.map((input) => types[input]).filter((type) => type !== undefined);
  if (inputs.length !== node.inputs.length) return `%${node.id} reads a node that does not come before it`;
  const type = fusedType(operator, inputs, node, registry);
  if (E.isLeft(type)) return `%${node.id}: ${type.left}`;
  if (type.right.shape.filter((dim) => typeof dim === "string").length > 1)
    return `%${node.id} holds the batch axis twice: ${typeText(type.right)}`;
  return sameType(type.right, node.type) ? undefined : `${nodeText(node)} should have type ${typeText(type.right)}`;
};

/** The type of a node with its epilogue: each stage reads the value so far and its own further inputs. */
const fusedType = (
  operator: Operator,
  inputs: readonly TensorType[],
  { attrs, epilogue = [] }: Node,
  registry: Registry,
): Either<string, TensorType> => {
  const stages = epilogue.map((stage) => ({ ...stage, operator: registry.get(stage.op) }));
  const further = epilogue.reduce((sum, stage) => sum + stageReads(stage, registry), 0);
  if (epilogue.length > 0 && !operator.traits.includes("takesEpilogue"))
    return E.left(`${operator.name} takes no epilogue`);
  const own = inputs.length - further;
  let next = own;
  let type = operator.type(inputs.slice(0, own), attrs);
  for (const stage of stages) {
    if (E.isLeft(type)) return type;
    const reads = stageReads(stage, registry);
    if (stage.operator === undefined) return E.left(`no operator '${stage.op}' is registered`);
    type = stage.operator.type([type.right, ...inputs.slice(next, next + reads)], stage.attrs);
    next += reads;
  }
  return type;
};

/** How many inputs of the node a stage reads besides the value so far: one for a bias or a residual, none for an activation. */
export const stageReads = ({ op, attrs }: Stage, registry: Registry): number => {
  const operator = registry.get(op);
  if (operator === undefined) return 0;
  if (operator.traits.includes("bias") || operator.traits.includes("residual")) return 1;
  const formula = operator.formula?.(attrs);
  return formula === undefined ? 0 : Math.max(0, variablesOf(formula).size - 1);
};
