/** Reorders axes. */
import { E } from "../fp.js";
import { firstBad, isAxes } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { malformed } from "./onnx-reading.js";
import { transposedTensor } from "./onnx-reading-tensors.js";

export type TransposeAttributes = { readonly permutation: readonly number[] };

/** The permutation that undoes this one. */
export const inversePermutation = (permutation: readonly number[]): readonly number[] =>
  permutation.map((_, axis) => permutation.indexOf(axis));

/** Output axis i is input axis `permutation[i]`. */
export const transposeOperator = {
  kind: "operator",
  name: "transpose",
  traits: ["movesData"],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("transpose needs an input");
    const { permutation } = attrs;
    const bad = firstBad("transpose", attrs, {
      permutation: isAxes(permutation, x.shape.length) && permutation.length === x.shape.length,
    });
    return bad === undefined ? E.right({ ...x, shape: permutation.map((axis) => x.shape[axis] ?? 1) }) : E.left(bad);
  },
  gradient: ({ outputGradient, attrs, needs, emit }) =>
    needs(0) ? [emit("transpose", [outputGradient], { permutation: inversePermutation(attrs.permutation) })] : [],
  kernel: ({ attrs }) => ({ kernel: "Transpose", inputs: { x: 0 }, attrs: { perm: attrs.permutation } }),
  flops: () => 0,
} satisfies Operator<TransposeAttributes>;

export const transposeReference = {
  kind: "reference",
  operator: "transpose",
  run: ([x], output, { permutation }) => {
    if (x === undefined) return;
    const inverse = inversePermutation(permutation);
    forEachPosition(output.shape, (flat, position) => {
      output.data[flat] =
        x.data[
          flatIndex(
            x.shape,
            inverse.map((axis) => position[axis] ?? 0),
          )
        ] ?? 0;
    });
  },
  cases: [
    { inputs: ["f32[3, 5]"], attrs: { permutation: [1, 0] } },
    { inputs: ["f32[2, 3, 4, 5]"], attrs: { permutation: [3, 1, 2, 0] } },
    { inputs: ["f32[2, 3, 4, 5]"], attrs: { permutation: [1, 2, 0, 3] } },
  ],
} satisfies Reference<TransposeAttributes>;

export const transposeOnnx = {
  kind: "onnx",
  operator: "transpose",
  write: ({ turned, attrs: { permutation } }) => ({ layout: "last", name: turned(0, permutation) }),
} satisfies OnnxMapping<TransposeAttributes>;

export const transposeOnnxReading = {
  kind: "onnxReading",
  reads: "Transpose",
  read: (request) => {
    const x = request.input(0);
    const rank = x.shape.length;
    const permutation = request.attributes.ints("perm") ?? x.shape.map((_, axis) => rank - 1 - axis);
    const isOne = permutation.length === rank && permutation.toSorted((a, b) => a - b).every((axis, i) => axis === i);
    if (!isOne) malformed(`perm ${permutation.join(", ").slice(0, 40)} is none of ${rank} axes`);
    return transposedTensor(request, x, permutation);
  },
} satisfies OnnxReading;

export const transposeTensorFlow = {
  kind: "tensorflow",
  operator: "transpose",
  write: ({ values, attrs: { permutation }, graph }) =>
    graph.node("Transpose", [...values, graph.constant("i32", permutation)]),
} satisfies TensorFlowMapping<TransposeAttributes>;
