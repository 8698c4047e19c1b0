/** Writes a node of a graph as nodes of TensorFlow: by its operator's mapping, or from its formula. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { operatorOf, type Registry } from "../../compiler/ir/builder.js";
import type { Node } from "../../compiler/ir/graph.js";
import { concreteShape, type TensorType } from "../../compiler/ir/type.js";
import type { ConcreteType } from "../../ops/operator.js";
import { writeTensorFlowFormula } from "../../ops/tensorflow-formula.js";
import { tensorFlowMappings } from "../../ops/tensorflow-mappings.js";
import type { TensorFlowValue } from "../../ops/tensorflow.js";
import type { GraphWriter } from "./graph-writer.js";

export interface Writing {
  readonly types: ReadonlyMap<number, TensorType>;
  readonly registry: Registry;
  readonly writer: GraphWriter;
}

/** The node's value, or Unsupported by name for what TensorFlow has no kernel. */
export const writeNode = (
  node: Node,
  values: readonly TensorFlowValue[],
  { types, registry, writer: graph }: Writing,
): Either<SvertkaError, TensorFlowValue> => {
  const inputs = node.inputs.map((id) => types.get(id)).filter((type) => type !== undefined);
  const request = { values, inputs, output: node.type, attrs: node.attrs, graph };
  const mapping = tensorFlowMappings.get(node.op);
  const concrete = ({ dtype, shape }: TensorType): ConcreteType => ({ dtype, shape: concreteShape(shape, 1) });
  const asked = { inputs: inputs.map(concrete), output: concrete(node.type), attrs: node.attrs, epilogue: [] };
  if (mapping !== undefined && (mapping.has?.(asked) ?? true)) return E.right(mapping.write(request));
  const formula = operatorOf(registry, node.op).formula?.(node.attrs);
  return formula === undefined
    ? fail(
        "Unsupported",
        "",
        `${node.op}: TensorFlow has no kernel for ${JSON.stringify(node.attrs).slice(0, 90)}: choose another backend`,
      )
    : E.right(writeTensorFlowFormula(formula, request));
};
