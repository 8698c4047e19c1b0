/** Scopes of names: the weights of the layers inside begin with the scope's name. */
import { isPoisoned, poisoned, type Shape } from "../shape/shape.js";
import { makeExpr, type AnyExpr, type Expr } from "./expr.js";
import { asFunction, asLayer, type AnyLayer, type Apply, type ExprFunction, type Layer } from "./layer.js";
import type { InScope } from "./layer-weights.js";
import { kindOf, makeExprOf } from "./probabilities.js";

/** A layer in a scope of its own. */
export interface Named<Name extends string, L extends AnyLayer> extends Layer<L["~kind"]> {
  readonly "~out": Apply<L, this["~in"], this["~strict"]>;
  readonly "~params": InScope<Name, L>;
}

/**
 * Opens a scope: inside `named("stem", layer)` the weights are called `stem/conv2d/kernel` and so on.
 *
 * @example
 * const stem = named("stem", sequential(conv2d({ filters: 64, kernelSize: 7, strides: 2 }), relu))
 */
export function named<const Name extends string, L extends AnyLayer>(name: Name, layer: L): Named<Name, L>;
export function named<A extends Shape, R extends Expr<Shape>>(name: string, f: (x: Expr<A>) => R): (x: Expr<A>) => R;
export function named(name: string, layer: AnyLayer | ExprFunction): unknown {
  return asLayer((argument, strict) => {
    const { placeholder, body } = bodyOf(asFunction(layer, strict), argument);
    const shape = inScope(name, argument.shape, body.shape);
    return makeExprOf(kindOf(body), shape, { kind: "named", name, argument, placeholder, body });
  });
}

/** A layer applied to a fresh stand-in for its argument, so that its weights can be told from those outside. */
export const bodyOf = (
  layer: (x: AnyExpr) => AnyExpr,
  argument: AnyExpr,
): { readonly placeholder: AnyExpr; readonly body: AnyExpr } => {
  const placeholder = makeExpr(argument.shape, { kind: "placeholder" });
  return { placeholder, body: layer(placeholder) };
};

/** The shape of the body; a sentence that arose inside says where. */
export const inScope = (name: string, outside: Shape, inside: Shape): Shape =>
  isPoisoned(inside) && !isPoisoned(outside)
    ? poisoned(inside.error, inside.where === "" ? name : `${name}/${inside.where}`)
    : inside;
