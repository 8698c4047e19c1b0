/** The activations that a layer can have inline, by name. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { optionText } from "../shape/text.js";

/** Each is the operator of the same name; `linear` is none. */
const names = ["linear", "relu", "relu6", "sigmoid", "tanh", "softmax", "logSoftmax"] as const;
export type ActivationName = (typeof names)[number];

/** Softmax and sigmoid give probabilities. */
export type ActivationKind<A> = A extends "softmax" | "sigmoid" ? "probabilities" : "values";
export const activationKind = (activation: ActivationName = "linear"): "probabilities" | "values" =>
  activation === "softmax" || activation === "sigmoid" ? "probabilities" : "values";

/** Emits the activation's operator. */
export const emitActivation = (emit: Emit, x: Value, activation: ActivationName = "linear"): Value =>
  activation === "linear" ? x : emit(activation, [x], {});

/** A sentence for a name that types did not check; undefined for a known one. */
export const activationProblem = (layer: string, activation: string = "linear"): string | undefined =>
  names.some((name) => name === activation)
    ? undefined
    : `${layer}: activation ${optionText(activation)} is unknown: use one of ${names.join(", ")}`;
