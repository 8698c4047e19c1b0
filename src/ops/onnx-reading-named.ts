/** Readings of elementwise operators that ONNX and svertka both have. */
import type { Attributes } from "../compiler/ir/graph.js";
import type { OnnxReadAttributes, OnnxReading } from "./onnx-reading.js";
import { applied } from "./onnx-reading-tensors.js";

/** One operator on the first inputs of the node; its attributes follow from the node's. */
/* @__NO_SIDE_EFFECTS__ */
export const onnxNamedReading = (
  operator: string,
  reads: string,
  attributesOf: (attributes: OnnxReadAttributes) => Attributes = () => ({}),
  arity = 1,
): OnnxReading => ({
  kind: "onnxReading",
  reads,
  read: (request) =>
    applied(
      request,
      operator,
      Array.from({ length: arity }, (_, index) => request.input(index)),
      attributesOf(request.attributes),
    ),
});
