/** ONNX's Pad: by a constant, or by elements of the tensor itself. */
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { slicedAxis, taken } from "./onnx-reading-moves.js";
import { axisOf, numbersOf, sampleSize, scalarOf } from "./onnx-reading-numbers.js";
import { asItLies } from "./onnx-reading-tensors.js";

type Sides = readonly [before: number, after: number];

/** For each place beyond an axis the place whose element it repeats. */
const sources: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(size - 1, Math.max(0, place)),
  wrap: (place, size) => ((place % size) + size) % size,
  reflect: (place, size) => {
    const period = Math.max(1, 2 * (size - 1));
    const at = ((place % period) + period) % period;
    return at < size ? at : period - at;
  },
};

const mostPads = 2 ** 16;

export const readPad = (request: OnnxReadRequest): OnnxTensor => {
  const { attributes, inputs } = request;
  const x = request.input(0);
  const rank = x.shape.length;
  const pads =
    inputs[1] === undefined ? (attributes.ints("pads") ?? malformed("pads are missing")) : numbersOf(inputs[1], "pads");
  const value = inputs[2] === undefined ? attributes.float("value", 0) : scalarOf(inputs[2], "the padding's value");
  const axes =
    inputs[3] === undefined
      ? x.shape.map((_, axis) => axis)
      : numbersOf(inputs[3], "axes").map((axis) => axisOf(axis, rank));
  if (pads.length !== 2 * axes.length || pads.some((side) => !Number.isInteger(side) || Math.abs(side) > 2 ** 24))
    malformed(`${pads.length} pads do not fit ${axes.length} axes`);
  const sides = x.shape.map((_, axis): Sides => {
    const i = axes.indexOf(axis);
    return i < 0 ? [0, 0] : [pads[i] ?? 0, pads[i + axes.length] ?? 0];
  });
  const cut = sides.reduce((tensor, [before, after], axis) => cropped(request, tensor, axis, [before, after]), x);
  const around = sides.map(([before, after]): Sides => [Math.max(0, before), Math.max(0, after)]);
  const mode = attributes.text("mode", "constant");
  return mode === "constant" ? withConstant(request, cut, around, value) : withOwn(request, cut, around, mode);
};

/** Pads below 0 cut. */
const cropped = (request: OnnxReadRequest, tensor: OnnxTensor, axis: number, [before, after]: Sides): OnnxTensor => {
  const [from, behind] = [Math.max(0, -before), Math.max(0, -after)];
  return from + behind === 0
    ? tensor
    : slicedAxis(request, tensor, axis, [from, sampleSize(tensor.shape[axis] ?? 1) - from - behind]);
};

const withConstant = (
  { emit, made }: OnnxReadRequest,
  tensor: OnnxTensor,
  sides: readonly Sides[],
  value: number,
): OnnxTensor => {
  if (sides.flat().every((side) => side === 0)) return tensor;
  if (!Number.isFinite(value)) refuse(`a padding of ${value}: use a finite number`);
  const pads = tensor.order.map((axis) => sides[axis] ?? [0, 0]);
  return made(emit("pad", [asItLies(tensor)], { pads, value }), tensor.order, tensor.element);
};

const withOwn = (request: OnnxReadRequest, tensor: OnnxTensor, sides: readonly Sides[], mode: string): OnnxTensor => {
  const source = Object.hasOwn(sources, mode) ? sources[mode] : undefined;
  if (source === undefined) return malformed(`the mode '${mode.slice(0, 20)}' is no word of ONNX`);
  return sides.reduce((current, [before, after], axis) => {
    if (before + after === 0) return current;
    const size = current.shape[axis];
    if (typeof size !== "number") return refuse("a padded batch axis: give the input a fixed first axis");
    if (before + after > mostPads || size === 0) return refuse(`a padding of ${before + after} elements`);
    const indices = Array.from({ length: before + size + after }, (_, place) => source(place - before, size));
    return taken(request, current, axis, indices);
  }, tensor);
};
