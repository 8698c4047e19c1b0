/** Merges by element: two or more expressions of one shape become one. */
import type { LayerSpec } from "../ops/layer.js";
import type { MergeAll, MergeShape } from "../shape/merge.js";
import type { AsShape, Shape, ShapeError } from "../shape/shape.js";
import type { AnyExpr, Expr, ShapeOf } from "./expr.js";
import { applySpec, type Guard, type Key } from "./layer.js";

/** The shape of a merge, deferred while A or B is generic; see Out. */
export interface Merged<in out Name extends string, in out A, in out B, in out Stretch = "none"> {
  out: AsShape<MergeShape<Name, A, B, Stretch>>;
}

/** The shape of a merge of many, deferred likewise. */
export interface MergedAll<in out Name extends string, in out A, in out Others, in out Stretch = "none"> {
  out: AsShape<MergeAll<Name, A, Others, Stretch>>;
}

/** The sentence of the first expression that does not fit, by its place. */
type FirstError<Name extends string, A, Xs, Stretch, Seen extends unknown[] = []> = Xs extends readonly [
  infer X,
  ...infer Rest,
]
  ? MergeShape<Name, A, ShapeOf<X>, Stretch> extends infer T
    ? T extends ShapeError<infer M>
      ? { [Place in `${Seen["length"]}`]: M }
      : FirstError<Name, T, Rest, Stretch, [...Seen, X]>
    : never
  : Record<never, never>;
type At<Place, Errors> = Place extends keyof Errors ? Errors[Place] : unknown;
type ShapesOf<Xs> = { [I in keyof Xs]: ShapeOf<Xs[I]> };

/** Two expressions, no more; an axis of 1 stretches where Stretch is 1. */
export interface BinaryMerge<Name extends string, Stretch = "none"> {
  <A extends Shape, B extends Shape>(
    a: Expr<A>,
    b: Expr<B> & Guard<Merged<Name, A, B, Stretch>[Key<[A, B]>]>,
  ): Expr<Merged<Name, A, B, Stretch>[Key<[A, B]>]>;
}

/** Two expressions, or more; an axis of 1 stretches where Stretch is 1. */
export interface Merge<Name extends string, Stretch = "none"> {
  <A extends Shape, B extends Shape>(
    a: Expr<A>,
    b: Expr<B> & Guard<Merged<Name, A, B, Stretch>[Key<[A, B]>]>,
  ): Expr<Merged<Name, A, B, Stretch>[Key<[A, B]>]>;
  <A extends Shape, B extends Shape, C extends Shape, Others extends AnyExpr[]>(
    a: Expr<A>,
    b: Expr<B> & Guard<Merged<Name, A, B, Stretch>[Key<[A, B]>]>,
    c: Expr<C> & Guard<MergedAll<Name, A, [B, C], Stretch>[Key<[A, B, C]>]>,
    ...others: {
      [I in keyof Others]: Others[I] & At<I, FirstError<Name, MergeAll<Name, A, [B, C], Stretch>, Others, Stretch>>;
    }
  ): Expr<MergedAll<Name, A, [B, C, ...ShapesOf<Others>], Stretch>[Key<[A, B, C, Others]>]>;
}

/** How a merge takes its expressions: as arguments, or as one list. */
type Takes = "arguments" | "list";

/** Marks a function as a merge, so that it can be told from one that makes a layer of options. */
export const asMerge = <F extends object>(merge: F, takes: Takes): F => Object.assign(merge, { "~takes": takes });

/** How the function takes its expressions; undefined for one that is no merge. */
export const takesOf = (value: unknown): unknown =>
  typeof value === "function" && "~takes" in value ? value["~takes"] : undefined;

/** The merge that a specification describes. */
export const defineMerge = <Name extends string, Stretch = "none">(layer: LayerSpec): Merge<Name, Stretch> => {
  const merge = (...inputs: readonly AnyExpr[]): AnyExpr => applySpec(layer, inputs);
  // Sound where the specification's rule is mergeAll with that name and broadcasting; test/types compares them at random.
  return asMerge(merge, "arguments");
};

/** The merge of two that a specification describes. */
export const defineBinaryMerge = <Name extends string, Stretch = "none">(
  layer: LayerSpec,
): BinaryMerge<Name, Stretch> => defineMerge<Name, Stretch>(layer);
