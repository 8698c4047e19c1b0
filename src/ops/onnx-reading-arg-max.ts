/** ArgMax and ArgMin of ONNX; whole numbers are float32 here. */
import { sub, x0 } from "../formula/formula.js";
import type { OnnxReadRequest, OnnxTensor } from "./onnx-reading.js";
import { reversed } from "./onnx-reading-moves.js";
import { axisOf } from "./onnx-reading-numbers.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";
import { asItLies, orderWithout } from "./onnx-reading-tensors.js";

/** The place of the largest element of `x`, the first of equal ones or the last. */
export const readArgMax = (request: OnnxReadRequest, x: OnnxTensor): OnnxTensor => {
  const { emit, made, attributes } = request;
  const axis = axisOf(attributes.int("axis", 0), x.shape.length);
  const isLast = attributes.int("select_last_index", 0) !== 0;
  const searched = isLast ? reversed(request, x, axis) : x;
  const found = emit("argMax", [asItLies(searched)], { axis: searched.order.indexOf(axis) });
  const place = emit("cast", [found], { dtype: "f32" });
  const last = Number(x.shape[axis]) - 1;
  const value = isLast ? emit("elementwise", [place], { formula: sub(last, x0) }) : place;
  const tensor = made(value, orderWithout(searched.order, [axis]), "whole");
  return attributes.int("keepdims", 1) === 0 ? tensor : reshapedTensor(request, tensor, x.shape.with(axis, 1));
};
