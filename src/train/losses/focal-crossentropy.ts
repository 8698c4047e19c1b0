/** Focal losses: cross-entropies that leave examples which are right already with little weight. */
import { add, exp, mul, neg, pow, sub, variablesOf, type Formula } from "../../formula/formula.js";
import { flag, fraction, notNegative, optionsProblem } from "../options.js";
import { binaryCrossentropyFormula } from "./binary-crossentropy.js";
import { crossentropyRules, logProbabilities, type CrossentropyOptions } from "./categorical-crossentropy.js";
import { inputOf, meanOfRest, sameAsOutput, smoothed, sumOfLast, type Loss, type LossFamily } from "./loss.js";

export interface CategoricalFocalOptions<L extends boolean> extends CrossentropyOptions<L> {
  /** Weight of all classes; 0.25 as in Keras. */
  readonly alpha?: number | undefined;
  /** How much weight right examples lose; 2 as in Keras. */
  readonly gamma?: number | undefined;
}

export interface BinaryFocalOptions<L extends boolean> extends CategoricalFocalOptions<L> {
  /** Whether alpha weighs label 1 and 1 − alpha label 0; false as in Keras. */
  readonly applyClassBalancing?: boolean | undefined;
}

export const categoricalFocalRules = { ...crossentropyRules, alpha: fraction(0.25), gamma: notNegative(2) };
export const binaryFocalRules = { ...categoricalFocalRules, applyClassBalancing: flag };

/** (1 − p)^γ; γ = 0 has no slope, also where p = 1. */
const focus = (p: Formula, gamma: number): Formula =>
  gamma === 0 ? 1 : gamma === 1 ? sub(1, p) : pow(sub(1, p), gamma);

/**
 * (1 − p_t)^γ · binary cross-entropy, mean over the outputs; p_t is the probability given to the label.
 *
 * Shape   output [n, …], labels f32 of the same shape with values in [0, 1].
 * Source  Lin et al. 2017 (arXiv:1708.02002); Keras 3 `BinaryFocalCrossentropy`. From logits the cross-entropy is
 *         computed exactly; Keras clips the probability to [1e-7, 1 − 1e-7], which shows for |logit| > 16 only.
 *
 * @example
 * const loss = binaryFocalCrossentropy({ applyClassBalancing: true, fromLogits: true })
 */
export const binaryFocalCrossentropy = <L extends boolean = false>(
  options: BinaryFocalOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities", LossFamily, "output"> => ({
  kind: "loss",
  name: "binary_focal_crossentropy",
  input: inputOf(options.fromLogits),
  family: "binary",
  options: { ...options },
  problem: optionsProblem("binaryFocalCrossentropy", options, binaryFocalRules),
  labels: sameAsOutput,
  perExample: ({ emit, output, logits, labels }) => {
    const { alpha = 0.25, gamma = 2, applyClassBalancing = false, labelSmoothing = 0 } = options;
    const t = smoothed("x1", labelSmoothing, 2);
    const of = (label1: Formula, label0: Formula): Formula => add(mul(t, label1), mul(sub(1, t), label0));
    const plain = binaryCrossentropyFormula(logits === undefined ? "probabilities" : "logits", t);
    const probability: Formula = logits === undefined ? "x0" : "x2";
    const focal = mul(focus(of(probability, sub(1, probability)), gamma), plain);
    const formula = applyClassBalancing ? mul(of(alpha, 1 - alpha), focal) : focal;
    const inputs = [logits ?? output, labels];
    if (logits !== undefined && variablesOf(formula).has("x2")) inputs.push(emit("sigmoid", [logits]));
    return meanOfRest(emit("elementwise", inputs, { formula }), emit);
  },
});

/**
 * −Σ α (1 − p)^γ · label · log p over the classes.
 *
 * Shape   output [n, …, classes], labels f32 of the same shape.
 * Source  Lin et al. 2017 (arXiv:1708.02002); Keras 3 `CategoricalFocalCrossentropy`. From logits log p is exact;
 *         Keras clips p to [1e-7, 1 − 1e-7].
 *
 * @example
 * const loss = categoricalFocalCrossentropy({ gamma: 1 })
 */
export const categoricalFocalCrossentropy = <L extends boolean = false>(
  options: CategoricalFocalOptions<L> = {},
): Loss<L extends true ? "logits" : "probabilities", "categorical", "output"> => ({
  kind: "loss",
  name: "categorical_focal_crossentropy",
  input: inputOf(options.fromLogits),
  family: "categorical",
  options: { ...options },
  problem: optionsProblem("categoricalFocalCrossentropy", options, categoricalFocalRules),
  labels: sameAsOutput,
  perExample: (request) => {
    const { alpha = 0.25, gamma = 2, labelSmoothing = 0 } = options;
    const classes = Number(request.output.type.shape.at(-1));
    const label = smoothed("x0", labelSmoothing, classes);
    const formula = mul(mul(alpha, focus(exp("x1"), gamma)), neg(mul(label, "x1")));
    return sumOfLast(
      request.emit("elementwise", [request.labels, logProbabilities(request)], { formula }),
      request.emit,
    );
  },
});
