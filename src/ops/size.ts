/** How many elements some axes hold: the divisor of a mean when the batch size is not known yet. */
import { E } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { firstBad, isAxes } from "./attributes.js";
import type { ConcreteType, Operator, Reference } from "./operator.js";
import { int, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { sizeOf } from "../compiler/ir/type.js";

export type SizeAttributes = { readonly axes: readonly number[] };

const elementsOf = (shape: readonly number[], axes: readonly number[]): number =>
  axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);

/** f32[…] -> f32[]: a constant once the batch size is known; the input's values are not read. */
export const sizeOperator = {
  kind: "operator",
  name: "size",
  traits: [],
  type: ([x], attrs) => {
    const bad = firstBad("size", attrs, { axes: isAxes(attrs.axes, x?.shape.length ?? 0) });
    return bad === undefined ? E.right(f32()) : E.left(bad);
  },
  kernel: ({ inputs: [x], attrs }: { readonly inputs: readonly ConcreteType[]; readonly attrs: SizeAttributes }) => ({
    kernel: "fill",
    inputs: [],
    attrs: { value: elementsOf(x?.shape ?? [], attrs.axes) },
  }),
  flops: () => 0,
} satisfies Operator<SizeAttributes>;

export const sizeReference = {
  kind: "reference",
  operator: "size",
  run: ([x], output, { axes }) => void output.data.fill(elementsOf(x?.shape ?? [], axes)),
  cases: [{ inputs: ["f32[3, 4, 5]"], attrs: { axes: [0, 2] } }],
} satisfies Reference<SizeAttributes>;

/** The product of the axes' sizes, which the graph computes where one is the batch's. */
export const sizeOnnx = {
  kind: "onnx",
  operator: "size",
  write: ({ inputs: [x], attrs: { axes }, node, sizes }) => {
    const product = node("ReduceProd", [sizes(axes.map((axis) => x?.shape[axis] ?? 1))], { keepdims: int(0) });
    return { layout: "last", name: node("Cast", [product], { to: int(1) }) };
  },
} satisfies OnnxMapping<SizeAttributes>;

export const sizeTensorFlow = {
  kind: "tensorflow",
  operator: "size",
  write: ({ inputs: [x], attrs: { axes }, graph }) => {
    const count = sizeOf(axes.map((axis) => x?.shape[axis] ?? 1));
    if (typeof count === "number") return graph.constant("f32", count, []);
    const asFloat = { T: undefined, SrcT: { type: "i32" }, DstT: { type: "f32" } } as const;
    const list = graph.node("Cast", [graph.sizes([count])], asFloat, "f32");
    return graph.node("Reshape", [list, graph.constant("i32", [])]);
  },
} satisfies TensorFlowMapping<SizeAttributes>;
