/** Weights that several applications have in common. */
import type { Shape } from "../shape/shape.js";
import type { Expr } from "./expr.js";
import { asFunction, asLayer, type AnyLayer, type Apply, type ExprFunction, type Layer } from "./layer.js";
import type { SharedWeights } from "./layer-weights.js";
import { bodyOf } from "./named.js";
import { kindOf, makeExprOf } from "./probabilities.js";

/** A layer with one set of weights. */
export interface Shared<L extends AnyLayer> extends Layer<L["~kind"]> {
  readonly "~out": Apply<L, this["~in"], this["~strict"]>;
  readonly "~params": SharedWeights<L>;
}

/**
 * A layer or block that keeps one set of weights wherever it is applied; without it every application has its own.
 *
 * @example
 * const tower = share(sequential(conv2d({ filters: 8, kernelSize: 3 }), relu))
 * const y = add(tower(left), tower(right))
 */
export function share<L extends AnyLayer>(layer: L): Shared<L>;
export function share<A extends Shape, R extends Expr<Shape>>(f: (x: Expr<A>) => R): (x: Expr<A>) => R;
export function share(layer: AnyLayer | ExprFunction): unknown {
  const token = {};
  return asLayer((argument, strict) => {
    const { placeholder, body } = bodyOf(asFunction(layer, strict), argument);
    return makeExprOf(kindOf(body), body.shape, { kind: "shared", token, argument, placeholder, body });
  });
}
