/** `pipe` for any number of layers. */
import type { AsShape, Shape, ShapeError } from "../shape/shape.js";
import type { AnyExpr, Expr } from "./expr.js";
import { asFunction, type AnyLayer, type Apply } from "./layer.js";
import type { ExprKinds } from "./probabilities.js";
import type { ApplyAll, LastKind } from "./sequential.js";

/** The sentence of the first layer that does not fit, by its place. */
type FirstError<S, Ls, Seen extends unknown[] = []> = Ls extends readonly [infer L, ...infer Rest]
  ? Apply<L, S> extends infer T
    ? T extends ShapeError<infer M>
      ? { [Place in `${Seen["length"]}`]: M }
      : FirstError<T, Rest, [...Seen, L]>
    : never
  : Record<never, never>;
type At<Place, Errors> = Place extends keyof Errors ? Errors[Place] : unknown;

/**
 * Applies layers one after the other: like fp-ts `pipe`, without its limit of nineteen, for layers only; an error is
 * reported at the layer that does not fit.
 *
 * @example
 * const logits = chain(input([28, 28, 1]), flatten, dense({ units: 10 })) // Expr<[10]>
 */
export function chain<S extends Shape, Ls extends AnyLayer[]>(
  x: Expr<S>,
  ...layers: { [I in keyof Ls]: Ls[I] & At<I, FirstError<S, Ls>> }
): ExprKinds<AsShape<ApplyAll<Ls, S>>>[LastKind<Ls>] {
  const all: readonly AnyLayer[] = layers;
  const result = all.reduce<AnyExpr>((value, layer) => asFunction(layer)(value), x);
  // Sound: each layer computes the shape and kind that its type declares; see asLayer.
  return result as ExprKinds<AsShape<ApplyAll<Ls, S>>>[LastKind<Ls>];
}
