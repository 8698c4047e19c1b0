/** ONNX's operators on shapes and constants, and those that leave the elements as they are. */
import { concreteDim, sizeOf, type Dim, type Dims } from "../../../../compiler/ir/type.js";
import {
  malformed,
  refuse,
  type OnnxReadRequest,
  type OnnxReading,
  type OnnxTensor,
} from "../../../../ops/onnx-reading.js";
import { namedAxes } from "../../../../ops/onnx-reading-axes.js";
import { castElements } from "../../../../ops/onnx-reading-cast.js";
import { stretched } from "../../../../ops/onnx-reading-moves.js";
import { axesOf, axisOf, batchSamples, dimsOf, scalarOf } from "../../../../ops/onnx-reading-numbers.js";
import { reshapedTensor } from "../../../../ops/onnx-reading-reshape.js";

const reading = (reads: string, read: OnnxReading["read"]): OnnxReading => ({ kind: "onnxReading", reads, read });

/** Sizes as numbers for both samples of the batch. */
const sizesTensor = (request: OnnxReadRequest, dims: Dims, shape: readonly number[]): OnnxTensor => {
  const at = (sample: number): Float64Array => Float64Array.from(dims, (dim) => concreteDim(dim, sample));
  const varies = dims.some((dim) => typeof dim === "string");
  const [data, twin] = [at(batchSamples[0]), varies ? at(batchSamples[1]) : undefined];
  return request.known(shape, { data, twin }, "whole");
};

/** Numbers that a node itself holds: absurdly many are refused before memory is taken. */
const mostNumbers = 2 ** 22;

const numbersTensor = (
  { known }: OnnxReadRequest,
  shape: readonly number[],
  element: OnnxTensor["element"],
  numberAt: (flat: number) => number,
): OnnxTensor => {
  const size = shape.reduce((all, dim) => all * dim, 1);
  if (!(size <= mostNumbers)) refuse(`${size} constant numbers, more than ${mostNumbers}: store them in the file`);
  const data = Float64Array.from({ length: size }, (_, flat) => numberAt(flat));
  return known(shape, { data: element === "float" ? Float32Array.from(data) : data }, element);
};

const constant = (request: OnnxReadRequest): OnnxTensor => {
  const { attributes, known } = request;
  if (attributes.has("value_float"))
    return known([], { data: Float32Array.of(attributes.float("value_float", 0)) }, "float");
  if (attributes.has("value_int")) return known([], { data: Float64Array.of(attributes.int("value_int", 0)) }, "whole");
  const floats = attributes.floats("value_floats");
  if (floats !== undefined) return known([floats.length], { data: Float32Array.from(floats) }, "float");
  const ints = attributes.ints("value_ints");
  if (ints !== undefined) return known([ints.length], { data: Float64Array.from(ints) }, "whole");
  return attributes.tensor("value") ?? refuse("a constant that is no dense tensor of numbers");
};

/** More than so many equal numbers are one that is stretched. */
const mostFilled = 2 ** 12;

/** A shape may hold the batch: then one number is stretched over it. */
const constantOfShape = (request: OnnxReadRequest): OnnxTensor => {
  const dims = dimsOf(request.input(0), "sizes");
  const value = request.attributes.tensor("value");
  const number = value === undefined ? 0 : scalarOf(value, "the value");
  const element = value?.element ?? "float";
  if (dims.some((dim) => typeof dim === "number" && !(dim >= 0))) malformed(`no shape is [${dims.join(", ")}]`);
  const isSmall =
    dims.every((dim) => typeof dim === "number") &&
    dims.reduce<number>((all, dim) => all * Number(dim), 1) <= mostFilled;
  return isSmall
    ? numbersTensor(request, dims.map(Number), element, () => number)
    : stretched(
        request,
        numbersTensor(
          request,
          dims.map(() => 1),
          element,
          () => number,
        ),
        dims,
      );
};

const eyeLike = (request: OnnxReadRequest): OnnxTensor => {
  const [rows = 1, columns = 1] = request
    .input(0)
    .shape.map((dim) =>
      typeof dim === "number" ? dim : refuse("a diagonal along the batch axis: give the input a fixed first axis"),
    );
  const k = request.attributes.int("k", 0);
  return numbersTensor(request, [rows, columns], "float", (flat) =>
    (flat % columns) - Math.floor(flat / columns) === k ? 1 : 0,
  );
};

const range = (request: OnnxReadRequest): OnnxTensor => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => scalarOf(request.input(i), "start, limit and delta"));
  if (delta === 0) malformed("a range by steps of 0");
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return numbersTensor(request, [count], request.input(0).element, (i) => start + i * delta);
};

/** Without these axes, or all of 1. */
const squeezed = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const axes = namedAxes(request, x.shape.length) ?? x.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  if (axes.some((axis) => x.shape[axis] !== 1)) malformed(`an axis of [${x.shape.join(", ")}] to be dropped is not 1`);
  return reshapedTensor(
    request,
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
};

const unsqueezed = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const { inputs, attributes } = request;
  const given = inputs[1] === undefined ? attributes.ints("axes") : dimsOf(inputs[1], "axes").map(Number);
  const wanted = given ?? malformed("axes are missing");
  const rank = x.shape.length + wanted.length;
  if (rank > 32) malformed(`${rank} axes`);
  const axes = axesOf(wanted, rank);
  return reshapedTensor(
    request,
    x,
    axes.reduce<Dims>((shape, axis) => shape.toSpliced(axis, 0, 1), x.shape),
  );
};

const flattened = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const rank = x.shape.length;
  const given = request.attributes.int("axis", 1);
  const axis = given === rank ? rank : axisOf(given, rank);
  const product = (dims: Dims): Dim => sizeOf(dims);
  return reshapedTensor(request, x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))]);
};

/** From operator set 15 on a part of the shape may be asked for. */
const shapeOf = (request: OnnxReadRequest): OnnxTensor => {
  const { shape } = request.input(0);
  const { attributes } = request;
  const place = (value: number): number =>
    Math.min(shape.length, Math.max(0, value < 0 ? value + shape.length : value));
  const part = shape.slice(place(attributes.int("start", 0)), place(attributes.int("end", shape.length)));
  return sizesTensor(request, part, [part.length]);
};

const dropout = (request: OnnxReadRequest): OnnxTensor | readonly OnnxTensor[] => {
  const x = request.input(0);
  const mode = request.inputs[2];
  if (mode !== undefined && scalarOf(mode, "training_mode") !== 0)
    refuse("training mode: export the model for inference");
  if (request.outputs < 2) return x;
  const one = request.known([], { data: Float64Array.of(1) }, "truth");
  return [x, stretched(request, one, x.shape)];
};

export const shapesFamily: readonly OnnxReading[] = [
  reading("Constant", constant),
  reading("ConstantOfShape", constantOfShape),
  reading("EyeLike", eyeLike),
  reading("Range", range),
  reading("Shape", shapeOf),
  reading("Size", (request) => sizesTensor(request, [sizeOf(request.input(0).shape)], [])),
  reading("Identity", (request) => request.input(0)),
  reading("Dropout", dropout),
  reading("CastLike", (request) => castElements(request, request.input(0), request.input(1).element)),
  reading("Flatten", flattened),
  reading("Squeeze", squeezed),
  reading("Unsqueeze", unsqueezed),
];
