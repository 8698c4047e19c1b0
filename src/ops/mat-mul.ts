/** The matrix product: what dense layers and their gradients are made of. */
import { E } from "../fp.js";
import type { Value } from "../compiler/ir/graph.js";
import { f32 } from "../compiler/ir/type.js";
import { biasAndActivation } from "./epilogue.js";
import { addProduct, rowMajor, transposed, type Matrix } from "./matrix-product.js";
import type { Operator, Reference, ReferenceTensor } from "./operator.js";
import { int, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading, OnnxTensor } from "./onnx-reading.js";
import { applied, biasOr, elementwiseOf, transposedTensor } from "./onnx-reading-tensors.js";
import { mul } from "../formula/formula.js";
import { matrixProduct } from "./onnx-reading-product.js";

export type MatMulAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };

/**
 * Product of two matrices, each read as it is or transposed.
 *
 * Shape   f32[rows, inner], f32[inner, columns] -> f32[rows, columns]; a transposed factor has its axes the other way round.
 * Cost    2 rows inner columns FLOP.
 */
export const matMulOperator = {
  kind: "operator",
  name: "matMul",
  traits: ["linear", "scalesWithKernel", "takesEpilogue"],
  scaleShape: ([first = 1, last = 1], { transposeB }) => (transposeB ? [first, 1] : [last]),
  type: ([a, b], { transposeA, transposeB }) => {
    if (a?.shape.length !== 2 || b?.shape.length !== 2) return E.left("matMul needs two matrices");
    const [rows = 0, inner] = transposeA ? a.shape.toReversed() : a.shape;
    const [innerB, columns = 0] = transposeB ? b.shape.toReversed() : b.shape;
    return inner === innerB
      ? E.right(f32(rows, columns))
      : E.left(`matMul: the inner sizes ${String(inner)} and ${String(innerB)} differ`);
  },
  gradient: ({ inputs: [a, b], outputGradient: dy, attrs: { transposeA, transposeB }, needs, emit }) => {
    if (a === undefined || b === undefined) return [];
    const product = (left: typeof dy, right: typeof dy, leftT: boolean, rightT: boolean): typeof dy =>
      emit("matMul", [left, right], { transposeA: leftT, transposeB: rightT });
    return [
      needs(0) ? (transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)) : undefined,
      needs(1) ? (transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)) : undefined,
    ];
  },
  absorbInput: ({ inputs: [, kernel], scale, shift, attrs, emit }) => {
    if (kernel === undefined || attrs.transposeA) return undefined;
    const row = (values: Value, ...shape: readonly (number | "channels")[]): Value =>
      emit("reshape", [values], {
        shape: shape.map((dim) => (dim === "channels" ? (values.type.shape[0] ?? 1) : dim)),
      });
    const scaled =
      scale === undefined ? kernel : emit("multiply", [kernel, attrs.transposeB ? scale : row(scale, "channels", 1)]);
    if (shift === undefined) return { kernel: scaled, bias: undefined };
    const product = emit("matMul", [row(shift, 1, "channels"), kernel], attrs);
    return { kernel: scaled, bias: emit("reduceSum", [product], { axes: [0], keepDims: false }) };
  },
  decompose: ({ inputs: [a, b], attrs, emit }) => {
    if (a === undefined || b === undefined || !(attrs.transposeA || attrs.transposeB)) return undefined;
    const turned = (value: typeof a, turn: boolean): typeof a =>
      turn ? emit("transpose", [value], { permutation: [1, 0] }) : value;
    return emit("matMul", [turned(a, attrs.transposeA), turned(b, attrs.transposeB)], {
      transposeA: false,
      transposeB: false,
    });
  },
  kernel: ({ inputs: [a, b], attrs, epilogue }) => {
    const { bias, ...activation } = biasAndActivation(epilogue);
    return {
      kernel: "_FusedMatMul",
      inputs: { a: 0, b: 1, ...(bias ? { bias: 2 } : {}) },
      // TensorFlow.js's kernel wants a batch axis; the same buffers are passed under these shapes.
      shapes: { a: [1, ...(a?.shape ?? [])], b: [1, ...(b?.shape ?? [])] },
      attrs: { ...attrs, ...activation },
    };
  },
  flops: ({ inputs: [a], output, attrs }) =>
    2 * (a?.shape[attrs.transposeA ? 0 : 1] ?? 0) * output.shape.reduce((x, y) => x * y, 1),
} satisfies Operator<MatMulAttributes>;

