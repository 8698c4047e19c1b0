/** Tensors of an ONNX file, computed: what every reading moves them about with. A permutation of axes is a renaming and costs nothing. */
import type { Dim } from "../compiler/ir/type.js";
import type { AxisOrder, OnnxElement, OnnxMaking, OnnxTensor } from "./onnx-reading.js";
import { malformed } from "./onnx-reading.js";
import { broadcastShapes } from "./broadcast.js";
import type { Attributes, Emit, Value } from "../compiler/ir/graph.js";
import { concreteDim } from "../compiler/ir/type.js";
import { permuted } from "./permuted.js";

/** 0, 1, 2, …: the file's own order. */
export const fileOrder = (rank: number): AxisOrder => Array.from({ length: rank }, (_, axis) => axis);

/** Batch, what lies between, channels: how our images lie. */
export const channelsLast = (rank: number): AxisOrder =>
  rank < 3 ? fileOrder(rank) : [0, ...fileOrder(rank).slice(2), 1];

/** That axis moved to the end of the tensor's own order. */
export const withLast = ({ order }: OnnxTensor, ...axes: readonly number[]): AxisOrder => [
  ...order.filter((axis) => !axes.includes(axis)),
  ...axes,
];

/** As it lies in memory. */
export const asItLies = (tensor: OnnxTensor): Value => tensor.in(tensor.order);

/** Output axis i is input axis `permutation[i]`: the axes get other names, the memory stays. */
export const transposedTensor = (
  { made, known }: OnnxMaking,
  tensor: OnnxTensor,
  permutation: readonly number[],
): OnnxTensor => {
  const names = permutation.map((_, axis) => permutation.indexOf(axis));
  if (tensor.numbers === undefined)
    return made(
      asItLies(tensor),
      tensor.order.map((axis) => names[axis] ?? axis),
      tensor.element,
    );
  const { numbers, element } = tensor;
  const sizes = tensor.shape.map(Number);
  const { data, twin } = numbers;
  return known(
    permutation.map((axis) => sizes[axis] ?? 1),
    {
      ...numbers,
      data: permuted(data, sizes, permutation),
      twin: twin === undefined ? undefined : permuted(twin, sizes, permutation),
    },
    element,
  );
};

/** What `apply` makes of the tensor with that axis last, with the axis back in its place. */
export const withAxisLast = (
  making: OnnxMaking,
  tensor: OnnxTensor,
  axis: number,
  apply: (turned: OnnxTensor) => OnnxTensor,
): OnnxTensor => {
  const there = [...fileOrder(tensor.shape.length).filter((other) => other !== axis), axis];
  const back = there.map((_, place) => there.indexOf(place));
  return transposedTensor(making, apply(transposedTensor(making, tensor, there)), back);
};

/** The order that all tensors of an elementwise operation are brought to: that of the largest computed one of full rank. */
export const commonOrder = (tensors: readonly OnnxTensor[], rank: number): AxisOrder => {
  const size = ({ shape }: OnnxTensor): number => shape.reduce<number>((all, dim) => all * concreteDim(dim, 2), 1);
  const full = tensors.filter(({ shape, numbers }) => shape.length === rank && numbers === undefined);
  const [leader] = full.toSorted((a, b) => size(b) - size(a));
  return leader?.order ?? fileOrder(rank);
};

/** A tensor under the axes of a wider one, in an order of those; leading axes of 1 are left out, as they stretch anyway. */
const aligned = (tensor: OnnxTensor, order: AxisOrder, keepsRank: boolean): Value => {
  const missing = order.length - tensor.shape.length;
  const own = order.flatMap((axis) => (axis < missing ? [] : [axis - missing]));
  const shape = order.map((axis): Dim => (axis < missing ? 1 : (tensor.shape[axis - missing] ?? 1)));
  const leading = keepsRank ? 0 : shape.findIndex((dim) => dim !== 1);
  return tensor.in(own, shape.slice(leading < 0 ? Math.max(0, shape.length - 1) : leading));
};

/** An elementwise operator on tensors that broadcast, without turning more of them than it must. */
export const elementwiseOf = (
  making: OnnxMaking,
  tensors: readonly OnnxTensor[],
  apply: (values: readonly Value[]) => Value,
  element: OnnxElement = "float",
): OnnxTensor => {
  const shape = broadcastShapes(tensors.map((tensor) => tensor.shape));
  if (shape === undefined)
    malformed(`${tensors.map((one) => `[${one.shape.join(", ")}]`).join(" and ")} do not broadcast`);
  const rank = shape?.length ?? 0;
  const order = commonOrder(tensors, rank);
  const leader = tensors.findIndex((tensor) => tensor.shape.length === rank);
  const values = tensors.map((tensor, index) =>
    aligned(tensor, order, index === leader || tensor.numbers === undefined),
  );
  return making.made(apply(values), order, element);
};

/** {@link elementwiseOf} one of our operators. */
export const applied = (
  making: OnnxMaking,
  operator: string,
  tensors: readonly OnnxTensor[],
  attrs: Attributes = {},
  element?: OnnxElement,
): OnnxTensor => elementwiseOf(making, tensors, (values) => making.emit(operator, values, attrs), element);

/** The positions in memory of the file's axes. */
export const placesIn = (order: AxisOrder, axes: readonly number[]): readonly number[] =>
  axes.map((axis) => order.indexOf(axis));

/** Names of the axes that are left without some, counted anew. */
export const orderWithout = (order: AxisOrder, axes: readonly number[]): AxisOrder =>
  order.filter((axis) => !axes.includes(axis)).map((axis) => axis - axes.filter((dropped) => dropped < axis).length);

/** One of the reductions along axes. */
export const reduced = (
  { emit, made }: OnnxMaking,
  operator: "reduceSum" | "reduceMean" | "reduceMax",
  tensor: OnnxTensor,
  { axes, keepDims }: { readonly axes: readonly number[]; readonly keepDims: boolean },
): OnnxTensor => {
  const { order } = tensor;
  if (axes.length === 0) return tensor;
  const value = emit(operator, [asItLies(tensor)], { axes: placesIn(order, axes).toSorted((a, b) => a - b), keepDims });
  return made(value, keepDims ? order : orderWithout(order, axes));
};

/** A sum, which is a bias where the one is a vector along the other's last axis in memory: then it joins the product before it. */
export const biasOr = (emit: Emit, values: readonly Value[], operator: string): Value => {
  const [a, b] = values;
  if (a === undefined || b === undefined) return emit(operator, values);
  const isBias = (x: Value, y: Value): boolean =>
    x.type.shape.length > 1 && y.type.shape.length === 1 && x.type.shape.at(-1) === y.type.shape[0];
  if (isBias(a, b)) return emit("biasAdd", [a, b]);
  return isBias(b, a) ? emit("biasAdd", [b, a]) : emit(operator, values);
};
