/** Reductions in ONNX. */
import { int, type OnnxMapping } from "./onnx.js";
import { axesOf, axisIn, inLayout, layoutOf, type Layout } from "./onnx-layout.js";
import type { ReductionAttributes } from "./reduction.js";

/** The layout in which to reduce, and that of the result: channels first only where what is left is in a known order. */
const layoutsOf = (
  layout: Layout,
  rank: number,
  { axes, keepDims }: ReductionAttributes,
): readonly [from: Layout, to: Layout] => {
  if (keepDims) return [layout, layout];
  const left = layoutOf(inLayout(layout, axesOf(rank)).filter((axis) => !axes.includes(axis)));
  return left === undefined ? ["last", "last"] : [layout, left];
};

/* @__NO_SIDE_EFFECTS__ */
export const onnxReduction = (operator: string, name: string): OnnxMapping<ReductionAttributes> => ({
  kind: "onnx",
  operator,
  write: ({ inputs: [x], layout, input, node, ints, attrs }) => {
    const rank = x?.shape.length ?? 0;
    const [from, to] = layoutsOf(layout, rank, attrs);
    const given = input(0, from);
    const read = x?.dtype === "i32" ? node("Cast", [given], { to: int(1) }) : given;
    // Without axes ONNX would reduce all of them.
    if (attrs.axes.length === 0) return { layout: from, name: node("Identity", [read]) };
    const isGlobalMean =
      name === "ReduceMean" &&
      from === "first" &&
      rank === 4 &&
      attrs.axes.length === 2 &&
      attrs.axes.includes(1) &&
      attrs.axes.includes(2);
    if (isGlobalMean) {
      const mean = node("GlobalAveragePool", [read]);
      return { layout: to, name: attrs.keepDims ? mean : node("Flatten", [mean], { axis: int(1) }) };
    }
    const axes = ints(attrs.axes.map((axis) => axisIn(from, axis, rank)));
    return { layout: to, name: node(name, [read, axes], { keepdims: int(Number(attrs.keepDims)) }) };
  },
});
