/** Makes the graph of a file: every emitted node is checked first, since what does not fit is the file's mistake and no bug of ours. */
import { graphBuilder, type GraphBuilder } from "../../../compiler/ir/builder.js";
import type { Emit, Value } from "../../../compiler/ir/graph.js";
import { concreteDim, type Dims } from "../../../compiler/ir/type.js";
import { f32, type NdArray } from "../../../data/nd-array.js";
import { E } from "../../../fp.js";
import { malformed, refuse, type AxisOrder, type OnnxMaking, type OnnxNumbers } from "../../../ops/onnx-reading.js";
import { dependsOnBatch } from "../../../ops/onnx-reading-numbers.js";
import { fileOrder } from "../../../ops/onnx-reading-tensors.js";
import { permuted } from "../../../ops/permuted.js";
import { operators } from "../../../ops/registry.js";
import type { Names } from "../names.js";
import { computedTensor, knownTensor } from "./tensor.js";

/** Nodes that a file may become, and elements of one tensor for one example. */
const mostNodes = 100_000;
const mostElements = 2 ** 31;

/** Emits into a builder what its operators' rules allow, within those bounds. */
export const checkedEmit =
  (builder: GraphBuilder, elements: number = mostElements): Emit =>
  (op, inputs, attrs = {}) => {
    const type = operators.get(op)?.type(
      inputs.map((input) => input.type),
      attrs,
    );
    if (type === undefined || E.isLeft(type)) return malformed(type?.left ?? `no operator ${op}`);
    const { shape } = type.right;
    const size = shape.reduce<number>((all, dim) => all * concreteDim(dim, 1), 1);
    if (size > elements) refuse(`a tensor [${shape.join(", ")}] of more than ${elements} elements: use smaller shapes`);
    if (shape.filter((dim) => typeof dim === "string").length > 1)
      refuse("a tensor with the batch in two axes: give the input a fixed first axis");
    const value = builder.emit(op, inputs, attrs);
    if (value.id >= mostNodes) refuse(`more than ${mostNodes} operators: use a smaller model`);
    return value;
  };

export interface GraphMaking extends OnnxMaking {
  readonly builder: GraphBuilder;
  /** Those of the parameters and states that were made. */
  readonly weights: ReadonlyMap<string, NdArray<"f32">>;
}

/** Constants of so many numbers stand in the graph; larger ones are kept beside it, as weights are. */
const mostInGraph = 64;
/** Whole numbers up to this are exact in float32. */
const exactWhole = 2 ** 24;

export const graphMaking = (names: Names): GraphMaking => {
  const builder = graphBuilder(operators);
  const emit = checkedEmit(builder);
  const weights = new Map<string, NdArray<"f32">>();
  const put = (numbers: OnnxNumbers, rank: number, { shape, data }: NdArray<"f32">): Value => {
    const isSmall = data.length <= mostInGraph && data.every(Number.isFinite);
    // A number without axes is no weight, wherever it stands.
    if (isSmall && (rank === 0 || numbers.weight === undefined))
      return emit("constant", [], {
        dtype: "f32",
        shape,
        value: data.length === 1 ? (data[0] ?? 0) : Array.from(data),
      });
    const name = names.take(numbers.weight ?? "constant");
    weights.set(name, f32(shape, data));
    const isTrained = numbers.weight !== undefined && numbers.kept !== true;
    return emit(isTrained ? "parameter" : "state", [], { name, dtype: "f32", shape });
  };
  const known: OnnxMaking["known"] = (shape, numbers, element) => {
    let first: { readonly value: Value; readonly order: AxisOrder } | undefined;
    return knownTensor(shape, numbers, element, (order, target) => {
      const { data } = numbers;
      if (dependsOnBatch(numbers))
        refuse("numbers that depend on the batch size among the data: give the input a fixed first axis");
      if (element === "whole" && data.some((value) => Math.abs(value) > exactWhole))
        refuse(`whole numbers beyond ${exactWhole} among the data: float32 does not hold them`);
      if (first === undefined) {
        const laid = Float32Array.from(permuted(data, shape, order));
        const value = put(numbers, shape.length, f32(target.map(Number), laid));
        first = { value, order };
        return value;
      }
      return turned(first, { shape, order, target }, emit);
    });
  };
  return {
    builder,
    weights,
    emit,
    known,
    made: (value, order = fileOrder(value.type.shape.length), element = "float") =>
      computedTensor(emit, value, order, element),
  };
};

interface Wanted {
  readonly shape: readonly number[];
  readonly order: AxisOrder;
  readonly target: Dims;
}

/** A weight that is there in one order of axes, in another. */
const turned = (
  first: { readonly value: Value; readonly order: AxisOrder },
  { shape, order, target }: Wanted,
  emit: Emit,
): Value => {
  const full = emit("reshape", [first.value], { shape: first.order.map((axis) => shape[axis] ?? 1) });
  const permutation = order.map((axis) => first.order.indexOf(axis));
  return emit("reshape", [emit("transpose", [full], { permutation })], { shape: target });
};
