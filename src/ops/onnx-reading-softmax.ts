/** Softmax and its kin in ONNX: over one axis from operator set 13 on, over all axes from one on before. */
import type { Dim } from "../compiler/ir/type.js";
import { multiplyDims } from "../compiler/ir/type.js";
import type { OnnxReadRequest, OnnxTensor } from "./onnx-reading.js";
import { axisOf } from "./onnx-reading-numbers.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";
import { withLast } from "./onnx-reading-tensors.js";

/** The axis as older operator sets have it: the tensor as rows of all that follows. */
export const overLastAxis = (
  request: OnnxReadRequest,
  apply: (rows: OnnxTensor, axis: number) => OnnxTensor,
): OnnxTensor => {
  const x = request.input(0);
  const rank = x.shape.length;
  const isOld = request.opset < 13;
  const axis = axisOf(request.attributes.int("axis", isOld ? 1 : -1), Math.max(1, rank));
  if (!isOld || axis === rank - 1) return apply(x, axis);
  const product = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(multiplyDims, 1);
  const rows = reshapedTensor(request, x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))]);
  return reshapedTensor(request, apply(rows, 1), x.shape);
};

export const readOverAxis = (request: OnnxReadRequest, operator: "softmax" | "logSoftmax"): OnnxTensor =>
  overLastAxis(request, (tensor, axis) => {
    const order = withLast(tensor, axis);
    return request.made(request.emit(operator, [tensor.in(order)]), order);
  });
