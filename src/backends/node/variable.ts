/** A variable of a session: it keeps its value between runs. */
import type { TensorType } from "../../compiler/ir/type.js";
import {
  shapeAttribute,
  textAttribute,
  truth,
  typeAttribute,
  type GraphWriter,
} from "../../io/tensorflow/graph-writer.js";

export interface Variable {
  readonly handle: string;
  /** Its value when the run began. */
  readonly read: string;
  /** True once it was given the first value. */
  readonly assigned: string;
}

/**
 * Adds a variable, and the node that gives it the value `first`. That is copied: a fed tensor can lie in JavaScript's
 * memory, which only JavaScript's thread may give back.
 */
export const variableOf = (writer: GraphWriter, { dtype, shape }: TensorType, first: string): Variable => {
  const type = typeAttribute(dtype);
  const handle = writer.add("VarHandleOp", [], {
    dtype: type,
    shape: shapeAttribute(shape),
    // Without a name of their own all would be one.
    shared_name: textAttribute(`svertka/${first}`),
  });
  const copy = writer.add("DeepCopy", [first], { T: type });
  const assign = writer.add("AssignVariableOp", [handle, copy], { dtype: type });
  return {
    handle,
    read: writer.add("ReadVariableOp", [handle], { dtype: type }),
    assigned: truth(writer, [assign]),
  };
};
