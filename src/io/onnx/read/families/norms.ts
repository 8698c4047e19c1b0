/** ONNX's normalisations: moments along some axes, then one formula. */
import {
  abs,
  add,
  div,
  eq,
  mul,
  pow,
  select,
  sqrt,
  sub,
  x0,
  x1,
  x2,
  type Formula,
} from "../../../../formula/formula.js";
import {
  malformed,
  refuse,
  type OnnxReadRequest,
  type OnnxReading,
  type OnnxTensor,
} from "../../../../ops/onnx-reading.js";
import { axisOf } from "../../../../ops/onnx-reading-numbers.js";
import { reshapedTensor } from "../../../../ops/onnx-reading-reshape.js";
import { matrixProduct } from "../../../../ops/onnx-reading-product.js";
import { applied, fileOrder, reduced, withAxisLast } from "../../../../ops/onnx-reading-tensors.js";

const reading = (reads: string, read: OnnxReading["read"]): OnnxReading => ({ kind: "onnxReading", reads, read });

const formulaOn = (request: OnnxReadRequest, tensors: readonly OnnxTensor[], formula: Formula): OnnxTensor =>
  applied(request, "elementwise", tensors, { formula });

interface Moments {
  readonly mean: OnnxTensor;
  readonly variance: OnnxTensor;
}

const momentsOf = (request: OnnxReadRequest, x: OnnxTensor, axes: readonly number[]): Moments => {
  const along = { axes, keepDims: true };
  const mean = reduced(request, "reduceMean", x, along);
  const variance = reduced(request, "reduceMean", formulaOn(request, [x, mean], mul(sub(x0, x1), sub(x0, x1))), along);
  return { mean, variance };
};

const normalised = (request: OnnxReadRequest, x: OnnxTensor, axes: readonly number[], epsilon: number): OnnxTensor => {
  const { mean, variance } = momentsOf(request, x, axes);
  return formulaOn(request, [x, mean, variance], div(sub(x0, x1), sqrt(add(x2, epsilon))));
};

/** Times a scale and plus a bias, where they are given. */
const affine = (
  request: OnnxReadRequest,
  x: OnnxTensor,
  scale: OnnxTensor | undefined,
  bias: OnnxTensor | undefined,
): OnnxTensor => {
  const scaled = scale === undefined ? x : applied(request, "multiply", [x, scale]);
  return bias === undefined ? scaled : applied(request, "add", [scaled, bias]);
};

/** One number a channel, the channels being axis 1. */
const byChannel = (request: OnnxReadRequest, index: number, rank: number): OnnxTensor => {
  const tensor = request.input(index);
  return reshapedTensor(request, tensor, [...tensor.shape, ...fileOrder(rank - 2).map(() => 1)]);
};

const instanceNormalization = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const rank = x.shape.length;
  if (rank < 3) malformed(`a tensor of rank ${rank} is no image`);
  const y = normalised(request, x, fileOrder(rank).slice(2), request.attributes.float("epsilon", 1e-5));
  return affine(request, y, byChannel(request, 1, rank), byChannel(request, 2, rank));
};

/** The last axes, from `axis` on; its second and third outputs are the mean and one over the deviation. */
const layerNormalization = (request: OnnxReadRequest): readonly OnnxTensor[] => {
  const { attributes, inputs } = request;
  const x = request.input(0);
  const axes = lastAxes(request, x);
  const { mean, variance } = momentsOf(request, x, axes);
  const epsilon = attributes.float("epsilon", 1e-5);
  const inverse = formulaOn(request, [variance], div(1, sqrt(add(x0, epsilon))));
  const y = formulaOn(request, [x, mean, inverse], mul(sub(x0, x1), x2));
  return [affine(request, y, request.input(1), inputs[2]), mean, inverse];
};

const lastAxes = ({ attributes }: OnnxReadRequest, x: OnnxTensor): readonly number[] => {
  const rank = x.shape.length;
  return fileOrder(rank).slice(axisOf(attributes.int("axis", -1), rank));
};

