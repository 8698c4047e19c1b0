/** Stretches axes of size 1, as NumPy's broadcast_to. */
import { E } from "../fp.js";
import { sameShape, type Dims } from "../compiler/ir/type.js";
import { firstBad, isShape } from "./attributes.js";
import { broadcastShapes } from "./broadcast.js";
import { sumToShape } from "./elementwise.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { Operator, Reference } from "./operator.js";
import type { OnnxMapping } from "./onnx.js";
import { inLayout } from "./onnx-layout.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import type { OnnxReading } from "./onnx-reading.js";
import { stretched } from "./onnx-reading-moves.js";
import { dimsOf } from "./onnx-reading-numbers.js";

export type BroadcastToAttributes = { readonly shape: Dims };

/** The gradient is summed over the stretched axes. */
export const broadcastToOperator = {
  kind: "operator",
  name: "broadcastTo",
  traits: ["movesData"],
  type: ([x], attrs) => {
    if (x === undefined) return E.left("broadcastTo needs an input");
    const bad = firstBad("broadcastTo", attrs, { shape: isShape(attrs.shape) });
    if (bad !== undefined) return E.left(bad);
    const common = broadcastShapes([x.shape, attrs.shape]);
    return common !== undefined && sameShape(common, attrs.shape)
      ? E.right({ ...x, shape: attrs.shape })
      : E.left(`broadcastTo: [${x.shape.join(", ")}] does not stretch to [${attrs.shape.join(", ")}]`);
  },
  gradient: ({ inputs: [x], outputGradient, needs, emit }) =>
    x === undefined || !needs(0) ? [] : [sumToShape(outputGradient, x, emit)],
  // Our own kernel of the formula x0, which every backend has: the output's shape is the stretched one.
  kernel: () => ({ kernel: "elementwise", inputs: [0], attrs: { formula: "x0" } }),
  flops: () => 0,
} satisfies Operator<BroadcastToAttributes>;

export const broadcastToReference = {
  kind: "reference",
  operator: "broadcastTo",
  run: ([x], output) => {
    if (x === undefined) return;
    const offset = output.shape.length - x.shape.length;
    forEachPosition(output.shape, (flat, position) => {
      const from = x.shape.map((size, axis) => (size === 1 ? 0 : (position[axis + offset] ?? 0)));
      output.data[flat] = x.data[flatIndex(x.shape, from)] ?? 0;
    });
  },
  cases: [
    { inputs: ["f32[3, 1]"], attrs: { shape: [3, 4] } },
    { inputs: ["f32[2, 1, 1, 3]"], attrs: { shape: [2, 4, 5, 3] } },
    { inputs: ["f32[]"], attrs: { shape: [2, 3] } },
    { inputs: ["f32[1, 3, 1, 2]"], attrs: { shape: [2, 3, 4, 2] } },
  ],
} satisfies Reference<BroadcastToAttributes>;

export const broadcastToOnnx = {
  kind: "onnx",
  operator: "broadcastTo",
  write: ({ inputs: [x], output: { shape }, layout, aligned, node, sizes }) => {
    const offset = shape.length - (x?.shape.length ?? 0);
    // Where the input has the size already, 1 leaves it: so the batch need not be known.
    const wanted = shape.map((dim, axis) => (x?.shape[axis - offset] === dim ? 1 : dim));
    return { layout, name: node("Expand", [aligned(0, layout), sizes(inLayout(layout, wanted))]) };
  },
} satisfies OnnxMapping<BroadcastToAttributes>;

export const broadcastToOnnxReading = {
  kind: "onnxReading",
  reads: "Expand",
  read: (request) => stretched(request, request.input(0), dimsOf(request.input(1), "sizes")),
} satisfies OnnxReading;

export const broadcastToTensorFlow = {
  kind: "tensorflow",
  operator: "broadcastTo",
  write: ({ values, attrs: { shape }, graph }) => graph.node("BroadcastTo", [...values, graph.sizes(shape)]),
} satisfies TensorFlowMapping<BroadcastToAttributes>;
