/** A model: inputs, outputs, and what is wrong with them, if anything. */
import type { SvertkaError } from "../errors.js";
import type { AsShape } from "../shape/shape.js";
import type { AnyExpr, Expr, ShapeOf } from "./expr.js";
import { asFunction, type AnyLayer, type Apply, type Guard } from "./layer.js";
import { inputName, nameInputs, problemOf } from "./model-problems.js";
import type { ExprKinds } from "./probabilities.js";

/** One expression, or several by name. */
export type Exprs = AnyExpr | Readonly<Record<string, AnyExpr>>;

/** A model as the compiler takes it: inputs and outputs by name. */
export interface ModelDescription {
  readonly inputs: Readonly<Record<string, AnyExpr>>;
  /** A single output is called `output`. */
  readonly outputs: Readonly<Record<string, AnyExpr>>;
  /** The first thing that is wrong; nothing runs then. */
  readonly problem?: SvertkaError | undefined;
}

/** A model by its inputs, its outputs and, where it was made from one, its layer; types check its data and weights by them. */
export interface Model<I, O, L = unknown> {
  readonly inputs: I;
  readonly outputs: O;
  readonly layer?: L | undefined;
  /** For the compiler. */
  readonly "~model": ModelDescription;
}

interface Ends<I extends Exprs = Exprs, O extends Exprs = Exprs> {
  readonly inputs: I;
  readonly outputs: O;
}
type GuardAll<O> =
  O extends Expr<infer S> ? Guard<S> : { [K in keyof O]: O[K] extends Expr<infer S> ? Guard<S> : unknown };
type GuardModel<T> =
  T extends Expr<infer S> ? Guard<S> : T extends Ends<Exprs, infer O> ? { readonly outputs: GuardAll<O> } : unknown;
type ModelOf<T> = T extends AnyExpr ? Model<unknown, T> : T extends Ends<infer I, infer O> ? Model<I, O> : never;

/**
 * Closes an expression: a model of it and of the inputs that it comes from, of named inputs and outputs, or of a layer
 * applied to an input. It never fails: what is wrong is said when the model is compiled.
 *
 * @example
 * const net = model(pipe(input([28, 28, 1]), flatten, dense({ units: 10 }), softmax))
 * const two = model({ inputs: { left, right }, outputs: add(left, right) })
 * const typed = model(input([784]), sequential(dense({ units: 10 }), softmax))
 */
export function model<T extends AnyExpr | Ends>(ends: T & GuardModel<T>): ModelOf<T>;
export function model<I extends AnyExpr, L extends AnyLayer>(
  input: I,
  layer: L & Guard<Apply<L, ShapeOf<I>>>,
): Model<I, ExprKinds<AsShape<Apply<L, ShapeOf<I>>>>[L["~kind"]], L>;
export function model(ends: AnyExpr | Ends, layer?: AnyLayer): Model<unknown, unknown> {
  if (!isExpr(ends)) return { ...ends, "~model": describe(ends.inputs, ends.outputs) };
  if (layer === undefined) return modelOfOutput(ends);
  const outputs = asFunction(layer)(ends);
  return { inputs: ends, outputs, layer, "~model": describe(ends, outputs) };
}

const modelOfOutput = (output: AnyExpr): Model<unknown, AnyExpr> => {
  const outputs = { output };
  const { inputs, problem } = nameInputs(outputs);
  const description = { inputs, outputs, problem: problem ?? problemOf(inputs, outputs) };
  const only = Object.values(inputs);
  return { inputs: only.length === 1 ? only[0] : inputs, outputs: output, "~model": description };
};

const describe = (given: Exprs, results: Exprs): ModelDescription => {
  const inputs = isExpr(given) ? { [inputName(given) ?? "input"]: given } : given;
  const outputs = isExpr(results) ? { output: results } : results;
  return { inputs, outputs, problem: problemOf(inputs, outputs) };
};

const isExpr = (value: Exprs | Ends): value is AnyExpr => "~node" in value && "shape" in value;