const rmsNormalization = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const along = { axes: lastAxes(request, x), keepDims: true };
  const square = reduced(request, "reduceMean", formulaOn(request, [x], mul(x0, x0)), along);
  const epsilon = request.attributes.float("epsilon", 1e-5);
  return affine(request, formulaOn(request, [x, square], div(x0, sqrt(add(x1, epsilon)))), request.input(1), undefined);
};

/** Until operator set 20 scale and bias were one number a group. */
const groupNormalization = (request: OnnxReadRequest): OnnxTensor => {
  const { attributes, opset } = request;
  const x = request.input(0);
  const [n = 1, c, ...sizes] = x.shape;
  const groups = attributes.int("num_groups", 0);
  if (typeof c !== "number" || groups < 1 || c % groups !== 0)
    return malformed(`${groups} groups do not divide ${c ?? 0} channels`);
  const apart = reshapedTensor(request, x, [n, groups, c / groups, ...sizes]);
  const axes = fileOrder(apart.shape.length).slice(2);
  const y = normalised(request, apart, axes, attributes.float("epsilon", 1e-5));
  const together = (tensor: OnnxTensor): OnnxTensor => reshapedTensor(request, tensor, x.shape);
  return opset < 21
    ? together(affine(request, y, byChannel(request, 1, apart.shape.length), byChannel(request, 2, apart.shape.length)))
    : affine(request, together(y), byChannel(request, 1, x.shape.length), byChannel(request, 2, x.shape.length));
};

const meanVarianceNormalization = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const axes = (request.attributes.ints("axes") ?? [0, 2, 3]).map((axis) => axisOf(axis, x.shape.length));
  const { mean, variance } = momentsOf(request, x, axes);
  return formulaOn(request, [x, mean, variance], div(sub(x0, x1), add(sqrt(x2), 1e-9)));
};

/** By the norm along an axis; zeros stay zeros. */
const lpNormalization = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const axis = axisOf(request.attributes.int("axis", -1), x.shape.length);
  const p = request.attributes.int("p", 2);
  if (p !== 1 && p !== 2) refuse(`p ${p}: norms are 1 and 2`);
  const powers = formulaOn(request, [x], p === 1 ? abs(x0) : mul(x0, x0));
  const sum = reduced(request, "reduceSum", powers, { axes: [axis], keepDims: true });
  const norm = p === 1 ? x1 : sqrt(x1);
  return formulaOn(request, [x, sum], select(eq(x1, 0), 0, div(x0, norm)));
};

const mostChannels = 4096;

/** Squares of the neighbouring channels: a product with a band of ones. */
const localResponse = (request: OnnxReadRequest): OnnxTensor => {
  const { attributes } = request;
  const x = request.input(0);
  const c = x.shape[1];
  const size = attributes.int("size", 0);
  if (typeof c !== "number" || size < 1) return malformed(`${size} of ${c ?? 0} channels`);
  if (c > mostChannels) refuse(`${c} channels, more than ${mostChannels}`);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const data = Float32Array.from({ length: c * c }, (_, flat) => {
    const from = Math.floor(flat / c) - (flat % c);
    return from >= -before && from <= after ? 1 : 0;
  });
  const band = request.known([c, c], { data }, "float");
  const squares = formulaOn(request, [x], mul(x0, x0));
  const sums = withAxisLast(request, squares, 1, (turned) => matrixProduct(request, turned, band));
  const [alpha, beta] = [attributes.float("alpha", 1e-4), attributes.float("beta", 0.75)];
  return formulaOn(request, [x, sums], div(x0, pow(add(attributes.float("bias", 1), mul(alpha / size, x1)), beta)));
};

export const normsFamily: readonly OnnxReading[] = [
  reading("InstanceNormalization", instanceNormalization),
  reading("LayerNormalization", layerNormalization),
  reading("RMSNormalization", rmsNormalization),
  reading("GroupNormalization", groupNormalization),
  reading("MeanVarianceNormalization", meanVarianceNormalization),
  reading("LpNormalization", lpNormalization),
  reading("LRN", localResponse),
];
