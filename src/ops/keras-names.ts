/** Keras's names of activations and ours; Keras writes the first name of several. */
import type { ActivationName } from "./activations.js";

const pairs: readonly (readonly [keras: string, ours: ActivationName])[] = [
  ["celu", "celu"],
  ["elu", "elu"],
  ["exponential", "exponential"],
  ["gelu", "gelu"],
  ["hard_shrink", "hardShrink"],
  ["hard_sigmoid", "hardSigmoid"],
  ["hard_silu", "hardSwish"],
  ["hard_swish", "hardSwish"],
  ["hard_tanh", "hardTanh"],
  ["leaky_relu", "leakyRelu"],
  ["linear", "linear"],
  ["log_sigmoid", "logSigmoid"],
  ["log_softmax", "logSoftmax"],
  ["mish", "mish"],
  ["relu", "relu"],
  ["relu6", "relu6"],
  ["selu", "selu"],
  ["sigmoid", "sigmoid"],
  ["silu", "silu"],
  ["swish", "silu"],
  ["soft_shrink", "softShrink"],
  ["softmax", "softmax"],
  ["softplus", "softplus"],
  ["softsign", "softsign"],
  ["sparse_plus", "sparsePlus"],
  ["sparse_sigmoid", "sparseSigmoid"],
  ["squareplus", "squareplus"],
  ["tanh", "tanh"],
  ["tanh_shrink", "tanhShrink"],
  ["threshold", "threshold"],
];

export const activationNames: ReadonlyMap<string, string> = new Map(pairs);

const toKeras: ReadonlyMap<string, string> = new Map(
  pairs.map(([keras, ours]): [string, string] => [ours, keras === "hard_swish" ? "hard_silu" : keras]).toReversed(),
);

/** Keras's name of an activation of ours, `linear` for none. */
export const kerasActivation = (name: unknown): string =>
  typeof name === "string" ? (name === "swish" ? "silu" : (toKeras.get(name) ?? name)) : "linear";
