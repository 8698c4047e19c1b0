/** Cuts a block out of a tensor. */
import { E } from "../fp.js";
import type { Dim, Dims } from "../compiler/ir/type.js";
import { firstBad, isCount, isShape } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import { axisIn } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readSlice } from "./onnx-reading-slice.js";

export type SliceAttributes = { readonly begin: readonly number[]; readonly size: Dims };

/** A symbolic axis is only ever taken whole. */
const fits = (dim: Dim, begin: number, size: Dim): boolean =>
  typeof dim === "number" && typeof size === "number" ? begin + size <= dim && size > 0 : dim === size && begin === 0;

/** Elements `begin[i]` to `begin[i] + size[i]` of each axis. */
export const sliceOperator = {
  kind: "operator",
  name: "slice",
  traits: ["movesData"],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("slice needs an input");
    const { begin, size } = attrs;
    const bad = firstBad("slice", attrs, {
      begin: Array.isArray(begin) && begin.length === x.shape.length && begin.every(isCount),
      size: isShape(size) && size.length === x.shape.length,
    });
    if (bad !== undefined) return E.left(bad);
    return x.shape.every((dim, axis) => fits(dim, begin[axis] ?? 0, size[axis] ?? 0))
      ? E.right({ ...x, shape: size })
      : E.left(`slice: [${size.join(", ")}] from [${begin.join(", ")}] is not inside [${x.shape.join(", ")}]`);
  },
  gradient: ({ inputs: [x], outputGradient, attrs, needs, emit }) => {
    if (x === undefined || !needs(0)) return [];
    const after = (axis: number): number => {
      const [dim, size] = [x.type.shape[axis], attrs.size[axis]];
      return typeof dim === "number" && typeof size === "number" ? dim - size - (attrs.begin[axis] ?? 0) : 0;
    };
    return [
      emit("pad", [outputGradient], { pads: attrs.begin.map((before, axis) => [before, after(axis)]), value: 0 }),
    ];
  },
  kernel: ({ attrs, output }) => ({
    kernel: "Slice",
    inputs: { x: 0 },
    attrs: { begin: attrs.begin, size: output.shape },
  }),
  flops: () => 0,
} satisfies Operator<SliceAttributes>;

export const sliceReference = {
  kind: "reference",
  operator: "slice",
  run: ([x], output, { begin }) => {
    if (x === undefined) return;
    forEachPosition(output.shape, (flat, position) => {
      const from = position.map((at, axis) => at + (begin[axis] ?? 0));
      output.data[flat] = x.data[flatIndex(x.shape, from)] ?? 0;
    });
  },
  cases: [
    { inputs: ["f32[4, 5]"], attrs: { begin: [1, 2], size: [2, 3] } },
    { inputs: ["f32[2, 5, 4, 3]"], attrs: { begin: [0, 1, 0, 1], size: [2, 3, 4, 2] } },
    { inputs: ["f32[6]"], attrs: { begin: [0], size: [1] } },
  ],
} satisfies Reference<SliceAttributes>;

export const sliceOnnx = {
  kind: "onnx",
  operator: "slice",
  write: ({ inputs: [x], layout, input, node, ints, attrs: { begin, size } }) => {
    const shape = x?.shape ?? [];
    const cut = shape.flatMap((dim, axis) => (dim === size[axis] ? [] : [axis]));
    if (cut.length === 0) return { layout, name: node("Identity", [input(0, layout)]) };
    const starts = cut.map((axis) => begin[axis] ?? 0);
    const ends = cut.map((axis) => (begin[axis] ?? 0) + Number(size[axis]));
    const axes = cut.map((axis) => axisIn(layout, axis, shape.length));
    return { layout, name: node("Slice", [input(0, layout), ints(starts), ints(ends), ints(axes)]) };
  },
} satisfies OnnxMapping<SliceAttributes>;

export const sliceOnnxReading = {
  kind: "onnxReading",
  reads: "Slice",
  read: readSlice,
} satisfies OnnxReading;

export const sliceTensorFlow = {
  kind: "tensorflow",
  operator: "slice",
  // An axis that holds the batch is taken whole: -1.
  write: ({ values, attrs: { begin, size }, graph }) => {
    const sizes = size.map((dim) => (typeof dim === "number" ? dim : -1));
    const index = { Index: { type: "i32" } } as const;
    return graph.node("Slice", [...values, graph.constant("i32", begin), graph.constant("i32", sizes)], index);
  },
} satisfies TensorFlowMapping<SliceAttributes>;
