/** Layers of one's own, made of operations, weights and other layers. */
import { isPoisoned, poisoned, type Shape } from "../shape/shape.js";
import { optionText } from "../shape/text.js";
import { makeExpr, type AnyExpr, type Expr } from "./expr.js";
import { asFunction, asLayer, type AnyLayer } from "./layer.js";
import { bodyOf } from "./named.js";
import { isPathPart } from "./param.js";
import { kindOf, makeExprOf } from "./probabilities.js";

const noName = (name: unknown): string =>
  `compose: ${optionText(name).slice(0, 40)} cannot name a layer: use a name that is not empty and has neither "/" nor ":"`;

/**
 * A layer from a function: what the function makes of its argument by operations (`ops`), weights (`parameter`) and other
 * layers is one layer, with one row in a summary. Its weights are called `<name>/…`, and `<name>_1/…` at its next application.
 * Gradients follow; nothing has to be written for them.
 *
 * Without a type argument it is a function of the same type, for `pipe`, `flow`, `named`, `share`, `frozen` and
 * `residualOf`. With one, `compose<L>(…)`, it is a layer of the type L, for `sequential`, `residual` and `chain` as well;
 * L then says the output's shape.
 *
 * Shape   that of the function's result.
 * Params  those that the function declares.
 * Cost    that of its operations; the compiler sees through it.
 * Errors  those of its operations; a name that is none.
 * Source  Keras's Layer with `build` and `call`; flax's `@nn.compact`.
 *
 * @example
 * const layerScale = compose("layerScale", <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
 *   ops.multiply(x, parameter([x.shape[2]], { name: "gamma", initializer: constant(1e-5) })))
 * const y = pipe(input([28, 28, 8]), layerScale) // Expr<[28, 28, 8]>, with the weight layerScale/gamma
 */
export function compose<A extends Shape, R extends Expr<Shape>>(name: string, f: (x: Expr<A>) => R): (x: Expr<A>) => R;
export function compose<L extends AnyLayer>(name: string, f: FunctionOfExpr): L;
export function compose(name: string, f: FunctionOfExpr): unknown {
  return asLayer((argument, strict) => {
    // A function that reads sizes of the argument's shape would find none in a sentence.
    if (isPoisoned(argument.shape)) return argument;
    if (!isPathPart(name)) return makeExpr(poisoned(noName(name)), argument["~node"]);
    const { placeholder, body } = bodyOf(asFunction(f, strict), argument);
    return makeExprOf(kindOf(body), body.shape, { kind: "named", composed: true, name, argument, placeholder, body });
  });
}

/** A function of one expression whose own type may ask for more axes: methods are compared both ways. */
type FunctionOfExpr = { of(x: Expr<Shape>): AnyExpr }["of"];
