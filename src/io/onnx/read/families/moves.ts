/** ONNX's operators that move elements: parts, copies, blocks of an image as channels. */
import { select, x0, x1 } from "../../../../formula/formula.js";
import {
  malformed,
  refuse,
  type OnnxReadRequest,
  type OnnxReading,
  type OnnxTensor,
} from "../../../../ops/onnx-reading.js";
import { slicedAxis, stretched, taken } from "../../../../ops/onnx-reading-moves.js";
import { axisOf, dimsOf, numbersOf, scalarOf } from "../../../../ops/onnx-reading-numbers.js";
import { reshapedTensor } from "../../../../ops/onnx-reading-reshape.js";
import { applied, fileOrder, transposedTensor } from "../../../../ops/onnx-reading-tensors.js";

const reading = (reads: string, read: OnnxReading["read"]): OnnxReading => ({ kind: "onnxReading", reads, read });

const fixedSize = (tensor: OnnxTensor, axis: number, doing: string): number => {
  const size = tensor.shape[axis];
  return typeof size === "number" ? size : refuse(`${doing} of the batch axis: give the input a fixed first axis`);
};

/** Equal parts, the last one smaller; or parts of given sizes. */
const split = (request: OnnxReadRequest): readonly OnnxTensor[] => {
  const { attributes, inputs, outputs } = request;
  const x = request.input(0);
  const axis = axisOf(attributes.int("axis", 0), x.shape.length);
  const size = fixedSize(x, axis, "parts");
  const given = inputs[1] === undefined ? attributes.ints("split") : numbersOf(inputs[1], "the parts' sizes");
  const part = Math.ceil(size / attributes.int("num_outputs", outputs));
  const count = attributes.int("num_outputs", outputs);
  if (!(count > 0 && count < 2 ** 16)) malformed(`${count} parts`);
  const sizes = given ?? fileOrder(count).map((i) => Math.max(0, Math.min(part, size - i * part)));
  if (sizes.some((one) => !Number.isInteger(one) || one < 0) || sizes.reduce((a, b) => a + b, 0) !== size)
    malformed(`parts of ${sizes.join(", ").slice(0, 60)} do not make ${size}`);
  const begins = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  return sizes.slice(0, outputs).map((one, i) => slicedAxis(request, x, axis, [begins[i] ?? 0, one]));
};

/** Indices that are known: a single one drops the axis, several give it their own axes. */
const gather = (request: OnnxReadRequest): OnnxTensor => {
  const [x, indices] = [request.input(0), request.input(1)];
  const axis = axisOf(request.attributes.int("axis", 0), x.shape.length);
  const size = fixedSize(x, axis, "elements");
  const places = numbersOf(indices, "indices").map((index) => (index < 0 ? index + size : index));
  const picked = taken(request, x, axis, places);
  return reshapedTensor(request, picked, x.shape.toSpliced(axis, 1, ...indices.shape));
};

const mostCopies = 2 ** 16;

const tile = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const repeats = numbersOf(request.input(1), "repeats");
  if (repeats.length !== x.shape.length || repeats.some((times) => !Number.isInteger(times) || times < 0))
    malformed(`repeats ${repeats.join(", ").slice(0, 40)} do not fit [${x.shape.join(", ")}]`);
  return repeats.reduce((tensor, times, axis) => {
    if (times === 1) return tensor;
    if (times > mostCopies) return refuse(`${times} copies, more than ${mostCopies}`);
    const size = fixedSize(tensor, axis, "copies");
    const { shape } = tensor;
    if (times === 0) return slicedAxis(request, tensor, axis, [0, 0]);
    const apart = (count: number): typeof shape => [...shape.slice(0, axis), count, ...shape.slice(axis)];
    const wide = stretched(request, reshapedTensor(request, tensor, apart(1)), apart(times));
    return reshapedTensor(request, wide, shape.with(axis, size * times));
  }, x);
};

