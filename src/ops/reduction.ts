/** The family of reductions: an associative fold along some axes. */
import { E } from "../fp.js";
import type { Dims, TensorType } from "../compiler/ir/type.js";
import { firstBad, isAxes } from "./attributes.js";
import type { Fold, Operator, OperatorCase, Reference, ReferenceTensor, Trait } from "./operator.js";
import type { Emit, Value } from "../compiler/ir/graph.js";

export type ReductionAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** The shape after the reduction. */
export const reducedShape = (shape: Dims, { axes, keepDims }: ReductionAttributes): Dims =>
  keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));

interface ReductionFacts {
  readonly name: string;
  readonly by: Fold["by"];
  readonly kernel: string;
  /** The name of the axes attribute in TensorFlow.js's kernel. */
  readonly axesName: "axis" | "reductionIndices";
  readonly gradient: NonNullable<Operator<ReductionAttributes>["gradient"]>;
  readonly traits?: readonly Trait[];
}

export const reduction = ({ name, by, kernel, axesName, gradient }: ReductionFacts): Operator<ReductionAttributes> => ({
  kind: "operator",
  name,
  traits: [],
  fold: ({ axes, keepDims }) => ({ by, formula: "x0", axes, keepDims }),
  type: ([x], attrs) => {
    if (x === undefined) return E.left(`${name} needs an input`);
    const bad = firstBad(name, attrs, {
      axes: isAxes(attrs.axes, x.shape.length),
      keepDims: typeof attrs.keepDims === "boolean",
    });
    return bad === undefined
      ? E.right<string, TensorType>({ dtype: "f32", shape: reducedShape(x.shape, attrs) })
      : E.left(bad);
  },
  gradient,
  kernel: ({ attrs: { axes, keepDims } }) => ({ kernel, inputs: { x: 0 }, attrs: { [axesName]: axes, keepDims } }),
  flops: ({ inputs: [x] }) => (x?.shape ?? []).reduce((a, b) => a * b, 1),
});

/** A gradient spread back over the reduced axes, to the input's shape. */
export const spread = (gradient: Value, input: Value, { axes }: ReductionAttributes, emit: Emit): Value => {
  const kept = reducedShape(input.type.shape, { axes, keepDims: true });
  return emit("broadcastTo", [emit("reshape", [gradient], { shape: kept })], { shape: input.type.shape });
};

interface Folding {
  readonly start: number;
  readonly fold: (sum: number, x: number) => number;
  readonly finish: (sum: number, count: number) => number;
}

const add = (sum: number, x: number): number => sum + x;

const foldings: Readonly<Record<Fold["by"], Folding>> = {
  sum: { start: 0, fold: add, finish: (sum) => sum },
  mean: { start: 0, fold: add, finish: (sum, count) => sum / count },
  max: { start: Number.NEGATIVE_INFINITY, fold: Math.max, finish: (largest) => largest },
};

/** Folds each group of elements that share the kept axes, in float64. */
export const foldInto = (
  by: Fold["by"],
  x: ReferenceTensor,
  axes: readonly number[],
  output: ReferenceTensor,
): void => {
  const { start, fold, finish } = foldings[by];
  output.data.fill(start);
  x.data.forEach((value, flat) => {
    const at = keptIndex(flat, x.shape, axes);
    output.data[at] = fold(output.data[at] ?? start, value);
  });
  const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  output.data.forEach((sum, at) => (output.data[at] = finish(sum, count)));
};

export const reductionReference = (operator: string, by: Fold["by"]): Reference<ReductionAttributes> => ({
  kind: "reference",
  operator,
  run: ([x], output, { axes }) => {
    if (x !== undefined) foldInto(by, x, axes, output);
  },
  cases: reductionCases,
});

const reductionCases: readonly OperatorCase[] = [
  { inputs: ["f32[3, 4, 5]"], attrs: { axes: [0, 1], keepDims: false }, fill: ["distinct"] },
  { inputs: ["f32[3, 4, 5]"], attrs: { axes: [2], keepDims: true }, fill: ["distinct"] },
  { inputs: ["f32[2, 3, 4, 5]"], attrs: { axes: [1, 2], keepDims: false }, fill: ["distinct"] },
  { inputs: ["f32[7]"], attrs: { axes: [0], keepDims: false }, fill: ["distinct"] },
];

/** The flat index of an element in the tensor without the reduced axes. */
const keptIndex = (flat: number, shape: readonly number[], axes: readonly number[]): number => {
  let rest = flat;
  let index = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const position = rest % size;
    rest = Math.floor(rest / size);
    if (axes.includes(axis)) continue;
    index += position * stride;
    stride *= size;
  }
  return index;
};
