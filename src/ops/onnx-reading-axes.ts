/** Axes that an operator of ONNX names: as an attribute in older operator sets, as an input in newer ones. */
import type { OnnxReadRequest } from "./onnx-reading.js";
import { axesOf, numbersOf } from "./onnx-reading-numbers.js";

/** The axes, or undefined where the node names none. */
export const namedAxes = (request: OnnxReadRequest, rank: number, input = 1): readonly number[] | undefined => {
  const given = request.inputs[input];
  const axes = given === undefined ? request.attributes.ints("axes") : numbersOf(given, "axes");
  return axes === undefined ? undefined : axesOf(axes, rank);
};

/** The axes of a reduction: all, where none are named, unless the node says that this means none. */
export const reductionAxes = (request: OnnxReadRequest): readonly number[] => {
  const rank = request.input(0).shape.length;
  const axes = namedAxes(request, rank);
  if (axes !== undefined && axes.length > 0) return axes;
  const isNone = request.attributes.int("noop_with_empty_axes", 0) !== 0;
  return isNone ? [] : Array.from({ length: rank }, (_, axis) => axis);
};

export const keepsAxes = ({ attributes }: OnnxReadRequest): boolean => attributes.int("keepdims", 1) !== 0;