const imageSizes = (x: OnnxTensor): readonly [number, number, number] => {
  const [, c, h, w] = x.shape;
  return x.shape.length === 4 && typeof c === "number" && typeof h === "number" && typeof w === "number"
    ? [c, h, w]
    : malformed(`[${x.shape.join(", ")}] is no image`);
};

const blockOf = ({ attributes }: OnnxReadRequest): number => {
  const block = attributes.int("blocksize", 0);
  return block > 0 ? block : malformed(`a blocksize of ${block}`);
};

const depthToSpace = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const [c, h, w] = imageSizes(x);
  const block = blockOf(request);
  const [n = 1] = x.shape;
  const left = c / block ** 2;
  if (!Number.isInteger(left)) malformed(`${c} channels are no blocks of ${block} x ${block}`);
  const isColumns = request.attributes.text("mode", "DCR") === "CRD";
  const apart = reshapedTensor(request, x, isColumns ? [n, left, block, block, h, w] : [n, block, block, left, h, w]);
  const blocks = transposedTensor(request, apart, isColumns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return reshapedTensor(request, blocks, [n, left, h * block, w * block]);
};

const spaceToDepth = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const [c, h, w] = imageSizes(x);
  const block = blockOf(request);
  const [n = 1] = x.shape;
  if (h % block !== 0 || w % block !== 0) malformed(`${h} x ${w} is no number of blocks of ${block} x ${block}`);
  const apart = reshapedTensor(request, x, [n, c, h / block, block, w / block, block]);
  const channels = transposedTensor(
    request,
    apart,
    request.attributes.text("mode", "DCR") === "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4],
  );
  return reshapedTensor(request, channels, [n, c * block ** 2, h / block, w / block]);
};

const mostMasked = 2 ** 22;

/** The upper or the lower triangle, the rest zeros. */
const triangle = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const [rows = 1, columns = 1] = x.shape.slice(-2).map(Number);
  if (x.shape.length < 2 || !(rows * columns <= mostMasked)) return refuse("a triangle of a tensor of these sizes");
  if (rows * columns === 0) return x;
  const k = request.inputs[1] === undefined ? 0 : scalarOf(request.inputs[1], "the diagonal");
  const isUpper = request.attributes.int("upper", 1) !== 0;
  const data = Float64Array.from({ length: rows * columns }, (_, flat) => {
    const above = (flat % columns) - Math.floor(flat / columns);
    return (isUpper ? above >= k : above <= k) ? 1 : 0;
  });
  const mask = request.known([rows, columns], { data }, "truth");
  return applied(request, "elementwise", [x, mask], { formula: select(x1, x0, 0) }, x.element);
};

/** Cut or padded with zeros about the middle. */
const centred = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const sizes = dimsOf(request.input(1), "sizes").map(Number);
  const axes =
    request.attributes.ints("axes")?.map((axis) => axisOf(axis, x.shape.length)) ?? fileOrder(x.shape.length);
  if (sizes.length !== axes.length || sizes.some((size) => !(size > 0 && size < 2 ** 24)))
    malformed(`sizes ${sizes.join(", ").slice(0, 40)} do not fit ${axes.length} axes`);
  return axes.reduce((tensor, axis, i) => {
    const [from, to = from] = [fixedSize(tensor, axis, "the middle"), sizes[i]];
    if (to <= from) return slicedAxis(request, tensor, axis, [Math.floor((from - to) / 2), to]);
    const before = Math.floor((to - from) / 2);
    const pads = tensor.order.map((at) => (at === axis ? [before, to - from - before] : [0, 0]));
    const value = request.emit("pad", [tensor.in(tensor.order)], { pads, value: 0 });
    return request.made(value, tensor.order, tensor.element);
  }, x);
};

export const movesFamily: readonly OnnxReading[] = [
  reading("Split", split),
  reading("Gather", gather),
  reading("Tile", tile),
  reading("DepthToSpace", depthToSpace),
  reading("SpaceToDepth", spaceToDepth),
  reading("Trilu", triangle),
  reading("CenterCropPad", centred),
];
