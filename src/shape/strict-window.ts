/** Strict windows: an error where convolutions and poolings leave out cells of their input, in types and at run time. */
import type { At } from "./axis-options.js";
import {
  leftOver,
  mendedSides,
  mendedSize,
  skipped,
  type LeftOver,
  type MendedSides,
  type MendedSize,
  type Min,
  type Skipped,
  type WindowAxis,
} from "./left-out.js";
import type { Add, CeilDiv, Max, Sub } from "./nat.js";
import { brief, optionText, shapeText, type Brief, type DimText, type OptionText, type ShapeText } from "./text.js";
import type { Extent } from "./window.js";

/** What a cell of each axis is called, and several, by the number of axes. */
const cellNames = {
  1: [["step", "steps"]],
  2: [
    ["row", "rows"],
    ["column", "columns"],
  ],
  3: [
    ["plane", "planes"],
    ["row", "rows"],
    ["column", "columns"],
  ],
} as const;
type CellNames<Axes> = Axes extends readonly unknown[]
  ? (typeof cellNames)[Axes["length"] & keyof typeof cellNames]
  : never;

interface Facts<Layer, Word, Window, Strides, Drops> {
  readonly layer: Layer;
  /** What the window is called. */
  readonly word: Word;
  readonly window: Window;
  readonly strides: Strides;
  readonly drops: Drops;
}
const skips = <
  Layer extends string,
  Word extends string,
  Window extends string,
  Strides extends string,
  Drops extends string,
  Most extends string,
  Least extends string,
>(
  of: Facts<Layer, Word, Window, Strides, Drops>,
  most: Most,
  least: Least,
) =>
  `${of.layer}: ${of.word} ${of.window} with strides ${of.strides} drops ${of.drops}: use strides of at most ${most}, or a ${of.word} of at least ${least}` as const;
const endsEarly = <
  Layer extends string,
  Word extends string,
  Window extends string,
  Strides extends string,
  Drops extends string,
  Input extends string,
  Pads extends string,
  Size extends string,
>(
  of: Facts<Layer, Word, Window, Strides, Drops>,
  input: Input,
  pads: Pads,
  size: Size,
) =>
  `${of.layer}: ${of.word} ${of.window} with strides ${of.strides} drops ${of.drops} of input ${input}: use padding ${pads}, or an input of ${size}` as const;

const dropsBriefly = <Layer extends string, Word extends string, Strides extends string, Most extends string>(
  of: { readonly layer: Layer; readonly word: Word; readonly strides: Strides },
  most: Most,
) =>
  `${of.layer}: strides ${of.strides} drop cells between one ${of.word} and the next: use strides of at most ${most}` as const;
const endsBriefly = <Layer extends string, Window extends string, Strides extends string, Pads extends string>(
  of: { readonly layer: Layer; readonly window: Window; readonly strides: Strides },
  pads: Pads,
) => `${of.layer}: strides ${of.strides} of ${of.window} drop cells at the end: use padding ${pads}` as const;

/** `1 row`, `2 columns`, `1 of every 2 rows`; never where there is none. */
type CountText<N, Names> = N extends 0
  ? never
  : Names extends readonly [infer One extends string, infer Many extends string]
    ? `${DimText<N>} ${N extends 1 ? One : Many}`
    : never;
type EveryText<N, S, Names> = N extends 0
  ? never
  : Names extends readonly [unknown, infer Many extends string]
    ? `${DimText<N>} of every ${DimText<S>} ${Many}`
    : never;
/** Texts joined by "and", those that are never left out. */
type Joined<Texts, Done extends string = ""> = Texts extends readonly [infer Text, ...infer More]
  ? [Text] extends [never]
    ? Joined<More, Done>
    : Joined<More, Done extends "" ? Text & string : `${Done} and ${Text & string}`>
  : Done;
type Names = readonly [one: string, many: string];
const namesOf = (rank: number): readonly Names[] =>
  rank === 1 ? cellNames[1] : rank === 2 ? cellNames[2] : cellNames[3];
const joined = (
  axes: readonly WindowAxis[],
  countOf: (axis: WindowAxis) => number,
  textOf: (count: number, names: Names, axis: WindowAxis) => string,
): string =>
  namesOf(axes.length)
    .flatMap((names, i) => {
      const axis = axes[i];
      const count = axis === undefined ? 0 : countOf(axis);
      return axis === undefined || count === 0 ? [] : [textOf(count, names, axis)];
    })
    .join(" and ");

