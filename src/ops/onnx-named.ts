/** Elementwise operators that ONNX has by name. */
import type { Attributes } from "../compiler/ir/graph.js";
import type { OnnxAttributes, OnnxMapping } from "./onnx.js";

/** One node on all inputs; attributes follow from the operator's. */
/* @__NO_SIDE_EFFECTS__ */
export const onnxNamed = <A extends Attributes>(
  operator: string,
  name: string,
  attributesOf: (attrs: A) => OnnxAttributes = () => ({}),
): OnnxMapping<A> => ({
  kind: "onnx",
  operator,
  has: ({ inputs }) => inputs.every(({ dtype }) => dtype === "f32"),
  write: ({ inputs, layout, aligned, node, attrs }) => ({
    layout,
    name: node(
      name,
      inputs.map((_, index) => aligned(index, layout)),
      attributesOf(attrs),
    ),
  }),
});
