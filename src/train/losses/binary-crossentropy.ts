/** Cross-entropy of yes-or-no labels. */
import type { Value } from "../../compiler/ir/graph.js";
import { abs, add, exp, log, log1p, max, min, mul, neg, sub, type Formula } from "../../formula/formula.js";
import { optionsProblem } from "../options.js";
import { crossentropyRules, type CrossentropyOptions } from "./categorical-crossentropy.js";
import { epsilon, inputOf, meanOfRest, sameAsOutput, smoothed, type Loss, type LossFamily } from "./loss.js";

/** max(z, 0) − z t + log(1 + e^−|z|) never overflows. */
const fromLogit = (z: Formula, t: Formula): Formula => add(sub(max(z, 0), mul(z, t)), log1p(exp(neg(abs(z)))));

/** −t log p − (1 − t) log(1 − p) with p kept from 0 and 1. */
const fromProbability = (p: Formula, t: Formula): Formula => {
  const clipped = max(min(p, 1 - epsilon), epsilon);
  return neg(add(mul(t, log(clipped)), mul(sub(1, t), log(sub(1, clipped)))));
};

/** The cross-entropy of x0, logits or probabilities, against x1. */
export const binaryCrossentropyFormula = (from: "logits" | "probabilities", label: Formula): Formula =>
  from === "logits" ? fromLogit("x0", label) : fromProbability("x0", label);

/**
 * −t log p − (1 − t) log(1 − p), mean over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape with values in [0, 1].
 * Source  Keras 3 `BinaryCrossentropy`; from logits the stable form of TensorFlow's sigmoid_cross_entropy_with_logits.
 *         Label smoothing: t (1 − s) + s / 2.
 *
 * @example
 * const loss = binaryCrossentropy({ fromLogits: true })
 */
export const binaryCrossentropy = <L extends boolean = false>(
  options: CrossentropyOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities", LossFamily, "output"> => ({
  kind: "loss",
  name: "binary_crossentropy",
  input: inputOf(options.fromLogits),
  family: "binary",
  options: { ...options },
  problem: optionsProblem("binaryCrossentropy", options, crossentropyRules),
  labels: sameAsOutput,
  perExample: ({ emit, output, logits, labels }): Value => {
    const label = smoothed("x1", options.labelSmoothing ?? 0, 2);
    const formula = binaryCrossentropyFormula(logits === undefined ? "probabilities" : "logits", label);
    return meanOfRest(emit("elementwise", [logits ?? output, labels], { formula }), emit);
  },
});
