/** Operations by element, on expressions and weights: each is one formula, whose gradient and kernels follow from it. */
import * as formulas from "../../formula/formula.js";
import { variable, variablesOf, type Formula } from "../../formula/formula.js";
import { isFormula } from "../../formula/check.js";
import type { Argument } from "../../ops/layer.js";
import type { Guard, Key } from "../layer.js";
import { applyOperation, refusedOperation, type AxesOf, type Tensor, type TensorLike } from "./operand.js";
import { stretchAll, type StretchedAll, type StretchedOut } from "./stretch.js";

/** One tensor in, one of its shape out. */
export interface UnaryOperation {
  <X extends Tensor>(x: X): TensorLike<X, AxesOf<X>>;
}

/** Two tensors, or a tensor and a number; an axis of 1 stretches, and a weight may lack leading axes. */
export interface BinaryOperation<Name extends string> {
  <X extends Tensor | number, Y extends Tensor | number>(
    x: X,
    y: Y & Guard<StretchedOut<Name, X, Y>[Key<[AxesOf<X>, AxesOf<Y>]>]>,
  ): TensorLike<X | Y, StretchedOut<Name, X, Y>[Key<[AxesOf<X>, AxesOf<Y>]>]>;
}

/** A formula on tensors, each of which is one of its variables. */
const formulaOf = (
  name: string,
  { formula, given }: { readonly formula: Formula; readonly given: readonly Argument[] },
  inputs: readonly Tensor[],
): Tensor =>
  applyOperation(
    {
      name,
      given,
      rule: (shapes) => stretchAll(name, inputs, shapes),
      build: ({ emit }, values) => emit("elementwise", values, { formula }),
    },
    inputs,
  );

const unary = (name: string, of: (x: Formula) => Formula): UnaryOperation =>
  // Sound: a formula keeps the shape of its only operand.
  ((x: Tensor) => formulaOf(name, { formula: of("x0"), given: [{ input: 0 }] }, [x])) as UnaryOperation;

/** `operator` where the graph has one of this name, which passes know; else the formula is the operator. */
const binary = <Name extends string>(
  name: Name,
  of: (x: Formula, y: Formula) => Formula,
  operator?: string,
): BinaryOperation<Name> => {
  const operation = (x: Tensor | number, y: Tensor | number): Tensor => {
    const tensors = [x, y].filter((operand) => typeof operand !== "number");
    const place = (operand: Tensor | number, index: number): Formula =>
      typeof operand === "number" ? operand : variable(index);
    const formula = of(place(x, 0), place(y, typeof x === "number" ? 0 : 1));
    if (tensors.length === 0)
      return refusedOperation(
        name,
        `${name}: two numbers are no tensor: give a tensor, or compute the number yourself`,
      );
    const given = [x, y].map((operand) =>
      typeof operand === "number" ? { value: operand } : { input: operand === x ? 0 : tensors.length - 1 },
    );
    if (tensors.length < 2 || operator === undefined) return formulaOf(name, { formula, given }, tensors);
    return applyOperation(
      {
        name,
        rule: (shapes) => stretchAll(name, tensors, shapes),
        build: ({ emit }, values) => emit(operator, values, {}),
      },
      tensors,
    );
  };
  // Sound: stretchAll is the run-time twin of StretchShape.
  return operation as unknown as BinaryOperation<Name>;
};

/** x + y. */
export const add: BinaryOperation<"add"> = binary("add", formulas.add, "add");
/** x − y. */
export const subtract: BinaryOperation<"subtract"> = binary("subtract", formulas.sub, "subtract");
/** x · y, element by element. */
export const multiply: BinaryOperation<"multiply"> = binary("multiply", formulas.mul, "multiply");
/** x / y. */
export const divide: BinaryOperation<"divide"> = binary("divide", formulas.div);
/** The larger of x and y. */
export const maximum: BinaryOperation<"maximum"> = binary("maximum", formulas.max, "maximum");
/** The smaller of x and y. */
export const minimum: BinaryOperation<"minimum"> = binary("minimum", formulas.min, "minimum");
/** x to the power of y; a number as y is differentiated as one. */
export const power: BinaryOperation<"power"> = binary("power", formulas.pow);

/** −x. */
export const negative: UnaryOperation = unary("negative", formulas.neg);
/** |x|. */
export const abs: UnaryOperation = unary("abs", formulas.abs);
/** e^x. */
export const exp: UnaryOperation = unary("exp", formulas.exp);
/** The natural logarithm. */
export const log: UnaryOperation = unary("log", formulas.log);
/** √x. */
export const sqrt: UnaryOperation = unary("sqrt", formulas.sqrt);
/** x². */
export const square: UnaryOperation = unary("square", (x) => formulas.mul(x, x));
/** The hyperbolic tangent. */
export const tanh: UnaryOperation = unary("tanh", formulas.tanh);
/** 1 / (1 + e^−x), as numbers: the layer `sigmoid` gives probabilities. */
export const sigmoid: UnaryOperation = unary("sigmoid", (x) =>
  formulas.div(1, formulas.add(1, formulas.exp(formulas.neg(x)))),
);
/** max(x, 0). */
export const relu: UnaryOperation = unary("relu", (x) => formulas.max(x, 0));

/**
 * Any formula of one tensor or several, as one kernel; the words of formulas are in `svertka/operator`. The operands are
 * its variables x0, x1, …; an axis of 1 stretches.
 *
 * @example
 * const y = ops.elementwise((x) => f.div(x, f.add(1, f.abs(x))), image) // Expr<[28, 28, 1]>
 */
export function elementwise<X extends Tensor>(formula: (x: Formula) => Formula, x: X): TensorLike<X, AxesOf<X>>;
export function elementwise<X extends Tensor, Y extends Tensor>(
  formula: (x: Formula, y: Formula) => Formula,
  x: X,
  y: Y & Guard<StretchedOut<"elementwise", X, Y>[Key<[AxesOf<X>, AxesOf<Y>]>]>,
): TensorLike<X | Y, StretchedOut<"elementwise", X, Y>[Key<[AxesOf<X>, AxesOf<Y>]>]>;
export function elementwise<Xs extends readonly [Tensor, Tensor, Tensor, ...Tensor[]]>(
  formula: (...variables: readonly Formula[]) => Formula,
  ...inputs: Xs
): TensorLike<Xs[number], StretchedAll<"elementwise", Xs>[Key<Xs>]>;
export function elementwise(
  formula: (...variables: readonly Formula[]) => Formula,
  ...inputs: readonly Tensor[]
): unknown {
  const written = formula(...inputs.map((_, index) => variable(index)));
  const read = [...variablesOf(written)];
  const problem = !isFormula(written)
    ? "elementwise: the function gave no formula: build it from its arguments with the words of svertka/operator"
    : read.length < inputs.length
      ? `elementwise: the formula reads ${read.length} of its ${inputs.length} operands: leave out the others`
      : undefined;
  const given: readonly Argument[] = [{ formula: written }, ...inputs.map((_, input) => ({ input }))];
  return problem === undefined
    ? formulaOf("elementwise", { formula: written, given }, inputs)
    : refusedOperation("elementwise", problem);
}
