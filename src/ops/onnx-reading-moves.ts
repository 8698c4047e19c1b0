/** Slices, joins and gathers of an ONNX file's tensors, in the order of axes in which they lie. */
import type { Dim, Dims } from "../compiler/ir/type.js";
import { broadcastShapes } from "./broadcast.js";
import { malformed, refuse, type OnnxMaking, type OnnxTensor } from "./onnx-reading.js";
import { sampleSize } from "./onnx-reading-numbers.js";
import { asItLies, commonOrder, fileOrder } from "./onnx-reading-tensors.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";

/** Elements `begin` to `begin + size` of an axis, which may only be the batch where all of it is taken. */
export const slicedAxis = (
  { emit, made, known }: OnnxMaking,
  tensor: OnnxTensor,
  axis: number,
  [begin, size]: readonly [number, number],
): OnnxTensor => {
  const { shape, order, element } = tensor;
  const dim = shape[axis] ?? 1;
  if (begin === 0 && size === sampleSize(dim)) return tensor;
  if (typeof dim !== "number") refuse("a part of the batch axis: give the input a fixed first axis");
  if (size < 1)
    return tensor.numbers === undefined
      ? refuse("a tensor without elements")
      : known(shape.map(Number).with(axis, 0), { data: new Float64Array() }, element);
  const place = order.indexOf(axis);
  const value = asItLies(tensor);
  const attrs = {
    begin: value.type.shape.map((_, at) => (at === place ? begin : 0)),
    size: value.type.shape.with(place, size),
  };
  return made(emit("slice", [value], attrs), order, element);
};

/** Tensors one after the other along an axis. */
export const joined = (making: OnnxMaking, tensors: readonly OnnxTensor[], axis: number): OnnxTensor => {
  const [only] = tensors;
  const filled = tensors.filter(({ shape }) => shape[axis] !== 0);
  const [first = only] = filled;
  if (first === undefined) return malformed("nothing to join");
  if (filled.length < 2) return first;
  const order = commonOrder(filled, first.shape.length);
  const value = making.emit(
    "concatenate",
    filled.map((tensor) => tensor.in(order)),
    { axis: order.indexOf(axis) },
  );
  return making.made(value, order, first.element);
};

/** Axes of 1 stretched to a shape that the tensor's broadcasts with, in the file's order. */
export const stretched = (making: OnnxMaking, tensor: OnnxTensor, wanted: Dims): OnnxTensor => {
  const shape = broadcastShapes([tensor.shape, wanted]);
  if (shape === undefined) return malformed(`[${tensor.shape.join(", ")}] does not stretch to [${wanted.join(", ")}]`);
  if (shape.join() === tensor.shape.join()) return tensor;
  const missing = shape.length - tensor.shape.length;
  const order = [...fileOrder(missing), ...tensor.order.map((axis) => axis + missing)];
  const value = making.emit("broadcastTo", [asItLies(tensor)], { shape: order.map((axis) => shape[axis] ?? 1) });
  return making.made(value, order, tensor.element);
};

/** Pieces of a gather beyond which a file is refused: each is a step of the program. */
const mostPieces = 512;

interface Run {
  readonly begin: number;
  readonly count: number;
  /** From one index to the next: 0 repeats an element. */
  readonly step: -1 | 0 | 1;
}

/** Indices as runs of equal, rising or falling ones. */
const runsOf = (indices: readonly number[]): readonly Run[] => {
  const runs: Run[] = [];
  let at = 0;
  while (at < indices.length) {
    const begin = indices[at] ?? 0;
    const step = (indices[at + 1] ?? Number.NaN) - begin;
    let count = 1;
    if (step === 0 || step === 1 || step === -1) while (indices[at + count] === begin + count * step) count++;
    runs.push({ begin, count, step: step === 0 || step === -1 ? step : 1 });
    at += count;
  }
  return runs;
};

/** Each element so often one after the other, where the indices are 0, 0, 1, 1, … to the end of the axis. */
const repeats = (indices: readonly number[], size: number): number | undefined => {
  const times = indices.length / size;
  return Number.isInteger(times) && times > 1 && indices.every((index, i) => index === Math.floor(i / times))
    ? times
    : undefined;
};

/** The elements of an axis by number, known when the file is read. */
export const taken = (making: OnnxMaking, tensor: OnnxTensor, axis: number, indices: readonly number[]): OnnxTensor => {
  const size = tensor.shape[axis] ?? 1;
  if (indices.length === 0) return slicedAxis(making, tensor, axis, [0, 0]);
  if (typeof size !== "number") return refuse("elements of the batch axis: give the input a fixed first axis");
  if (indices.some((index) => !Number.isInteger(index) || index < 0 || index >= size))
    malformed(`an index is none of an axis of ${size}`);
  const times = size > 1 ? repeats(indices, size) : undefined;
  if (times !== undefined) return repeated(making, tensor, axis, times);
  const runs = runsOf(indices);
  if (runs.length > mostPieces)
    refuse(`a gather of ${runs.length} pieces, more than ${mostPieces}: gather in larger pieces`);
  return joined(
    making,
    runs.map((run) => runOf(making, tensor, axis, run)),
    axis,
  );
};

const runOf = (making: OnnxMaking, tensor: OnnxTensor, axis: number, { begin, count, step }: Run): OnnxTensor => {
  if (step === 0)
    return stretched(making, slicedAxis(making, tensor, axis, [begin, 1]), tensor.shape.with(axis, count));
  const part = slicedAxis(making, tensor, axis, [step === 1 ? begin : begin - count + 1, count]);
  return step === 1 || count === 1 ? part : reversed(making, part, axis);
};

export const reversed = ({ emit, made }: OnnxMaking, tensor: OnnxTensor, axis: number): OnnxTensor =>
  made(emit("reverse", [asItLies(tensor)], { axes: [tensor.order.indexOf(axis)] }), tensor.order, tensor.element);

/** Each element of an axis so many times. */
const repeated = (making: OnnxMaking, tensor: OnnxTensor, axis: number, times: number): OnnxTensor => {
  const { shape } = tensor;
  const apart = (count: Dim): Dims => [...shape.slice(0, axis + 1), count, ...shape.slice(axis + 1)];
  const wide = stretched(making, reshapedTensor(making, tensor, apart(1)), apart(times));
  return reshapedTensor(making, wide, shape.with(axis, Number(shape[axis]) * times));
};
