/**
 * The path that was probably meant: one that has more scopes before the same, else the one that agrees longest from the
 * beginning; of several the first in order.
 */

/** Types: the nearest of the names in a union. */
export type NearestName<Name extends string, Names extends string> =
  Extract<Names, `${string}/${Name}`> extends infer Deeper extends string
    ? [Deeper] extends [never]
      ? Agreeing<Name, Names, "">
      : FirstInOrder<Deeper, "", Letters>
    : never;

type Agreeing<
  Rest extends string,
  Names extends string,
  Begin extends string,
> = Rest extends `${infer Letter}${infer More}`
  ? [Beginning<Names, `${Begin}${Letter}`>] extends [never]
    ? FirstInOrder<Names, Begin, Letters>
    : Agreeing<More, Beginning<Names, `${Begin}${Letter}`>, `${Begin}${Letter}`>
  : FirstInOrder<Names, Begin, Letters>;
type Beginning<Names, Begin extends string> = Extract<Names, `${Begin}${string}`>;

/** The letters of usual names in the order of their codes; a union of names is left where another one decides. */
type Letters = " -./0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
type FirstInOrder<Names extends string, Begin extends string, Untried extends string> = Begin extends Names
  ? Begin
  : Untried extends `${infer Letter}${infer More}`
    ? [Beginning<Names, `${Begin}${Letter}`>] extends [never]
      ? FirstInOrder<Names, Begin, More>
      : FirstInOrder<Beginning<Names, `${Begin}${Letter}`>, `${Begin}${Letter}`, Letters>
    : Names;

const agreement = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
};

/** Run-time twin of {@link NearestName}; undefined where there are no names. */
export const nearestName = (name: string, names: readonly string[]): string | undefined => {
  const deeper = names.filter((other) => other.endsWith(`/${name}`));
  if (deeper.length > 0) return deeper.toSorted(byCode)[0];
  const longest = Math.max(...names.map((other) => agreement(name, other)));
  return names.filter((other) => agreement(name, other) === longest).toSorted(byCode)[0];
};

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
