/** Axes by number, as the tensor has them: axis 0 of an expression is the batch, of a weight it is its first; −1 is the last. */
import type { Sub } from "../../shape/nat.js";
import type { Shape } from "../../shape/shape.js";
import { isParam } from "../param.js";
import type { HasBatch, Tensor } from "./operand.js";

/** The number of the first axis that a shape shows. */
export type FirstAxis<X> = X extends HasBatch ? 1 : 0;
export const firstAxisOf = (x: Tensor): 0 | 1 => (isParam(x) ? 0 : 1);

/** The place in the shape of an axis; never when there is none. */
type PlaceOf<Axis extends number, S extends Shape, First extends 0 | 1> = `${Axis}` extends
  | `${string}.${string}`
  | `${string}e${string}`
  ? never
  : `${Axis}` extends `-${infer FromEnd extends number}`
    ? InRank<Sub<S["length"], FromEnd>, S>
    : InRank<Sub<Axis, First>, S>;
type InRank<Place, S extends Shape> = [Place] extends [number] ? (`${Place}` extends keyof S ? Place : never) : never;

/** The places of different axes, in order: "none" where one is no axis or named twice, "wide" where only the run time knows. */
export type PlacesOf<Axes, S extends Shape, First extends 0 | 1> = Axes extends readonly number[]
  ? number extends Axes["length"] | S["length"]
    ? "wide"
    : PlacesIn<Axes, S, First>
  : "none";
type PlacesIn<Axes, S extends Shape, First extends 0 | 1, Done extends unknown[] = []> = Axes extends readonly [
  infer Axis extends number,
  ...infer Rest,
]
  ? number extends Axis
    ? "wide"
    : [PlaceOf<Axis, S, First>] extends [never]
      ? "none"
      : PlaceOf<Axis, S, First> extends Done[number]
        ? "none"
        : PlacesIn<Rest, S, First, [...Done, PlaceOf<Axis, S, First>]>
  : Done;
/** Run-time twin of {@link PlacesOf}; undefined where types say "none". Files are run without a type check. */
export const placesOf = (axes: readonly number[], rank: number, first: 0 | 1): readonly number[] | undefined => {
  if (!Array.isArray(axes)) return undefined;
  const places = axes.map((axis: number) => (axis < 0 ? rank + axis : axis - first));
  const known = places.filter((place) => Number.isInteger(place) && place >= 0 && place < rank);
  return known.length === places.length && new Set(known).size === known.length ? known : undefined;
};
