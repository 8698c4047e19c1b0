/** ONNX's Slice: starts, ends, axes and steps as attributes before operator set 10, as inputs from then on. */
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { takeEvery } from "./axis-steps.js";
import { reversed, slicedAxis } from "./onnx-reading-moves.js";
import { axisOf, sampledNumbers, sampleSize } from "./onnx-reading-numbers.js";
import { asItLies } from "./onnx-reading-tensors.js";

export const readSlice = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const list = (name: string, input: number): readonly number[] | undefined => {
    const given = request.inputs[input];
    return given === undefined ? request.attributes.ints(name) : sampledNumbers(given, name);
  };
  const starts = list("starts", 1) ?? malformed("starts are missing");
  const ends = list("ends", 2) ?? malformed("ends are missing");
  const axes = list("axes", 3) ?? starts.map((_, axis) => axis);
  const steps = list("steps", 4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    malformed("starts, ends, axes and steps differ in number");
  return axes.reduce((tensor, given, i) => {
    const axis = axisOf(given, x.shape.length);
    return slicedBy(request, tensor, axis, { start: starts[i] ?? 0, end: ends[i] ?? 0, step: steps[i] ?? 1 });
  }, x);
};

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const clamped = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Python's slices: negative places count from the end, and what lies outside is cut. */
const slicedBy = (
  request: OnnxReadRequest,
  tensor: OnnxTensor,
  axis: number,
  { start, end, step }: Range,
): OnnxTensor => {
  const dim = tensor.shape[axis] ?? 1;
  const size = sampleSize(dim);
  const place = (value: number): number => (value < 0 ? value + size : value);
  if (!Number.isInteger(step) || step === 0) return malformed("a step of 0");
  if (step > 0) {
    const from = clamped(place(start), 0, size);
    const count = Math.max(0, Math.ceil((clamped(place(end), 0, size) - from) / step));
    return stepped(request, slicedAxis(request, tensor, axis, wholeSteps(from, count, step, size)), axis, {
      step,
      count,
    });
  }
  const from = clamped(place(start), -1, size - 1);
  const count = Math.max(0, Math.ceil((from - clamped(place(end), -1, size - 1)) / -step));
  if (count > 0 && typeof dim === "string") refuse("the batch axis turned round: give the input a fixed first axis");
  const first = from + (count - 1) * step;
  const part = slicedAxis(request, tensor, axis, count === 0 ? [0, 0] : [first, from - first + 1]);
  return count < 2 ? part : stepped(request, reversed(request, part, axis), axis, { step: -step, count });
};

/** Up to the last element that is taken, or to the end of its step where there is one. */
const wholeSteps = (from: number, count: number, step: number, size: number): readonly [number, number] =>
  count === 0 ? [0, 0] : [from, Math.min(size - from, (count - 1) * step + 1)];

const stepped = (
  { emit, made }: OnnxReadRequest,
  tensor: OnnxTensor,
  axis: number,
  { step, count }: { readonly step: number; readonly count: number },
): OnnxTensor => {
  if (step === 1 || count < 2) return tensor;
  if (typeof tensor.shape[axis] !== "number")
    return refuse("a part of the batch axis: give the input a fixed first axis");
  const value = takeEvery(emit, asItLies(tensor), tensor.order.indexOf(axis), { from: 0, step, count });
  return made(value, tensor.order, tensor.element);
};
