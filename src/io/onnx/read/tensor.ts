/** Tensors of the file as values of our graph, each in the orders of axes that its readers ask for. */
import type { Emit, Value } from "../../../compiler/ir/graph.js";
import { sameShape, type Dims } from "../../../compiler/ir/type.js";
import type { AxisOrder, OnnxElement, OnnxNumbers, OnnxTensor } from "../../../ops/onnx-reading.js";
import { fileOrder } from "../../../ops/onnx-reading-tensors.js";

/** Makes a value once for each order and shape. */
const once = (
  shape: Dims,
  make: (order: AxisOrder, shape: Dims) => Value,
): ((order: AxisOrder, shape?: Dims) => Value) => {
  const made = new Map<string, Value>();
  return (order, wanted) => {
    const target = wanted ?? order.map((axis) => shape[axis] ?? 1);
    const key = `${order.join()}/${target.join()}`;
    const value = made.get(key) ?? make(order, target);
    made.set(key, value);
    return value;
  };
};

/** Whether going from one order to the other only moves axes of 1, so that the elements stay where they are. */
const keepsElements = (from: AxisOrder, to: AxisOrder, shape: Dims): boolean => {
  const long = (order: AxisOrder): string => order.filter((axis) => shape[axis] !== 1).join();
  return long(from) === long(to);
};

/** What a node or an input gives. */
export const computedTensor = (emit: Emit, value: Value, order: AxisOrder, element: OnnxElement): OnnxTensor => {
  const shape = order.map((_, axis) => value.type.shape[order.indexOf(axis)] ?? 1);
  const reshaped = (given: Value, target: Dims): Value =>
    sameShape(given.type.shape, target) ? given : emit("reshape", [given], { shape: target });
  const turned = (wanted: AxisOrder): Value =>
    emit("transpose", [value], { permutation: wanted.map((axis) => order.indexOf(axis)) });
  const inOrder = once(shape, (wanted, target) =>
    reshaped(keepsElements(order, wanted, shape) ? value : turned(wanted), target),
  );
  return { shape, element, order, in: inOrder };
};

/** Numbers that are known; `materialise` makes a weight or a constant of them. */
export const knownTensor = (
  shape: readonly number[],
  numbers: OnnxNumbers,
  element: OnnxElement,
  materialise: (order: AxisOrder, shape: Dims) => Value,
): OnnxTensor => ({
  shape,
  element,
  numbers,
  order: fileOrder(shape.length),
  in: once(shape, materialise),
});
