/** What onnxruntime can do, as a target of the compiler: what ONNX can express. */
import type { Target } from "../../compiler/target.js";
import { onnxMappingOf } from "../../ops/onnx-mappings.js";

/** Operators with a decomposition that is better than their nodes would be: none so far. */
const avoids: ReadonlySet<string> = new Set();

export const ortTarget: Target = {
  name: "ort",
  has: (operator, request) => onnxMappingOf(operator, request) !== undefined,
  avoids,
  // Its own optimiser fuses activations into convolutions; a bias is an input of the node.
  fuses: () => true,
};
