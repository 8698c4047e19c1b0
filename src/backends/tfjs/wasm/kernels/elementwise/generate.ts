/** Formulas as SIMD code: one value per sub-formula, shared where the formula repeats itself. */
import { invariant } from "../../../../../errors.js";
import type { Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
import { f32x4, v128, type V128 } from "../../assembler/index.js";
import { constantPower, power } from "./power.js";
import type { Scope } from "./scope.js";
import { erf } from "./error-function.js";
import { cos, sin } from "./trigonometric.js";
import { exp, expm1, log, log1p, tanh } from "./transcendental.js";

type Call = Exclude<Formula, number | string>;

/** Emits the code of formulas into a scope; `variable` gives the lanes of an input. */
export const emitter = (s: Scope, variable: (name: string) => V128): ((formula: Formula) => V128) => {
  const known = new Map<string, V128>();

  /** A condition as a mask of ones and zeros; comparisons are masks already. NaN counts as not 0. */
  const mask = (formula: Formula): V128 => {
    if (typeof formula === "object") {
      const [name, a, b] = formula;
      if (name === "gt" || name === "ge" || name === "eq") return f32x4[name](emit(a), emit(b));
    }
    return f32x4.ne(emit(formula), s.float(0));
  };

  /**
   * `max` and `min` take eight machine instructions on x86-64 to treat NaN and −0; `pmax` and `pmin` one. They give the same where the
   * bound is a number, but for max(−0, 0): adding 0 makes that 0.
   */
  const bounded = (name: "max" | "min", x: Formula, bound: Formula): V128 => {
    if (typeof bound !== "number" || Number.isNaN(bound) || Object.is(bound, -0))
      return f32x4[name](emit(x), emit(bound));
    const value = f32x4[name === "max" ? "pmax" : "pmin"](emit(x), emit(bound));
    return name === "max" && bound === 0 ? f32x4.add(value, s.float(0)) : value;
  };

  const call = (formula: Call): V128 => {
    switch (formula[0]) {
      case "neg":
      case "abs":
      case "sqrt":
      case "floor":
        return f32x4[formula[0]](emit(formula[1]));
      case "exp":
        return exp(s, emit(formula[1]));
      case "expm1":
        return expm1(s, emit(formula[1]));
      case "log":
        return log(s, emit(formula[1]));
      case "log1p":
        return log1p(s, emit(formula[1]));
      case "tanh":
        return tanh(s, emit(formula[1]));
      case "erf":
        return erf(s, emit(formula[1]));
      case "sin":
        return sin(s, emit(formula[1]));
      case "cos":
        return cos(s, emit(formula[1]));
      case "add":
      case "sub":
      case "mul":
      case "div":
        return f32x4[formula[0]](emit(formula[1]), emit(formula[2]));
      case "max":
      case "min":
        return bounded(formula[0], formula[1], formula[2]);
      case "pow": {
        const base = emit(formula[1]);
        const short = typeof formula[2] === "number" ? constantPower(s, base, formula[2]) : undefined;
        return short ?? power(s, base, emit(formula[2]));
      }
      case "gt":
      case "ge":
      case "eq":
        return v128.and(mask(formula), s.float(1));
      case "select":
        return v128.bitselect(emit(formula[2]), emit(formula[3]), mask(formula[1]));
    }
  };

  const emit = (formula: Formula): V128 => {
    if (typeof formula === "number") return s.float(formula);
    const key = formulaKey(formula);
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    if (typeof formula === "string") {
      invariant(formula !== "y", "the formula of a kernel names its output as an input");
      const value = s.bind(formula, variable(formula));
      known.set(key, value);
      return value;
    }
    const value = s.bind(formula[0], call(formula));
    known.set(key, value);
    return value;
  };
  return emit;
};
