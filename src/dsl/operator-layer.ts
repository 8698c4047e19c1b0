/** Operators of the user's own in models; the expression carries the operator, and the graph takes it from there. */
import { typeText, f32, type TensorType } from "../compiler/ir/type.js";
import type { Attributes } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Operator } from "../ops/operator.js";
import type { Shape } from "../shape/shape.js";
import { isPoisoned } from "../shape/shape.js";
import { shapeText } from "../shape/text.js";
import type { Expr } from "./expr.js";
import { asLayer, type AnyLayer, type SameShape } from "./layer.js";
import { isParam, nodeOfParam } from "./param.js";
import { applyOperation, type Operation, type Tensor } from "./operations/operand.js";
import { stretchAll } from "./operations/stretch.js";

const isWord = (name: unknown): boolean => typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** The axes of the result, by the operator's own type rule; a formula stretches as all do. */
const ruleOf =
  (operator: Operator, inputs: readonly Tensor[], attrs: Attributes): Operation["rule"] =>
  (shapes): Either<string, Shape> => {
    const { name } = operator;
    if (!isWord(name))
      return E.left(
        `operator: '${String(name).slice(0, 40)}' cannot name an operator: use letters and digits, a letter first`,
      );
    const error = shapes.find(isPoisoned);
    if (error !== undefined) return E.left(error.error);
    const unknown = shapes.find((shape) => shape.includes(null));
    if (unknown !== undefined)
      return operator.formula === undefined
        ? E.left(
            `${name}: an axis of [${shapeText(unknown)}] is unknown, and its type rule needs numbers: give them in input(...)`,
          )
        : stretchAll(name, inputs, shapes);
    const types = shapes.map((shape, i) => {
      const tensor = inputs[i];
      const axes = shape.map(Number);
      return tensor !== undefined && isParam(tensor) ? f32(...axes) : f32("n", ...axes);
    });
    return pipe(
      operator.type(types, attrs),
      E.chain((type) => axesOfType(name, type, inputs.every(isParam))),
    );
  };

const axesOfType = (name: string, type: TensorType, isWeight: boolean): Either<string, Shape> => {
  const [first, ...rest] = type.shape;
  const axes = isWeight ? type.shape : rest;
  return type.dtype === "f32" && (isWeight || first === "n") && axes.every((dim) => typeof dim === "number")
    ? E.right(axes.map(Number))
    : E.left(
        `${name}: its result ${typeText(type)} does not keep the batch axis n in front: let its type rule keep it`,
      );
};

/**
 * An operator of one's own on expressions and weights. Types do not know its shape: say it by the type argument.
 *
 * Shape   that of the operator's type rule; S in types.
 * Params  none.
 * Errors  those of its type rule; a name that another operator has; an unknown axis, unless it has a formula.
 *
 * @example
 * const y = applyOperator<[28, 28, 1]>(squash, [input([28, 28, 1])])
 */
export function applyOperator<S extends Shape = Shape>(
  operator: Operator,
  inputs: readonly Tensor[],
  attrs: Attributes = {},
): Expr<S> {
  const y = applyOperation(
    {
      name: operator.name,
      options: attrs,
      operators: [operator],
      rule: ruleOf(operator, inputs, attrs),
      build: ({ emit }, values) => emit(operator.name, values, attrs),
    },
    inputs,
  );
  // The caller's word: S is what the operator's type rule gives on these inputs.
  return y as Expr<S>;
}

/**
 * An operator of one input as a layer; one that keeps the shape, as every formula does, unless L says otherwise.
 *
 * @example
 * const squash = operatorLayer(elementwise({ name: "squash", arity: 1, formula: () => f.div(f.x0, f.add(1, f.abs(f.x0))) }))
 * const y = pipe(input([28, 28, 1]), squash) // Expr<[28, 28, 1]>
 */
export function operatorLayer(operator: Operator, attrs?: Attributes): SameShape;
export function operatorLayer<L extends AnyLayer>(operator: Operator, attrs?: Attributes): L;
export function operatorLayer(operator: Operator, attrs: Attributes = {}): AnyLayer {
  return asLayer((x) => {
    const y = applyOperator(operator, [x], attrs);
    invariant(!isParam(y), "an expression gives an expression");
    return nodeOfParam(y);
  });
}
