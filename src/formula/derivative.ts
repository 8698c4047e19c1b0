/** Symbolic differentiation: the chain rule over the fact sheets of functions.ts. */
import { add, mul, parts, type Formula, type Variable } from "./formula.js";
import { scalarFunctions } from "./functions.js";

/** d formula / d by, simplified by the constructors. */
export const derivative = (formula: Formula, by: Variable): Formula => {
  if (typeof formula === "number") return 0;
  if (typeof formula === "string") return formula === by ? 1 : 0;
  const args = parts(formula);
  const outer = scalarFunctions[formula[0]].derivatives(args, formula);
  return args.reduce<Formula>((sum, arg, i) => {
    const inner = derivative(arg, by);
    const factor = outer[i] ?? 0;
    return inner === 0 || factor === 0 ? sum : add(sum, mul(factor, inner));
  }, 0);
};
