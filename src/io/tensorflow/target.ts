/** What TensorFlow does of itself: whatever has a mapping for its attributes, and every formula. */
import type { Target } from "../../compiler/target.js";
import { tensorFlowMappings } from "../../ops/tensorflow-mappings.js";

export const tensorFlowTarget = (name: string): Target => ({
  name,
  has: (operator, request) => {
    const mapping = tensorFlowMappings.get(operator.name);
    const isMapped = mapping !== undefined && (mapping.has?.(request) ?? true);
    return isMapped || operator.formula !== undefined;
  },
  avoids: new Set(),
  // TensorFlow's own optimiser fuses bias and activation.
  fuses: () => false,
});
