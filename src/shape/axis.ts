/** Axes that people name by number: the batch is axis 0, and negative numbers count from the end, as in Keras. */
import type { Sub } from "./nat.js";
import type { Shape } from "./shape.js";

/** The place, from 0 and without the batch, of an axis; never when there is none. */
export type PlaceOf<Axis extends number, S extends Shape> = S["length"] extends infer Rank
  ? `${Axis}` extends `${string}.${string}` | `${string}e${string}`
    ? never
    : `${Axis}` extends `-${infer FromEnd extends number}`
      ? InRank<Sub<Rank, FromEnd>, S>
      : InRank<Sub<Axis, 1>, S>
  : never;
type InRank<Place, S extends Shape> = [Place] extends [number] ? (`${Place}` extends keyof S ? Place : never) : never;
/** Run-time twin of {@link PlaceOf}. */
export const placeOf = (axis: number, rank: number): number | undefined => {
  const place = axis < 0 ? rank + axis : axis - 1;
  return Number.isInteger(axis) && place >= 0 && place < rank ? place : undefined;
};

/** One axis, or some. */
export type AxesOption = number | readonly number[];

/** The places of different axes as a union: "none" where one is no axis or named twice, "wide" where only the run time knows. */
export type PlacesOf<Axes, S extends Shape> = Axes extends readonly number[]
  ? number extends Axes["length"]
    ? "wide"
    : PlacesIn<Axes, S>
  : PlacesIn<[Axes], S>;
type PlacesIn<Axes, S extends Shape, Done = never> = Axes extends readonly [infer Axis extends number, ...infer Rest]
  ? number extends Axis
    ? "wide"
    : [PlaceOf<Axis, S>] extends [never]
      ? "none"
      : [PlaceOf<Axis, S>] extends [Done]
        ? "none"
        : PlacesIn<Rest, S, Done | PlaceOf<Axis, S>>
  : Done;
/** Run-time twin of {@link PlacesOf}: ascending; undefined where one is no axis or named twice. */
export const placesOf = (axes: AxesOption, rank: number): readonly number[] | undefined => {
  const places = (typeof axes === "number" ? [axes] : axes).map((axis) => placeOf(axis, rank));
  const known = places.filter((place) => place !== undefined);
  return known.length === places.length && new Set(known).size === known.length
    ? known.toSorted((a, b) => a - b)
    : undefined;
};
