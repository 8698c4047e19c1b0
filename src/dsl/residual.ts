/** A skip around layers: x + layers(x). */
import { mergeLayer } from "../ops/merge-layer.js";
import type { MergeShape } from "../shape/merge.js";
import type { Shape } from "../shape/shape.js";
import type { AnyExpr, Expr } from "./expr.js";
import { applySpec, asFunction, asLayer, type AnyLayer, type Guard, type Key, type Layer } from "./layer.js";
import type { InnerLayers } from "./layer-weights.js";
import type { Merged } from "./merge.js";
import { sequential, type ApplyAll } from "./sequential.js";

const addLayer = mergeLayer({ name: "add", spokenOf: "residual" });
const skip =
  (f: (x: AnyExpr) => AnyExpr) =>
  (x: AnyExpr): AnyExpr =>
    applySpec(addLayer, [x, f(x)]);

export interface Residual<Ls extends readonly AnyLayer[]> extends Layer {
  readonly "~out": MergeShape<"residual", this["~in"], ApplyAll<Ls, this["~in"], this["~strict"]>>;
  readonly "~params": InnerLayers<[Ls]>;
}

/**
 * x + layers(x), as one layer (He et al. 2015, arXiv:1512.03385).
 *
 * @example
 * const block = residual(conv2d({ filters: 64, kernelSize: 3, padding: "same" }), batchNormalization(), relu)
 */
export function residual<Ls extends AnyLayer[]>(...layers: Ls): Residual<Ls> {
  return asLayer((x, strict) => skip(asFunction(sequential(...layers), strict))(x));
}

/**
 * x + f(x) for any function of expressions: a `flow`, a lambda.
 *
 * @example
 * const block = residualOf(flow(conv2d({ filters: 64, kernelSize: 3, padding: "same" }), relu))
 */
export function residualOf<A extends Shape, B extends Shape>(
  f: (x: Expr<A>) => Expr<B> & Guard<Merged<"residual", A, B>[Key<[A, B]>]>,
): (x: Expr<A>) => Expr<Merged<"residual", A, B>[Key<[A, B]>]> {
  // Sound: the sum's shape is that of MergeShape, whose twin the layer's rule is.
  return skip(asFunction(f)) as unknown as (x: Expr<A>) => Expr<Merged<"residual", A, B>[Key<[A, B]>]>;
}
