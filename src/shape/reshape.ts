/** The shape rule of reshape: as many elements as before, one axis may be left to be found. */
import { E, type Either } from "../fp.js";
import type { Differ, Div, Mod } from "./nat.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { allSizes, type BadSizes } from "./size.js";
import { dimText, optionText, shapeText, type DimText, type OptionText, type ShapeText } from "./text.js";
import { tooMany, volume, type TooMany, type Volume } from "./volume.js";

const noTargetSize = <Target extends string>(target: Target) =>
  `reshape: targetShape ${target} has an axis that is no size: use whole numbers from 1 to 999999999, or one -1` as const;
const manyUnknown = <Target extends string>(target: Target) =>
  `reshape: targetShape ${target} leaves more than one axis to be found: use at most one -1` as const;
const otherCount = <Text extends string, Count extends string, Target extends string, TargetCount extends string>(of: {
  readonly text: Text;
  readonly count: Count;
  readonly target: Target;
  readonly targetCount: TargetCount;
}) =>
  `reshape: [${of.text}] has ${of.count} elements, targetShape ${of.target} has ${of.targetCount}: use -1 for one axis, or sizes whose product is ${of.count}` as const;
const noMultiple = <Text extends string, Count extends string, Target extends string>(
  text: Text,
  count: Count,
  target: Target,
) =>
  `reshape: [${text}] has ${count} elements, which do not fill targetShape ${target}: use sizes whose product divides ${count}` as const;

/** The target with another number where it says -1. */
type Found<T, N> = { -readonly [I in keyof T]: T[I] extends -1 ? N : T[I] };
const found = (target: readonly number[], dim: Dim): Shape => target.map((item) => (item === -1 ? dim : item));
/** The target without a -1, unless a wide number of it is one and what is left is unknown. */
type Written<T, Count> = { -readonly [I in keyof T]: number extends T[I] ? (Count extends null ? Dim : number) : T[I] };
type Unknowns<T, Seen extends unknown[] = []> = T extends readonly [infer Head, ...infer Tail]
  ? Unknowns<Tail, Head extends -1 ? [...Seen, Head] : Seen>
  : Seen["length"];

/** The target shape, or the sentence. */
export type ReshapedShape<S, T> =
  S extends ShapeError<string>
    ? S
    : [BadSizes<Found<T, 1>, 1>] extends [never]
      ? Unknowns<T> extends 0 | 1
        ? Reshaped<S, T, Volume<S>, Volume<Found<T, 1>>, Unknowns<T>>
        : ShapeError<ReturnType<typeof manyUnknown<OptionText<T>>>>
      : ShapeError<ReturnType<typeof noTargetSize<OptionText<T>>>>;
type Reshaped<S, T, Count, TargetCount, Wild> = Count extends "many"
  ? ShapeError<TooMany<"reshape", S>>
  : TargetCount extends "many"
    ? ShapeError<TooMany<"reshape", Found<T, 1>>>
    : Wild extends 0
      ? Differ<Count, TargetCount> extends true
        ? ShapeError<ReturnType<typeof otherCount<ShapeText<S>, DimText<Count>, OptionText<T>, DimText<TargetCount>>>>
        : Written<T, Count>
      : Differ<Mod<Count, TargetCount>, 0> extends true
        ? ShapeError<ReturnType<typeof noMultiple<ShapeText<S>, DimText<Count>, OptionText<T>>>>
        : Found<T, Div<Count, TargetCount>>;

/** Run-time twin of {@link ReshapedShape}. */
export const reshapedShape = (shape: Shape, target: readonly number[]): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  const written = optionText(target);
  if (!Array.isArray(target) || !allSizes(found(target, 1), 1)) return E.left(noTargetSize(written));
  const unknowns = target.filter((dim) => dim === -1).length;
  if (unknowns > 1) return E.left(manyUnknown(written));
  const count = volume(shape);
  const targetCount = volume(found(target, 1));
  if (count === "many") return E.left(tooMany("reshape", shape));
  if (targetCount === "many") return E.left(tooMany("reshape", found(target, 1)));
  const text = shapeText(shape);
  if (count === null || targetCount === null) return E.right(found(target, null));
  if (unknowns === 1)
    return count % targetCount === 0
      ? E.right(found(target, count / targetCount))
      : E.left(noMultiple(text, dimText(count), written));
  return count === targetCount
    ? E.right(found(target, null))
    : E.left(otherCount({ text, count: dimText(count), target: written, targetCount: dimText(targetCount) }));
};
