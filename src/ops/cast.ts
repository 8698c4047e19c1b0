/** Changes the element type. */
import { E } from "../fp.js";
import type { DataType } from "../compiler/ir/type.js";
import { firstBad } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";

export type CastAttributes = { readonly dtype: DataType };

/** f32 to i32 truncates towards zero; no gradient flows. */
export const castOperator = {
  kind: "operator",
  name: "cast",
  traits: [],
  type: ([x], attrs) => {
    const bad = firstBad("cast", attrs, { dtype: attrs.dtype === "f32" || attrs.dtype === "i32" });
    if (bad !== undefined) return E.left(bad);
    return x === undefined ? E.left("cast needs an input") : E.right({ dtype: attrs.dtype, shape: x.shape });
  },
  kernel: ({ attrs }) => ({
    kernel: "Cast",
    inputs: { x: 0 },
    attrs: { dtype: attrs.dtype === "f32" ? "float32" : "int32" },
  }),
  flops: () => 0,
} satisfies Operator<CastAttributes>;

export const castReference = {
  kind: "reference",
  operator: "cast",
  run: ([x], output, { dtype }) =>
    x?.data.forEach((value, i) => (output.data[i] = dtype === "i32" ? Math.trunc(value) : value)),
  cases: [
    { inputs: ["f32[3, 4]"], attrs: { dtype: "i32" } },
    { inputs: ["i32[5]"], attrs: { dtype: "f32" }, fill: [{ indexBelow: 9 }] },
  ],
} satisfies Reference<CastAttributes>;
