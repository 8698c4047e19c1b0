/** The names and shapes of a model's weights, as types. The run-time twin is `toGraph`, which names them. */
import type { ShapeOf } from "./expr.js";
import type { Apply, Describe } from "./layer.js";
import type { InnerLayers, InScope, OwnWeights, SharedWeights, SomeWeights } from "./layer-weights.js";
import type { Add } from "../shape/nat.js";
import type { Model } from "./model.js";

/** Weights whose names types cannot know. */
export type AnyParams = Readonly<Record<string, readonly number[]>>;

/**
 * Every weight of a model by its path, with its shape; moving statistics too. Types know them where the model was made
 * of an input and a layer, `model(input(…), sequential(…))`; else, and where a layer inside does not tell its weights,
 * it is a plain record, which `svertka summary MODEL --types` writes out.
 *
 * @example
 * const net = model(input([784]), named("head", dense({ units: 10 })))
 * type Weights = Params<typeof net> // { "head/dense/kernel": [784, 10]; "head/dense/bias": [10] }
 */
export type Params<M> =
  M extends Model<infer I, infer _O, infer L>
    ? Visit<L, ShapeOf<I>, Start, "", never> extends infer W
      ? W extends Walked
        ? { [P in W[2] as P extends Entry ? P[0] : never]: P extends Entry ? P[1] : never }
        : AnyParams
      : never
    : AnyParams;

/** A weight: its path and its shape. */
type Entry = readonly [string, unknown];
/** What was found so far: names that are taken in the scope with the number that follows on each, shared layers, weights. All three are unions. */
type Walked = readonly [taken: unknown, shared: unknown, entries: unknown];
type Start = readonly [never, never, never];

/** The walk after layer L on shape S, or `unknown` where L does not tell its weights; Without are names to leave out. */
type Visit<L, S, W, Path extends string, Without> =
  Describe<L, S> extends infer D
    ? [D] extends [never]
      ? unknown
      : D extends OwnWeights<infer Word, infer Shapes>
        ? Own<Word, Shapes, W, Path, Without>
        : D extends InnerLayers<infer Branches>
          ? VisitBranches<Branches, S, W, Path>
          : D extends SomeWeights<infer Name, infer Inner>
            ? string extends Name
              ? unknown
              : Visit<Inner, S, W, Path, Without | Name>
            : D extends InScope<infer Name, infer Inner>
              ? Scoped<Name, Visit<Inner, S, Inside<W>, `${Path}${Name}/`, Without>, W>
              : D extends SharedWeights<infer Inner>
                ? VisitShared<Inner, S, W, Path>
                : unknown
    : never;

/** One branch after the other, all on the same shape. */
type VisitBranches<Branches, S, W, Path extends string> = Branches extends readonly [infer Ls, ...infer Rest]
  ? VisitAll<Ls, S, W, Path> extends infer T extends Walked
    ? VisitBranches<Rest, S, T, Path>
    : unknown
  : Branches extends readonly []
    ? W
    : unknown;

type VisitAll<Ls, S, W, Path extends string> = Ls extends readonly [infer L, ...infer Rest]
  ? Visit<L, S, W, Path, never> extends infer T extends Walked
    ? VisitAll<Rest, Apply<L, S>, T, Path>
    : unknown
  : Ls extends readonly []
    ? W
    : unknown;

/** A scope begins without names. */
type Inside<W> = W extends Walked ? readonly [never, W[1], W[2]] : never;
type Scoped<Name extends string, Inner, W> = string extends Name
  ? unknown
  : Inner extends Walked
    ? W extends Walked
      ? readonly [W[0] | readonly [Name, 1], Inner[1], Inner[2]]
      : never
    : unknown;

/**
 * Two shared layers of one type may be one layer or two, which types cannot tell, unless they are `named`: two of one name
 * in one scope are an error, so that the second application has the first one's weights.
 */
type VisitShared<L, S, W, Path extends string> = W extends Walked
  ? readonly [L, Path] extends W[1]
    ? Describe<L, S> extends InScope<infer _Name, infer _L>
      ? W
      : unknown
    : [Extract<W[1], readonly [L, unknown]>] extends [never]
      ? Visit<L, S, readonly [W[0], W[1] | readonly [L, Path], W[2]], Path, never>
      : unknown
  : never;

type Own<Word extends string, Shapes, W, Path extends string, Without> = W extends Walked
  ? FreeName<Word, CountOf<Word, W[0]>, W[0]> extends readonly [infer Count, infer Name extends string]
    ? readonly [
        Exclude<W[0], readonly [Word, unknown]> | readonly [Word, Add<Count, 1>],
        W[1],
        W[2] | Entries<`${Path}${Name}`, Shapes, Without>,
      ]
    : never
  : never;
type Entries<Layer extends string, Shapes, Without> = {
  [Name in keyof Shapes & string]: readonly [`${Layer}/${Name}`, Shapes[Name]];
}[Exclude<keyof Shapes & string, Without>];

/** How many names were counted on the word. */
type CountOf<Word, T> = T extends readonly [Word, infer Count] ? Count : never;
/** `conv2d`, `conv2d_1`, … with its number; it goes past names that are taken by `named`. See `uniqueName`. */
type FreeName<Word extends string, Count, T> = [Count] extends [never]
  ? readonly [0, Word]
  : Count extends number
    ? [CountOf<`${Word}_${Count}`, T>] extends [never]
      ? readonly [Count, `${Word}_${Count}`]
      : FreeName<Word, Add<Count, 1>, T>
    : never;
