/** Convolutions in groups: the groups must divide the channels and the filters. */
import type { Differ, Mod } from "./nat.js";
import type { Dim } from "./shape.js";
import { dimText, type DimText } from "./text.js";

const notDivisible = <Layer extends string, What extends string, Count extends string, Groups extends string>(of: {
  readonly layer: Layer;
  readonly what: What;
  readonly count: Count;
  readonly groups: Groups;
}) =>
  `${of.layer}: ${of.what} ${of.count} are not divisible by groups ${of.groups}: use groups that divide both channels and filters` as const;

/** The sentence about groups that do not divide; undefined when they do, or when types cannot know. */
export type GroupsProblem<Layer extends string, C, F, G> = G extends 1
  ? undefined
  : Differ<Mod<C, G>, 0> extends true
    ? ReturnType<typeof notDivisible<Layer, "input channels", DimText<C>, DimText<G>>>
    : Differ<Mod<F, G>, 0> extends true
      ? ReturnType<typeof notDivisible<Layer, "filters", DimText<F>, DimText<G>>>
      : undefined;
/** Run-time twin of {@link GroupsProblem}. */
export const groupsProblem = (
  layer: string,
  { channels, filters, groups }: { readonly channels: Dim; readonly filters: number; readonly groups: number },
): string | undefined =>
  channels !== null && channels % groups !== 0
    ? notDivisible({ layer, what: "input channels", count: dimText(channels), groups: dimText(groups) })
    : filters % groups !== 0
      ? notDivisible({ layer, what: "filters", count: dimText(filters), groups: dimText(groups) })
      : undefined;
