/** What can be wrong with a model as a whole, and the names of its inputs. */
import { mistake, type SvertkaError } from "../errors.js";
import { isPoisoned } from "../shape/shape.js";
import type { AnyExpr } from "./expr.js";
import { walk } from "./walk.js";

type Named = Readonly<Record<string, AnyExpr>>;

const badModel = (message: string): SvertkaError => mistake("BadModel", "", message);

/** The name that an input was given; undefined for others. */
export const inputName = (expr: AnyExpr): string | undefined =>
  expr["~node"].kind === "input" ? expr["~node"].name : undefined;

const isInput = (expr: AnyExpr): boolean => expr["~node"].kind === "input";

/** Inputs that outputs come from: by the names that they were given, else input, input_1, … in the order of a walk. */
export const nameInputs = (outputs: Named): { readonly inputs: Named; readonly problem?: SvertkaError | undefined } => {
  const found = walk(Object.values(outputs)).filter(isInput);
  const given = found.map(inputName).filter((name) => name !== undefined);
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  const free = automaticNames(new Set(given));
  const inputs = Object.fromEntries(found.map((expr) => [inputName(expr) ?? free(), expr]));
  return {
    inputs,
    problem:
      twice === undefined
        ? undefined
        : badModel(`model: two inputs are named "${twice}": give each input(...) a name of its own`),
  };
};

const automaticNames = (taken: ReadonlySet<string>): (() => string) => {
  let count = 0;
  return () => {
    for (;;) {
      const name = count === 0 ? "input" : `input_${count}`;
      count++;
      if (!taken.has(name)) return name;
    }
  };
};

/** The first problem of a model with these inputs and outputs; undefined when there is none. */
export const problemOf = (inputs: Named, outputs: Named): SvertkaError | undefined =>
  misfit([...Object.values(inputs), ...Object.values(outputs)]) ??
  badNames(inputs, outputs) ??
  badInputs(inputs) ??
  strangers(inputs, outputs) ??
  badScopes(outputs);

const misfit = (exprs: readonly AnyExpr[]): SvertkaError | undefined => {
  const shape = exprs.map((expr) => expr.shape).find(isPoisoned);
  return shape === undefined ? undefined : mistake("ShapeMismatch", shape.where, shape.error);
};

const isName = (name: string): boolean => name !== "" && !name.includes("/");

const badNames = (inputs: Named, outputs: Named): SvertkaError | undefined => {
  if (Object.keys(outputs).length === 0) return badModel("model: it has no outputs: name at least one in outputs");
  const name = [...Object.keys(inputs), ...Object.keys(outputs)].find((one) => !isName(one));
  return name === undefined
    ? undefined
    : badModel(`model: "${name}" cannot name an input or output: use a name that is not empty and has no "/"`);
};

const badInputs = (inputs: Named): SvertkaError | undefined => {
  const entries = Object.entries(inputs);
  const computed = entries.find(([, expr]) => !isInput(expr));
  if (computed !== undefined)
    return badModel(`model: input "${computed[0]}" is computed from others: use an expression made by input(...)`);
  const twice = entries.find(([, expr], i) => entries.findIndex(([, other]) => other === expr) !== i);
  return twice === undefined
    ? undefined
    : badModel(`model: input "${twice[0]}" is listed under two names: list each input(...) once`);
};

const strangers = (inputs: Named, outputs: Named): SvertkaError | undefined => {
  const known = new Set(Object.values(inputs));
  for (const [name, output] of Object.entries(outputs)) {
    const stranger = walk([output]).find((expr) => isInput(expr) && !known.has(expr));
    if (stranger === undefined) continue;
    const which = inputName(stranger) ?? `[${stranger.shape.map((dim) => dim ?? "?").join(", ")}]`;
    return badModel(
      `model: output "${name}" comes from input ${which}, which is not one of the model's inputs: list it in inputs`,
    );
  }
  return undefined;
};

const badScopes = (outputs: Named): SvertkaError | undefined => {
  for (const expr of walk(Object.values(outputs))) {
    const node = expr["~node"];
    if (node.kind === "named" && !isName(node.name))
      return badModel(`named: "${node.name}" cannot name a scope: use a name that is not empty and has no "/"`);
  }
  return undefined;
};
