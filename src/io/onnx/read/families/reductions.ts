/** ONNX's reductions that are compositions of sums and maxima, and running sums. */
import {
  abs,
  add,
  eq,
  exp,
  log,
  mul,
  neg,
  select,
  sqrt,
  sub,
  x0,
  x1,
  type Formula,
} from "../../../../formula/formula.js";
import {
  malformed,
  refuse,
  type OnnxReadRequest,
  type OnnxReading,
  type OnnxTensor,
} from "../../../../ops/onnx-reading.js";
import { readArgMax } from "../../../../ops/onnx-reading-arg-max.js";
import { keepsAxes, reductionAxes } from "../../../../ops/onnx-reading-axes.js";
import { slicedAxis } from "../../../../ops/onnx-reading-moves.js";
import { axisOf, scalarOf } from "../../../../ops/onnx-reading-numbers.js";
import { reshapedTensor } from "../../../../ops/onnx-reading-reshape.js";
import { readLpPool } from "../../../../ops/onnx-reading-pool.js";
import { matrixProduct } from "../../../../ops/onnx-reading-product.js";
import { applied, fileOrder, reduced, withAxisLast } from "../../../../ops/onnx-reading-tensors.js";
import { overLastAxis } from "../../../../ops/onnx-reading-softmax.js";

const reading = (reads: string, read: OnnxReading["read"]): OnnxReading => ({ kind: "onnxReading", reads, read });

const mapped = (request: OnnxReadRequest, tensor: OnnxTensor, formula: Formula): OnnxTensor =>
  formula === x0 ? tensor : applied(request, "elementwise", [tensor], { formula }, tensor.element);

type Fold = "reduceSum" | "reduceMean" | "reduceMax";

/** A formula of the elements, folded, and a formula of the result. */
const around = (reads: string, before: Formula, fold: Fold, after: Formula): OnnxReading =>
  reading(reads, (request) => {
    const x = request.input(0);
    const axes = reductionAxes(request);
    const folded = reduced(request, fold, mapped(request, x, before), { axes, keepDims: keepsAxes(request) });
    return mapped(request, folded, after);
  });

/** log Σ e^x, the largest taken out first so that nothing overflows; where that is −∞ nothing is taken out. */
const logSumExp = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const axes = reductionAxes(request);
  const largest = reduced(request, "reduceMax", x, { axes, keepDims: true });
  const finite = mapped(request, largest, select(eq(sub(x0, x0), 0), x0, 0));
  const powers = applied(request, "elementwise", [x, finite], { formula: exp(sub(x0, x1)) });
  const sum = reduced(request, "reduceSum", powers, { axes, keepDims: true });
  const result = applied(request, "elementwise", [sum, finite], { formula: add(log(x0), x1) });
  return keepsAxes(request)
    ? result
    : reshapedTensor(
        request,
        result,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
};

/** Factors of a product: each is a step of the program. */
const mostFactors = 512;

/** Element times element along each axis. */
const product = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const axes = reductionAxes(request);
  const folded = axes.reduce((tensor, axis) => {
    const size = Number(tensor.shape[axis]);
    if (!(size <= mostFactors)) refuse(`a product of ${tensor.shape[axis]} factors: at most ${mostFactors}`);
    if (size === 0) refuse("a product of no elements");
    const parts = fileOrder(size).map((place) => slicedAxis(request, tensor, axis, [place, 1]));
    const [first = tensor, ...others] = parts;
    return others.reduce((all, part) => applied(request, "multiply", [all, part], {}, x.element), first);
  }, x);
  return keepsAxes(request)
    ? folded
    : reshapedTensor(
        request,
        folded,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
};

const mostSummed = 4096;

/** A product with a triangle of ones. */
const runningSum = (request: OnnxReadRequest): OnnxTensor => {
  const { attributes } = request;
  const x = request.input(0);
  const axis = axisOf(scalarOf(request.input(1), "the axis"), x.shape.length);
  const size = x.shape[axis];
  if (typeof size !== "number" || size > mostSummed)
    return refuse(`a running sum of ${size ?? 0} elements: at most ${mostSummed}`);
  const isBack = attributes.int("reverse", 0) !== 0;
  const least = attributes.int("exclusive", 0) === 0 ? 0 : 1;
  const data = Float32Array.from({ length: size * size }, (_, flat) => {
    const [from, to] = [Math.floor(flat / size), flat % size];
    return (isBack ? from - to : to - from) >= least ? 1 : 0;
  });
  const triangle = request.known([size, size], { data }, "float");
  return withAxisLast(request, x, axis, (turned) => matrixProduct(request, turned, triangle));
};

/** 1 for the first of the largest along an axis, else 0. */
const hardmax = (request: OnnxReadRequest): OnnxTensor =>
  overLastAxis(request, (tensor, axis) => {
    const found = readArgMax(
      {
        ...request,
        attributes: {
          ...request.attributes,
          int: (name, other) => (name === "axis" ? axis : name === "keepdims" ? 1 : other),
        },
      },
      tensor,
    );
    const size = Number(tensor.shape[axis]);
    const places = request.known(
      tensor.shape.map((_, at) => (at === axis ? size : 1)),
      { data: Float64Array.from(fileOrder(size)) },
      "whole",
    );
    return applied(request, "elementwise", [found, places], { formula: eq(x0, x1) });
  });

/** Over all axes but batch and channels; which are kept. */
const globalPool = (
  reads: string,
  before: (p: number) => Formula,
  fold: Fold,
  after: (p: number) => Formula,
): OnnxReading =>
  reading(reads, (request) => {
    const x = request.input(0);
    if (x.shape.length < 3) malformed(`a tensor of rank ${x.shape.length} is no image`);
    const p = request.attributes.int("p", 2);
    if (p < 1) malformed(`p ${p} is no norm`);
    const axes = fileOrder(x.shape.length).slice(2);
    const folded = reduced(request, fold, mapped(request, x, before(p)), { axes, keepDims: true });
    return mapped(request, folded, after(p));
  });

const minimum = reading("ReduceMin", (request) => {
  const x = request.input(0);
  const folded = reduced(request, "reduceMax", mapped(request, x, neg(x0)), {
    axes: reductionAxes(request),
    keepDims: keepsAxes(request),
  });
  return mapped(request, folded, neg(x0));
});

export const reductionsFamily: readonly OnnxReading[] = [
  around("ReduceL1", abs(x0), "reduceSum", x0),
  around("ReduceL2", mul(x0, x0), "reduceSum", sqrt(x0)),
  around("ReduceLogSum", x0, "reduceSum", log(x0)),
  around("ReduceSumSquare", mul(x0, x0), "reduceSum", x0),
  minimum,
  reading("ReduceLogSumExp", logSumExp),
  reading("ReduceProd", product),
  reading("CumSum", runningSum),
  reading("Hardmax", hardmax),
  reading("ArgMin", (request) => readArgMax(request, mapped(request, request.input(0), neg(x0)))),
  globalPool(
    "GlobalAveragePool",
    () => x0,
    "reduceMean",
    () => x0,
  ),
  globalPool(
    "GlobalMaxPool",
    () => x0,
    "reduceMax",
    () => x0,
  ),
  reading("LpPool", readLpPool),
  globalPool(
    "GlobalLpPool",
    (p) => ["pow", abs(x0), p],
    "reduceSum",
    (p) => ["pow", x0, 1 / p],
  ),
];
