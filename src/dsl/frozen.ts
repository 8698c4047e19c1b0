/** Layers whose weights training leaves as they are. */
import type { Shape } from "../shape/shape.js";
import type { Expr } from "./expr.js";
import {
  asFunction,
  asLayer,
  type AnyLayer,
  type Apply,
  type Describe,
  type ExprFunction,
  type Layer,
} from "./layer.js";
import { bodyOf } from "./named.js";
import { kindOf, makeExprOf } from "./probabilities.js";

/** A layer with weights that do not change. */
export interface Frozen<L extends AnyLayer> extends Layer<L["~kind"]> {
  readonly "~out": Apply<L, this["~in"], this["~strict"]>;
  readonly "~params": Describe<L, this["~in"]>;
}

/**
 * The same layer or block, whose weights training leaves as they are, under the same names. No gradient is computed for
 * what only they would need; batch normalisation inside normalises by its moving statistics, as in inference; dropout
 * still drops.
 *
 * Shape   that of the layer.
 * Params  those of the layer.
 * Cost    less: no gradients by its weights, and none before it where nothing there is trained.
 * Source  Keras's `layer.trainable = False`.
 *
 * @example
 * const net = model(pipe(input([32, 32, 3]), frozen(named("stem", stem)), flatten, dense({ units: 5 }), softmax))
 */
export function frozen<L extends AnyLayer>(layer: L): Frozen<L>;
export function frozen<A extends Shape, R extends Expr<Shape>>(f: (x: Expr<A>) => R): (x: Expr<A>) => R;
export function frozen(layer: AnyLayer | ExprFunction): unknown {
  return asLayer((argument, strict) => {
    const { placeholder, body } = bodyOf(asFunction(layer, strict), argument);
    return makeExprOf(kindOf(body), body.shape, { kind: "frozen", argument, placeholder, body });
  });
}
