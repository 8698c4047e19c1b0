/** Adam with Nesterov's momentum. */
import { add, div, mul, sqrt, sub, type Formula } from "../../formula/formula.js";
import { adamaxRules, type AdamaxOptions } from "./adamax.js";
import { firstMoment, secondMoment } from "./adam.js";
import { optimizer, powerOf, type Optimizer } from "./optimizer.js";

/** How fast β1 comes to its full value. */
const decay = 0.96;

/**
 * Nadam: with μₜ = β1 (1 − ½ 0.96ᵗ) and Πₜ = μ₁ … μₜ,
 * m̂ = μₜ₊₁ m' / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ); v̂ = v' / (1 − β2ᵗ); w' = w − lr m̂ / (√v̂ + ε).
 * The learning rate is 0.001 by default.
 *
 * Source  Dozat 2016, "Incorporating Nesterov momentum into Adam"; Keras 3 `Nadam`.
 */
export const nadam = (given: AdamaxOptions = {}): Optimizer => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  /** μ at a step, from 0.96 to the power of that step. */
  const momentum = (power: Formula): Formula => mul(beta1, sub(1, mul(0.5, power)));
  const now = momentum("x2");
  const later = momentum(mul(decay, "x2"));
  return optimizer({
    maker: "nadam",
    name: "nadam",
    given,
    rules: adamaxRules,
    learningRate,
    options: { beta1, beta2, epsilon },
    slots: ["m", "v"],
    scalars: [
      powerOf("decayPower", decay),
      powerOf("beta2Power", beta2),
      {
        name: "momentumProduct",
        start: 1,
        reads: ["momentumProduct", "next:decayPower"],
        formula: mul("x0", momentum("x1")),
      },
    ],
    updates: [
      firstMoment(beta1),
      secondMoment(beta2),
      {
        gives: "mHat",
        reads: ["next:m", "gradient", "next:decayPower", "next:momentumProduct"],
        formula: add(div(mul(later, "x0"), sub(1, mul("x3", later))), div(mul(sub(1, now), "x1"), sub(1, "x3"))),
      },
      {
        gives: "parameter",
        reads: ["parameter", "next:mHat", "next:v", "learningRate", "next:beta2Power"],
        formula: sub("x0", div(mul("x3", "x1"), add(sqrt(div("x2", sub(1, "x4"))), epsilon))),
      },
    ],
  });
};
