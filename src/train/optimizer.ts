/** Optimisers as values: how a weight follows from its gradient, as formulas over the whole tensor. */
import { add, div, mul, sqrt, sub, type Formula } from "../formula/formula.js";

/** One step of an update rule, over the values named in `reads`: x0 is the first. */
export interface UpdateFormula {
  /** The slot that it gives, `parameter`, or a name of its own for a value in between. */
  readonly gives: string;
  /** `parameter`, `gradient`, `learningRate`, a slot or scalar (its old value), or `next:` and something given before. */
  readonly reads: readonly string[];
  readonly formula: Formula;
}

export interface Optimizer {
  readonly kind: "optimizer";
  /** Keras's name. */
  readonly name: string;
  readonly learningRate: number;
  /** Options beside the learning rate, for checkpoints and `explain`. */
  readonly options: Readonly<Record<string, number | boolean>>;
  /** State per weight, beginning with zeros. */
  readonly slots: readonly string[];
  /** State per step: where it begins, and by what each step multiplies it. */
  readonly scalars: readonly { readonly name: string; readonly start: number; readonly factor: number }[];
  /** In order; the last gives `parameter`. */
  readonly updates: readonly UpdateFormula[];
}

export interface SgdOptions {
  /** 0.01 as in Keras. */
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum and Nesterov's form of it when asked.
 *
 * v' = momentum v − lr g;  w' = w + v', or with Nesterov w + momentum v' − lr g.
 *
 * Source  Keras 3 `SGD`; Sutskever et al. 2013 for Nesterov's form.
 *
 * @example
 * const optimizer = sgd({ learningRate: 3e-3, momentum: 0.9, nesterov: true })
 */
export const sgd = ({ learningRate = 0.01, momentum = 0, nesterov = false }: SgdOptions = {}): Optimizer => {
  const base = { kind: "optimizer", name: "sgd", learningRate, options: { momentum, nesterov }, scalars: [] } as const;
  if (momentum === 0)
    return {
      ...base,
      slots: [],
      updates: [{ gives: "parameter", reads: ["parameter", "gradient", "learningRate"], formula: sub("x0", mul("x2", "x1")) }],
    };
  const velocity: UpdateFormula = {
    gives: "velocity",
    reads: ["velocity", "gradient", "learningRate"],
    formula: sub(mul(momentum, "x0"), mul("x2", "x1")),
  };
  const step: UpdateFormula = nesterov
    ? {
        gives: "parameter",
        reads: ["parameter", "next:velocity", "gradient", "learningRate"],
        formula: sub(add("x0", mul(momentum, "x1")), mul("x3", "x2")),
      }
    : { gives: "parameter", reads: ["parameter", "next:velocity"], formula: add("x0", "x1") };
  return { ...base, slots: ["velocity"], updates: [velocity, step] };
};

export interface AdamOptions {
  /** 0.001 as in Keras. */
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam: m' = β1 m + (1 − β1) g; v' = β2 v + (1 − β2) g²; w' = w − lr √(1 − β2ᵗ) / (1 − β1ᵗ) · m' / (√v' + ε).
 *
 * The powers of β are state, multiplied once a step: float32's power function would lose digits of 1 − β2ᵗ.
 *
 * Source  Kingma & Ba 2014 (arXiv:1412.6980), the form before §2.1's last line with ε "hat", as Keras 3 `Adam` has it.
 */
export const adam = ({ learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {}): Optimizer => ({
  kind: "optimizer",
  name: "adam",
  learningRate,
  options: { beta1, beta2, epsilon },
  slots: ["m", "v"],
  scalars: [
    { name: "beta1Power", start: 1, factor: beta1 },
    { name: "beta2Power", start: 1, factor: beta2 },
  ],
  updates: [
    { gives: "m", reads: ["m", "gradient"], formula: add("x0", mul(1 - beta1, sub("x1", "x0"))) },
    { gives: "v", reads: ["v", "gradient"], formula: add("x0", mul(1 - beta2, sub(mul("x1", "x1"), "x0"))) },
    {
      gives: "stepSize",
      reads: ["learningRate", "next:beta1Power", "next:beta2Power"],
      formula: mul("x0", div(sqrt(sub(1, "x2")), sub(1, "x1"))),
    },
    {
      gives: "parameter",
      reads: ["parameter", "next:m", "next:v", "next:stepSize"],
      formula: sub("x0", div(mul("x3", "x1"), add(sqrt("x2"), epsilon))),
    },
  ],
});
