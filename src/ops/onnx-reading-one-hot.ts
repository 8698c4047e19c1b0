/** ONNX's OneHot: a comparison with 0, 1, 2, …, along any axis, with any two values. */
import { add, eq, select, x0, x1 } from "../formula/formula.js";
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { axisOf, numbersOf, scalarOf } from "./onnx-reading-numbers.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";
import { applied, fileOrder, transposedTensor } from "./onnx-reading-tensors.js";

const mostClasses = 2 ** 20;

export const readOneHot = (request: OnnxReadRequest): OnnxTensor => {
  const indices = request.input(0);
  const depth = Math.trunc(scalarOf(request.input(1), "the depth"));
  const [off = 0, on = 1] = numbersOf(request.input(2), "the two values");
  if (depth < 1) malformed(`a depth of ${depth}`);
  if (depth > mostClasses) refuse(`a depth of ${depth}, more than ${mostClasses}`);
  const rank = indices.shape.length;
  const axis = axisOf(request.attributes.int("axis", -1), rank + 1);
  const classes = request.known([depth], { data: Float64Array.from(fileOrder(depth)) }, "whole");
  const column = reshapedTensor(request, indices, [...indices.shape, 1]);
  // A class below 0 counts from the end.
  const formula = select(eq(x0, x1), on, select(eq(add(x0, depth), x1), on, off));
  const rows = applied(request, "elementwise", [column, classes], { formula }, request.input(2).element);
  const order = fileOrder(rank + 1).filter((place) => place !== rank);
  return transposedTensor(request, rows, order.toSpliced(axis, 0, rank));
};
