/** Matrix products of an ONNX file: ours takes two matrices, so stacks of them are rows of one, or products one by one. */
import { multiplyDims, sizeOf, type Dim, type Dims } from "../compiler/ir/type.js";
import { broadcastShapes } from "./broadcast.js";
import { malformed, type OnnxMaking, type OnnxTensor } from "./onnx-reading.js";
import { slicedAxis, joined, stretched } from "./onnx-reading-moves.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";
import { elementwiseOf, fileOrder, reduced, withLast } from "./onnx-reading-tensors.js";

/** Products beyond which a stack is multiplied and summed at once instead. */
const mostProducts = 64;

const noProduct = (a: Dims, b: Dims): never => malformed(`[${a.join(", ")}] times [${b.join(", ")}] is no product`);

/** As NumPy's matmul: the last two axes are matrices, those before them stacks that broadcast. */
export const matrixProduct = (making: OnnxMaking, a: OnnxTensor, b: OnnxTensor): OnnxTensor => {
  if (a.shape.length === 0 || b.shape.length === 0) return noProduct(a.shape, b.shape);
  const left = a.shape.length === 1 ? reshapedTensor(making, a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? reshapedTensor(making, b, [...b.shape, 1]) : b;
  const product = stackedProduct(making, left, right);
  const axes = product.shape.length;
  const kept = product.shape.filter(
    (_, axis) => !(axis === axes - 2 && a.shape.length === 1) && !(axis === axes - 1 && b.shape.length === 1),
  );
  return kept.length === axes ? product : reshapedTensor(making, product, kept);
};

const stackedProduct = (making: OnnxMaking, a: OnnxTensor, b: OnnxTensor): OnnxTensor => {
  if (a.shape.at(-1) !== b.shape.at(-2)) return noProduct(a.shape, b.shape);
  if (b.shape.length === 2) return rowsTimesMatrix(making, a, b);
  const stack = broadcastShapes([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  if (stack === undefined) return noProduct(a.shape, b.shape);
  const [m = 1, k = 1] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 1;
  const count = sizeOf(stack);
  const matrices = (tensor: OnnxTensor, rows: Dim, columns: Dim): OnnxTensor =>
    reshapedTensor(making, stretched(making, tensor, [...stack, rows, columns]), [count, rows, columns]);
  const [left, right] = [matrices(a, m, k), matrices(b, k, n)];
  const product =
    typeof count === "number" && count <= mostProducts
      ? oneByOne(making, [left, right], count)
      : summedProducts(making, left, right);
  return reshapedTensor(making, product, [...stack, m, n]);
};

/** All axes but the last are rows, in whatever order they lie. */
const rowsTimesMatrix = ({ emit, made }: OnnxMaking, a: OnnxTensor, b: OnnxTensor): OnnxTensor => {
  const last = a.shape.length - 1;
  const order = withLast(a, last);
  const axes = order.map((axis) => a.shape[axis] ?? 1).slice(0, -1);
  const rows = axes.reduce<Dim>(multiplyDims, 1);
  const transposeB = b.order[0] === 1;
  const value = emit("matMul", [a.in(order, [rows, a.shape[last] ?? 1]), b.in(transposeB ? [1, 0] : [0, 1])], {
    transposeA: false,
    transposeB,
  });
  const shape = [...axes, b.shape[1] ?? 1];
  return made(last === 1 ? value : emit("reshape", [value], { shape }), order);
};

const oneByOne = (making: OnnxMaking, [a, b]: readonly [OnnxTensor, OnnxTensor], count: number): OnnxTensor => {
  const matrix = (tensor: OnnxTensor, place: number): OnnxTensor =>
    reshapedTensor(making, slicedAxis(making, tensor, 0, [place, 1]), tensor.shape.slice(1));
  const products = fileOrder(count).map((place) => {
    const product = rowsTimesMatrix(making, matrix(a, place), matrix(b, place));
    return reshapedTensor(making, product, [1, ...product.shape]);
  });
  return joined(making, products, 0);
};

/** Σ over k of a[…, k] b[k, …]: every product at once. */
const summedProducts = (making: OnnxMaking, a: OnnxTensor, b: OnnxTensor): OnnxTensor => {
  const [count = 1, m = 1, k = 1] = a.shape;
  const n = b.shape[2] ?? 1;
  const left = reshapedTensor(making, a, [count, m, k, 1]);
  const right = reshapedTensor(making, b, [count, 1, k, n]);
  const products = elementwiseOf(making, [left, right], (values) => making.emit("multiply", values));
  return reduced(making, "reduceSum", products, { axes: [2], keepDims: false });
};
