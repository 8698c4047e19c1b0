/** Turns axes round. */
import { E } from "../fp.js";
import { firstBad, isAxes } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import { axisIn } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";

export type ReverseAttributes = { readonly axes: readonly number[] };

/** Element i of each of `axes` becomes element size − 1 − i. */
export const reverseOperator = {
  kind: "operator",
  name: "reverse",
  traits: ["movesData"],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("reverse needs an input");
    const bad = firstBad("reverse", attrs, { axes: isAxes(attrs.axes, x.shape.length) });
    return bad === undefined ? E.right(x) : E.left(bad);
  },
  gradient: ({ outputGradient, attrs, needs, emit }) => (needs(0) ? [emit("reverse", [outputGradient], attrs)] : []),
  kernel: ({ attrs }) => ({ kernel: "Reverse", inputs: { x: 0 }, attrs: { dims: attrs.axes } }),
  flops: () => 0,
} satisfies Operator<ReverseAttributes>;

export const reverseReference = {
  kind: "reference",
  operator: "reverse",
  run: ([x], output, { axes }) => {
    if (x === undefined) return;
    forEachPosition(output.shape, (flat, position) => {
      const from = position.map((at, axis) => (axes.includes(axis) ? (x.shape[axis] ?? 1) - 1 - at : at));
      output.data[flat] = x.data[flatIndex(x.shape, from)] ?? 0;
    });
  },
  cases: [
    { inputs: ["f32[3, 2, 4, 5]"], attrs: { axes: [0, 1] } },
    { inputs: ["f32[5]"], attrs: { axes: [0] } },
    { inputs: ["f32[2, 3]"], attrs: { axes: [1] } },
  ],
} satisfies Reference<ReverseAttributes>;

/** A slice from the last element backwards, past the first. */
export const reverseOnnx = {
  kind: "onnx",
  operator: "reverse",
  write: ({ output: { shape }, layout, input, node, ints, attrs: { axes } }) => {
    const all = (value: number): string => ints(axes.map(() => value));
    const turned = ints(axes.map((axis) => axisIn(layout, axis, shape.length)));
    return {
      layout,
      name:
        axes.length === 0
          ? node("Identity", [input(0, layout)])
          : node("Slice", [input(0, layout), all(-1), all(-(2 ** 31)), turned, all(-1)]),
    };
  },
} satisfies OnnxMapping<ReverseAttributes>;

export const reverseTensorFlow = {
  kind: "tensorflow",
  operator: "reverse",
  write: ({ values, attrs: { axes }, graph }) => graph.node("ReverseV2", [...values, graph.constant("i32", axes)]),
} satisfies TensorFlowMapping<ReverseAttributes>;
