/** Puts a constant around a tensor. */
import { E } from "../fp.js";
import type { Dim } from "../compiler/ir/type.js";
import { firstBad, isPads } from "./attributes.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import { inLayout } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readPad } from "./onnx-reading-pad.js";

export type PadAttributes = { readonly pads: readonly (readonly [number, number])[]; readonly value: number };

const widened = (dim: Dim, [before, after]: readonly [number, number]): Dim | undefined =>
  before + after === 0 ? dim : typeof dim === "number" ? dim + before + after : undefined;

/** `pads` holds [before, after] for each axis; the batch axis cannot be padded. */
export const padOperator = {
  kind: "operator",
  name: "pad",
  traits: ["movesData", "surrounds"],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("pad needs an input");
    const bad = firstBad("pad", attrs, {
      pads: isPads(attrs.pads, x.shape.length),
      value: typeof attrs.value === "number",
    });
    if (bad !== undefined) return E.left(bad);
    const shape = x.shape
      .map((dim, axis) => widened(dim, attrs.pads[axis] ?? [0, 0]))
      .filter((dim) => dim !== undefined);
    return shape.length === x.shape.length ? E.right({ ...x, shape }) : E.left("pad: the batch axis cannot be padded");
  },
  gradient: ({ inputs: [x], outputGradient, attrs, needs, emit }) =>
    x === undefined || !needs(0)
      ? []
      : [emit("slice", [outputGradient], { begin: attrs.pads.map(([before]) => before), size: x.type.shape })],
  kernel: ({ attrs }) => ({
    kernel: "PadV2",
    inputs: { x: 0 },
    attrs: { paddings: attrs.pads, constantValue: attrs.value },
  }),
  flops: () => 0,
} satisfies Operator<PadAttributes>;

export const padReference = {
  kind: "reference",
  operator: "pad",
  run: ([x], output, { pads, value }) => {
    if (x === undefined) return;
    output.data.fill(value);
    forEachPosition(x.shape, (flat, position) => {
      const moved = position.map((at, axis) => at + (pads[axis]?.[0] ?? 0));
      output.data[flatIndex(output.shape, moved)] = x.data[flat] ?? 0;
    });
  },
  cases: [
    {
      inputs: ["f32[2, 3, 4, 3]"],
      attrs: {
        pads: [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        value: 0,
      },
    },
    {
      inputs: ["f32[3, 2]"],
      attrs: {
        pads: [
          [0, 1],
          [2, 0],
        ],
        value: -1.5,
      },
    },
    {
      inputs: ["f32[2, 3, 1, 2, 1, 3]"],
      attrs: {
        pads: [
          [0, 0],
          [0, 0],
          [0, 1],
          [0, 0],
          [0, 2],
          [0, 0],
        ],
        value: 0,
      },
    },
  ],
} satisfies Reference<PadAttributes>;

export const padOnnx = {
  kind: "onnx",
  operator: "pad",
  write: ({ output: { dtype }, layout, input, node, ints, scalar, attrs: { pads, value } }) => {
    if (pads.flat().every((cells) => cells === 0)) return { layout, name: node("Identity", [input(0, layout)]) };
    const ordered = inLayout(layout, pads);
    const both = [...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)];
    return { layout, name: node("Pad", [input(0, layout), ints(both), scalar(value, dtype)]) };
  },
} satisfies OnnxMapping<PadAttributes>;

export const padOnnxReading = {
  kind: "onnxReading",
  reads: "Pad",
  read: readPad,
} satisfies OnnxReading;

export const padTensorFlow = {
  kind: "tensorflow",
  operator: "pad",
  write: ({ values: [x], attrs: { pads, value }, graph }) => {
    invariant(x, "pad has an input");
    const paddings = graph.constant("i32", pads.flat(), [pads.length, 2]);
    return graph.node("PadV2", [x, paddings, graph.constant(x.type === "i32" ? "i32" : "f32", value, [])]);
  },
} satisfies TensorFlowMapping<PadAttributes>;
