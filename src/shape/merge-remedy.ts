/** What makes two shapes agree that a merge refuses: the layer, with its numbers, and where to put it. */
import type { CeilDiv, Div, Mod, Sub } from "./nat.js";
import type { Sides } from "./padding.js";
import type { Dim, Shape } from "./shape.js";
import { dimText, optionText, type DimText, type OptionText } from "./text.js";

const otherCells = <Rank extends number, Cells extends string, Larger extends string, Smaller extends string>(
  rank: Rank,
  cells: Cells,
  larger: Larger,
  smaller: Smaller,
) =>
  `use padding 'same', cropping${rank}d({ cropping: ${cells} }) on the ${larger} or zeroPadding${rank}d of as much on the ${smaller}` as const;
const otherStrides = <Rank extends number, Size extends string, Smaller extends string>(
  rank: Rank,
  size: Size,
  smaller: Smaller,
) => `use equal strides in both, or upSampling${rank}d({ size: ${size} }) on the ${smaller}` as const;
const otherFilters = <Rank extends number, Filters extends string>(rank: Rank, filters: Filters) =>
  `give both the same number of filters, as by conv${rank}d({ filters: ${filters}, kernelSize: 1 }) on the second` as const;
const otherUnits = <Units extends string>(units: Units) =>
  `give both the same size, as by dense({ units: ${units} }) on the second` as const;
const otherSize = "give both the same size" as const;

/** How many cells more, before and after; none where it is not known or not more. */
type More<Hi, Lo> =
  Sub<Hi, Lo> extends infer Cells
    ? [Cells] extends [never]
      ? [0, 0]
      : Cells extends number
        ? number extends Cells
          ? [0, 0]
          : [Div<Cells, 2>, CeilDiv<Cells, 2>]
        : [0, 0]
    : never;
const more = (hi: Dim, lo: Dim): Sides => {
  const cells = hi === null || lo === null ? 0 : Math.max(hi - lo, 0);
  return [Math.floor(cells / 2), Math.ceil(cells / 2)];
};

/** How often the smaller fits; 1 where it is not known, 0 where it does not fit. */
type Times<Hi, Lo> =
  Mod<Hi, Lo> extends infer Rest
    ? Rest extends 0
      ? Hi extends 0
        ? 0
        : Div<Hi, Lo>
      : Rest extends number
        ? number extends Rest
          ? 1
          : 0
        : 1
    : never;
const times = (hi: Dim, lo: Dim): number => (hi === null || lo === null ? 1 : hi % lo === 0 ? hi / lo : 0);

type Axes<S> = S extends readonly [...infer Spatial, unknown] ? Spatial : never;
type AllMore<Hi, Lo> = { -readonly [I in keyof Hi]: More<Hi[I], Lo[I & keyof Lo]> };
type AllTimes<Hi, Lo> = { -readonly [I in keyof Hi]: Times<Hi[I], Lo[I & keyof Lo]> };

/** [1, 1] as 1 */
type Collapsed<Item> = Item extends readonly [infer Before, infer After]
  ? After extends Before
    ? Before
    : Item
  : Item;
type AllCollapsed<Items> = { -readonly [I in keyof Items]: Collapsed<Items[I]> };
/** One number where all are equal; else a number for each axis, or [before, after] for each. */
type Shortest<Items> =
  AllCollapsed<Items> extends infer Numbers
    ? Numbers extends readonly [infer First, ...infer Others]
      ? Numbers extends readonly number[]
        ? Others extends readonly First[]
          ? OptionText<First>
          : OptionText<Numbers>
        : OptionText<Others extends readonly [] ? First : Items>
      : never
    : never;
const shortest = (items: readonly (number | Sides)[]): string => {
  const numbers = items.map((item) => (typeof item === "number" || item[0] !== item[1] ? item : item[0]));
  const [first] = numbers;
  if (numbers.some((item) => typeof item !== "number")) return optionText(items.length === 1 ? first : items);
  return optionText(numbers.every((item) => item === first) ? first : numbers);
};

type Place<IsFirst> = IsFirst extends true ? "first" : "second";
/** Hi and Lo are the axes, Rank their number, Larger the place of Hi. */
type SpatialRemedy<Hi, Lo, Rank extends number, IsFirst> =
  AllTimes<Hi, Lo> extends infer Factors extends readonly unknown[]
    ? 0 extends Factors[number]
      ? ReturnType<
          typeof otherCells<Rank, Shortest<AllMore<Hi, Lo>>, Place<IsFirst>, Place<IsFirst extends true ? false : true>>
        >
      : ReturnType<typeof otherStrides<Rank, Shortest<Factors>, Place<IsFirst extends true ? false : true>>>
    : never;

type RemedyOfRank<A extends Shape, B extends Shape, Index extends number, Rank> = Rank extends 0
  ? ReturnType<typeof otherUnits<DimText<A[Index]>>>
  : Rank extends 1 | 2 | 3
    ? Index extends Rank
      ? ReturnType<typeof otherFilters<Rank, DimText<A[Index]>>>
      : [Sub<A[Index], B[Index]>] extends [never]
        ? SpatialRemedy<Axes<B>, Axes<A>, Rank, false>
        : SpatialRemedy<Axes<A>, Axes<B>, Rank, true>
    : typeof otherSize;

/** The remedy for shapes A and B of as many axes that differ in that of the index. */
export type MergeRemedy<A extends Shape, B extends Shape, Index extends number> = RemedyOfRank<
  A,
  B,
  Index,
  Axes<A>["length"]
>;

/** Run-time twin of {@link MergeRemedy}. */
export const mergeRemedy = (a: Shape, b: Shape, index: number): string => {
  const rank = a.length - 1;
  const [x = null, y = null] = [a[index], b[index]];
  if (rank === 0) return otherUnits(dimText(x));
  if (rank > 3) return otherSize;
  if (index === rank) return otherFilters(rank, dimText(x));
  const isFirst = x !== null && y !== null && x >= y;
  const [hi, lo] = (isFirst ? [a, b] : [b, a]).map((shape) => shape.slice(0, rank));
  const pairs = (hi ?? []).map((dim, axis) => [dim, lo?.[axis] ?? null] as const);
  const factors = pairs.map(([large, small]) => times(large, small));
  const [larger, smaller] = isFirst ? (["first", "second"] as const) : (["second", "first"] as const);
  return factors.includes(0)
    ? otherCells(rank, shortest(pairs.map(([large, small]) => more(large, small))), larger, smaller)
    : otherStrides(rank, shortest(factors), smaller);
};