export const matMulReference = {
  kind: "reference",
  operator: "matMul",
  run: ([a, b], output, { transposeA, transposeB }) => {
    if (a === undefined || b === undefined) return;
    const [rows = 0, columns = 0] = output.shape;
    const inner = a.shape[transposeA ? 0 : 1] ?? 0;
    const matrix = ({ data, shape }: ReferenceTensor, turned: boolean): Matrix =>
      turned ? transposed(rowMajor(data, shape[1] ?? 0)) : rowMajor(data, shape[1] ?? 0);
    addProduct(rowMajor(output.data, columns), matrix(a, transposeA), matrix(b, transposeB), { rows, inner, columns });
  },
  cases: [
    { inputs: ["f32[3, 5]", "f32[5, 7]"], attrs: { transposeA: false, transposeB: false } },
    { inputs: ["f32[5, 3]", "f32[5, 7]"], attrs: { transposeA: true, transposeB: false } },
    { inputs: ["f32[3, 5]", "f32[7, 5]"], attrs: { transposeA: false, transposeB: true } },
    { inputs: ["f32[5, 4]", "f32[6, 5]"], attrs: { transposeA: true, transposeB: true } },
  ],
} satisfies Reference<MatMulAttributes>;

export const matMulOnnx = {
  kind: "onnx",
  operator: "matMul",
  takesBias: true,
  write: ({ input, bias, node, attrs: { transposeA, transposeB } }) => ({
    layout: "last",
    name: node("Gemm", [input(0, "last"), input(1, "last"), bias ?? ""], {
      transA: int(Number(transposeA)),
      transB: int(Number(transposeB)),
    }),
  }),
} satisfies OnnxMapping<MatMulAttributes>;

/** alpha A B + beta C: the scalars become numbers in formulas, C a bias where it is one number a column. */
export const gemmOnnxReading = {
  kind: "onnxReading",
  reads: "Gemm",
  read: (request) => {
    const { emit, attributes } = request;
    const matrix = (index: number, name: string): OnnxTensor => {
      const tensor = request.input(index);
      return attributes.int(name, 0) === 0 ? tensor : transposedTensor(request, tensor, [1, 0]);
    };
    const scaled = (tensor: OnnxTensor, factor: number): OnnxTensor =>
      factor === 1 ? tensor : applied(request, "elementwise", [tensor], { formula: mul("x0", factor) });
    const product = scaled(
      matrixProduct(request, matrix(0, "transA"), matrix(1, "transB")),
      attributes.float("alpha", 1),
    );
    const c = request.inputs[2];
    if (c === undefined) return product;
    const added = scaled(c, attributes.float("beta", 1));
    return elementwiseOf(request, [product, added], (values) => biasOr(emit, values, "add"));
  },
} satisfies OnnxReading;

export const matMulOnnxReading = {
  kind: "onnxReading",
  reads: "MatMul",
  read: (request) => matrixProduct(request, request.input(0), request.input(1)),
} satisfies OnnxReading;

export const matMulTensorFlow = {
  kind: "tensorflow",
  operator: "matMul",
  write: ({ values, attrs: { transposeA, transposeB }, graph }) =>
    graph.node("MatMul", values, { transpose_a: transposeA, transpose_b: transposeB }),
} satisfies TensorFlowMapping<MatMulAttributes>;