type SkipTexts<Axes, K, S, P, D> = {
  [I in keyof Axes]: EveryText<
    Skipped<Axes[I], At<K, I>, At<S, I>, At<P, I>, At<D, I>>,
    At<S, I>,
    At<CellNames<Axes>, I>
  >;
};
type RestTexts<Axes, K, S, P, D> = {
  [I in keyof Axes]: CountText<LeftOver<Axes[I], At<K, I>, At<S, I>, At<P, I>, At<D, I>>, At<CellNames<Axes>, I>>;
};
type AllMendedSides<Axes, K, S, P, D> = {
  [I in keyof Axes]: MendedSides<Axes[I], At<K, I>, At<S, I>, At<P, I>, At<D, I>>;
};
type AllMendedSizes<Axes, K, S, P, D> = {
  [I in keyof Axes]: MendedSize<Axes[I], At<K, I>, At<S, I>, At<P, I>, At<D, I>>;
};
type MostStrides<Axes, K, S, D> = { [I in keyof Axes]: Min<At<S, I>, Extent<At<K, I>, At<D, I>>> };
/** dilation · (kernel − 1) + 1 >= stride */
type LeastKernels<Axes, K, S, D> = {
  [I in keyof Axes]: Max<At<K, I>, Add<CeilDiv<Sub<At<S, I>, 1>, At<D, I>>, 1>>;
};
/** Around one axis [before, after], around several a list of these. */
type PadsText<Sides> = OptionText<Sides extends readonly [infer Only] ? Only : Sides>;

/** The sentence about cells that are left out; undefined where none are. The options are for all axes or one for each. */
export type StrictProblem<Layer extends string, Word extends string, Window extends string, Axes, K, S, P, D> =
  Joined<SkipTexts<Axes, K, S, P, D>> extends infer Skips extends string
    ? Skips extends ""
      ? Joined<RestTexts<Axes, K, S, P, D>> extends infer Rests extends string
        ? Rests extends ""
          ? undefined
          : Brief<
              ReturnType<
                typeof endsEarly<
                  Layer,
                  Word,
                  Window,
                  OptionText<S>,
                  Rests,
                  ShapeText<Axes>,
                  PadsText<AllMendedSides<Axes, K, S, P, D>>,
                  ShapeText<AllMendedSizes<Axes, K, S, P, D>>
                >
              >,
              ReturnType<typeof endsBriefly<Layer, Window, OptionText<S>, PadsText<AllMendedSides<Axes, K, S, P, D>>>>
            >
        : never
      : Brief<
          ReturnType<
            typeof skips<
              Layer,
              Word,
              Window,
              OptionText<S>,
              Skips,
              ShapeText<MostStrides<Axes, K, S, D>>,
              ShapeText<LeastKernels<Axes, K, S, D>>
            >
          >,
          ReturnType<typeof dropsBriefly<Layer, Word, OptionText<S>, ShapeText<MostStrides<Axes, K, S, D>>>>
        >
    : never;

/** Run-time twin of {@link StrictProblem}; the window as text, `3x3 dilated by 2`, and the strides as they were given. */
export const strictProblem = (
  of: { readonly layer: string; readonly word: string; readonly window: string; readonly strides: unknown },
  axes: readonly WindowAxis[],
): string | undefined => {
  const facts = { ...of, strides: optionText(of.strides) };
  const skipTexts = joined(axes, skipped, (count, names, { stride }) => `${count} of every ${stride} ${names[1]}`);
  if (skipTexts !== "") {
    const most = shapeText(axes.map(({ stride, reach }) => Math.min(stride, reach)));
    const least = shapeText(
      axes.map(({ kernel, stride, dilation }) => Math.max(kernel, Math.ceil((stride - 1) / dilation) + 1)),
    );
    return brief(skips({ ...facts, drops: skipTexts }, most, least), dropsBriefly(facts, most));
  }
  const drops = joined(axes, leftOver, (count, [one, many]) => `${count} ${count === 1 ? one : many}`);
  if (drops === "") return undefined;
  const sides = axes.map(mendedSides);
  const pads = optionText(sides.length === 1 ? sides[0] : sides);
  const input = shapeText(axes.map(({ size }) => size));
  const full = endsEarly({ ...facts, drops }, input, pads, shapeText(axes.map(mendedSize)));
  return brief(full, endsBriefly(facts, pads));
};
