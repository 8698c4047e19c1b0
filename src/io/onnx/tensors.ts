/** A value of our graph in the ONNX graph: the same tensor in up to two orders of axes, each made when it is asked for. */
import type { Dims, TensorType } from "../../compiler/ir/type.js";
import { axesOf, inLayout, type Layout } from "../../ops/onnx-layout.js";
import type { OnnxName, OnnxValue } from "../../ops/onnx.js";
import type { Emitter } from "./emitter.js";
import { isIdentity, permuted } from "../../ops/permuted.js";
import type { KnownNumbers } from "./numbers.js";

export interface Tensor {
  readonly type: TensorType;
  /** The layout in which it is there without further nodes. */
  readonly layout: Layout;
  readonly in: (layout: Layout) => OnnxName;
  /** As `turned` of a mapping's request. */
  readonly turned: (permutation: readonly number[], shape?: readonly number[]) => OnnxName;
  /** In a layout, with as many axes as it takes to broadcast against a tensor of that rank. */
  readonly aligned: (rank: number, layout: Layout) => OnnxName;
}

const forms = (
  type: TensorType,
  own: Layout,
  make: (permutation: readonly number[], shape: Dims) => OnnxName,
): Tensor => {
  const made = new Map<string, OnnxName>();
  const rank = type.shape.length;
  const form = (permutation: readonly number[], shape: Dims): OnnxName => {
    const key = `${permutation.join()}/${shape.join()}`;
    const name = made.get(key) ?? make(permutation, shape);
    made.set(key, name);
    return name;
  };
  const turned = (permutation: readonly number[], shape?: Dims): OnnxName =>
    form(permutation, shape ?? permutation.map((axis) => type.shape[axis] ?? 1));
  const inOrder = (layout: Layout): OnnxName => turned(inLayout(layout, axesOf(rank)));
  return {
    type,
    layout: own,
    in: inOrder,
    turned,
    aligned: (wanted, layout) => {
      if (layout === "last" || wanted === rank || wanted < 3) return inOrder(layout);
      // A tensor of fewer axes lies at the end of the wider shape: only its order among those axes counts.
      const missing = wanted - rank;
      const order = inLayout(layout, axesOf(wanted));
      const permutation = order.filter((axis) => axis >= missing).map((axis) => axis - missing);
      return turned(
        permutation,
        order.map((axis) => (axis < missing ? 1 : (type.shape[axis - missing] ?? 1))),
      );
    },
  };
};

/** Numbers that are known: each form is written in the file. */
export const knownTensor = (wanted: string, numbers: KnownNumbers, emit: Emitter): Tensor =>
  forms(numbers, "last", (permutation, shape) =>
    emit.numbers(wanted, shape.map(Number), permuted(numbers.data, numbers.shape, permutation)),
  );

/** Whether a permutation only moves axes of 1, so that the elements stay where they are. */
const keepsElements = (permutation: readonly number[], shape: Dims): boolean => {
  const long = permutation.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > (long[i - 1] ?? 0));
};

/** What a node or an input gives: other forms are transposed from it. */
export const computedTensor = (type: TensorType, { name, layout }: OnnxValue, emit: Emitter): Tensor => {
  const own = inLayout(layout, axesOf(type.shape.length));
  return forms(type, layout, (permutation, shape) => {
    const ordered = permutation.map((axis) => type.shape[axis] ?? 1);
    const turned = transposed(
      name,
      permutation.map((axis) => own.indexOf(axis)),
      own.map((axis) => type.shape[axis] ?? 1),
      emit,
    );
    return turned === undefined || shape.join() !== ordered.join() ? emit.reshaped(turned ?? name, shape) : turned;
  });
};

/** The tensor itself, its transpose, or undefined where another shape does it. */
const transposed = (
  name: OnnxName,
  permutation: readonly number[],
  shape: Dims,
  emit: Emitter,
): OnnxName | undefined => {
  if (isIdentity(permutation)) return name;
  if (keepsElements(permutation, shape)) return undefined;
  return emit.node("Transpose", [name], { perm: { ints: permutation } });
};
