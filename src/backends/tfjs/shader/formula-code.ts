/** Formulas as code of a shading language: one name per part, shared where a formula repeats itself. */
import { invariant } from "../../../errors.js";
import { parts, type BinaryName, type Formula, type UnaryName, type Variable } from "../../../formula/formula.js";
import { constantPower, lowerings } from "./lowerings.js";

/** How a language writes what formulas are made of; numbers and conditions may be vectors. */
export interface Dialect {
  /** A finite number, an infinity or NaN. */
  readonly number: (value: number) => string;
  readonly call: (name: UnaryName | BinaryName, args: readonly string[]) => string;
  readonly compare: (name: "gt" | "ge" | "eq", a: string, b: string) => string;
  /** Whether a number is not zero; NaN is not. */
  readonly isTrue: (value: string) => string;
  readonly choose: (condition: string, then: string, otherwise: string) => string;
  readonly declareNumber: (name: string, value: string) => string;
  readonly declareCondition: (name: string, value: string) => string;
}

export interface FormulaCode {
  /** Declarations, in order. */
  readonly statements: readonly string[];
  /** The expression of the value. */
  readonly result: string;
}

type Names = ReadonlyMap<Variable, string>;

const isComparison = (formula: Formula): formula is readonly ["gt" | "ge" | "eq", Formula, Formula] =>
  typeof formula === "object" && (formula[0] === "gt" || formula[0] === "ge" || formula[0] === "eq");

/** The code of a formula; `inputs` are expressions for x0, x1, …. */
export const formulaCode = (formula: Formula, inputs: readonly string[], dialect: Dialect): FormulaCode => {
  const statements: string[] = [];
  const known = new Map<string, string>();

  const bind = (kind: "declareNumber" | "declareCondition", expression: string): string => {
    const key = `${kind} ${expression}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const name = `v${known.size}`;
    known.set(key, name);
    statements.push(dialect[kind](name, expression));
    return name;
  };

  const condition = (of: Formula, names: Names): string =>
    bind(
      "declareCondition",
      isComparison(of)
        ? dialect.compare(of[0], emit(of[1], names), emit(of[2], names))
        : dialect.isTrue(emit(of, names)),
    );

  /** `within` names the function whose lowering this is part of: there its name is the language's own. */
  const emit = (of: Formula, names: Names, within?: string): string => {
    if (typeof of === "number") return dialect.number(of);
    if (typeof of === "string") {
      const name = names.get(of);
      invariant(name, `the formula of a kernel reads ${of}, which is no input`);
      return name;
    }
    if (of[0] === "select") {
      const [, test, then, otherwise] = of;
      const [chosen, other] = [emit(then, names, within), emit(otherwise, names, within)];
      return bind("declareNumber", dialect.choose(condition(test, names), chosen, other));
    }
    if (isComparison(of))
      return bind("declareNumber", dialect.choose(condition(of, names), dialect.number(1), dialect.number(0)));
    const [name] = of;
    const args = parts(of).map((part) => emit(part, names, within));
    const exponent = name === "pow" ? of[2] : undefined;
    const lowered = (typeof exponent === "number" ? constantPower(exponent) : undefined) ?? lowerings[name];
    if (lowered === undefined || name === within) return bind("declareNumber", dialect.call(name, args));
    return emit(lowered, new Map(args.map((arg, i): [Variable, string] => [`x${i}`, arg])), name);
  };

  const names = new Map(inputs.map((input, i): [Variable, string] => [`x${i}`, bind("declareNumber", input)]));
  return { result: emit(formula, names), statements };
};
