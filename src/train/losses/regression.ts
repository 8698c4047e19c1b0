/** Losses of values against values: squared, absolute, and what lies between. */
import { abs, add, div, exp, ge, log, log1p, max, mul, select, sub, type Formula } from "../../formula/formula.js";
import { optionsProblem, positive, type Rules } from "../options.js";
import { epsilon, meanOfRest, sameAsOutput, type Loss, type LossFamily } from "./loss.js";

interface Facts {
  readonly maker: string;
  /** Keras's name. */
  readonly name: string;
  readonly options?: object;
  readonly rules?: Rules;
  /** Of x0, the output, and x1, the label. */
  readonly formula: Formula;
}

/** The mean over the outputs of a formula of output and label. */
const elementwiseLoss = ({
  maker,
  name,
  options = {},
  rules = {},
  formula,
}: Facts): Loss<"values", LossFamily, "output"> => ({
  kind: "loss",
  name,
  input: "values",
  family: "none",
  options: { ...options },
  problem: optionsProblem(maker, options, rules),
  labels: sameAsOutput,
  perExample: ({ emit, output, labels }) => meanOfRest(emit("elementwise", [output, labels], { formula }), emit),
});

const difference = sub("x0", "x1");
const size = abs(difference);
const squared = (a: Formula): Formula => mul(a, a);

/**
 * Mean of (output − label)² over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `MeanSquaredError`.
 */
export const meanSquaredError = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({ maker: "meanSquaredError", name: "mean_squared_error", formula: squared(difference) });

/**
 * Mean of |output − label| over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `MeanAbsoluteError`; the slope at 0 is 0.
 */
export const meanAbsoluteError = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({ maker: "meanAbsoluteError", name: "mean_absolute_error", formula: size });

/**
 * 100 · mean of |output − label| / max(|label|, 1e-7) over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `MeanAbsolutePercentageError`.
 */
export const meanAbsolutePercentageError = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({
    maker: "meanAbsolutePercentageError",
    name: "mean_absolute_percentage_error",
    formula: mul(100, abs(div(sub("x1", "x0"), max(abs("x1"), epsilon)))),
  });

/**
 * Mean of (log(1 + output) − log(1 + label))² over the outputs, both kept from below 1e-7.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `MeanSquaredLogarithmicError`.
 */
export const meanSquaredLogarithmicError = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({
    maker: "meanSquaredLogarithmicError",
    name: "mean_squared_logarithmic_error",
    formula: squared(sub(log(add(max("x0", epsilon), 1)), log(add(max("x1", epsilon), 1)))),
  });

/**
 * ½ d² where |d| ≤ δ, else δ |d| − ½ δ², mean over the outputs; d = output − label.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Huber 1964; Keras 3 `Huber`; δ is 1 as there.
 *
 * @example
 * const loss = huber({ delta: 0.5 })
 */
export const huber = (options: { readonly delta?: number | undefined } = {}): Loss<"values", LossFamily, "output"> => {
  const { delta = 1 } = options;
  return elementwiseLoss({
    maker: "huber",
    name: "huber",
    options,
    rules: huberRules,
    formula: select(ge(delta, size), mul(0.5, squared(difference)), sub(mul(delta, size), 0.5 * delta * delta)),
  });
};
const huberRules = { delta: positive(1) };

/**
 * log cosh(output − label), mean over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape.
 * Source  Keras 3 `LogCosh`, in the form |d| + log(1 + e^−2|d|) − log 2, which never overflows.
 */
export const logCosh = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({ maker: "logCosh", name: "log_cosh", formula: sub(add(size, log1p(exp(mul(-2, size)))), Math.LN2) });

/**
 * output − label · log(output + 1e-7), mean over the outputs: for counts.
 *
 * Shape   output [n, …], not negative; labels f32 of the same shape.
 * Source  Keras 3 `Poisson`.
 */
export const poisson = (): Loss<"values", LossFamily, "output"> =>
  elementwiseLoss({ maker: "poisson", name: "poisson", formula: sub("x0", mul("x1", log(add("x0", epsilon)))) });
