/** Turns axes round. */
import { E } from "../fp.js";
import { firstBad, isAxes } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";

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
