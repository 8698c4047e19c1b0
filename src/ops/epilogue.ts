/** How an epilogue reaches TensorFlow.js's fused kernels: a bias, then an activation by the kernel's name for it. */
import type { Stage } from "../compiler/ir/graph.js";

/** Names of activations in TensorFlow.js's fused kernels. */
export const fusedActivationNames: Readonly<Record<string, string>> = {
  relu: "relu",
  relu6: "relu6",
  sigmoid: "sigmoid",
  leakyRelu: "leakyrelu",
};

/** What the stages mean for a fused kernel: whether its `bias` input is there, and its activation attributes. */
export const biasAndActivation = (
  epilogue: readonly Stage[],
): { readonly bias: boolean; readonly activation: string; readonly leakyreluAlpha?: number } => {
  const last = epilogue.at(-1);
  const bias = epilogue[0]?.op === "biasAdd";
  const activation = fusedActivationNames[last?.op ?? ""] ?? "linear";
  const alpha = last?.attrs["alpha"];
  return { bias, activation, ...(typeof alpha === "number" ? { leakyreluAlpha: alpha } : {}) };
};
