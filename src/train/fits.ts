/** Whether losses and metrics fit the model's outputs: in types, as far as they can know; the same sentences serve the run time. */
import type { NearestName } from "../dsl/nearest-name.js";
import type { Probabilities } from "../dsl/probabilities.js";
import type { Losses, MetricLists } from "./heads.js";
import type { Loss } from "./losses/loss.js";
import type { Metric } from "./metrics/metric.js";

export const logitsOfProbabilities =
  "loss: fromLogits is true, but the model ends in probabilities: drop its softmax or sigmoid, or fromLogits" as const;
export const oneClass =
  "metrics: one of them looks for the largest output, but the model has 1: use accuracy or binaryAccuracy" as const;
export const metricOfLogits =
  "metrics: one of them needs probabilities, but the loss says that the model gives logits: end it in softmax or sigmoid, without fromLogits" as const;
export const lossesNeeded =
  "loss: the model has several outputs: give one for each by its name, as { digit: meanSquaredError() }" as const;
export const metricsNeeded =
  "metrics: the model has several outputs: give a list for each by its name, as { digit: [accuracy()] }" as const;
export const nothingToChoose =
  "loss: the model has 1 output, and one class has nothing to choose from: give it an output per class, or use binaryCrossentropy" as const;
export const noSuchOutput = <Option extends string, Name extends string, Nearest extends string>(
  option: Option,
  name: Name,
  nearest: Nearest,
) => `${option}: the model has no output '${name}': perhaps '${nearest}' is meant` as const;
export const lossMissing = <Name extends string>(name: Name) =>
  `loss: none is given for the output '${name}': give one, or null where nothing is to be learned` as const;

/** What a model gives: an expression, or several by name. */
export type OutputOf<M> = M extends { readonly outputs: infer O } ? O : unknown;

/** Whether it is one expression, not several by name. */
export type IsOne<O> = O extends { readonly shape: unknown; readonly "~node": unknown } ? true : false;

/** The expression under a name; `unknown` where types do not know it. The only one of a model has a name too. */
type OutputAt<O, K> = IsOne<O> extends true ? (K extends "output" ? O : unknown) : K extends keyof O ? O[K] : unknown;

/** The names of outputs, as far as types know them. */
export type OutputNames<M> =
  unknown extends OutputOf<M> ? string : IsOne<OutputOf<M>> extends true ? "output" : keyof OutputOf<M> & string;

/** `unknown` for a loss that fits the expression, or where types do not know; else the sentence. */
type LossFitsOutput<X, L> =
  L extends Loss<infer In, infer Family>
    ? [In] extends ["logits"]
      ? X extends Probabilities<unknown>
        ? typeof logitsOfProbabilities
        : unknown
      : [Family] extends ["categorical"]
        ? IsOneColumn<X> extends true
          ? typeof nothingToChoose
          : unknown
        : unknown
    : unknown;

type StrangerTo<Names extends string, Given> = Exclude<keyof Given & string, Names>;

/** The sentence for a name that no output has; all are strings where types do not know. */
type NoSuchOutput<Option extends string, Names extends string, K> = K extends string
  ? ReturnType<typeof noSuchOutput<Option, K, NearestName<K, Names>>>
  : never;

/** `unknown` for losses that fit, or where types do not know; else the sentence, by output where there are several. */
export type LossFits<M, L extends Losses> = L extends Loss
  ? unknown extends OutputOf<M>
    ? unknown
    : IsOne<OutputOf<M>> extends true
      ? LossFitsOutput<OutputOf<M>, L>
      : IsSeveral<keyof OutputOf<M>> extends true
        ? typeof lossesNeeded
        : LossFitsOutput<OutputOf<M>[keyof OutputOf<M>], L>
  : LossesFit<OutputOf<M>, OutputNames<M>, L>;

type LossesFit<O, Names extends string, L> = string extends keyof L
  ? unknown
  : [StrangerTo<Names, L>] extends [never]
    ? string extends Names
      ? unknown
      : [Exclude<Names, keyof L>] extends [never]
        ? { readonly [K in keyof L]: LossFitsOutput<OutputAt<O, K>, L[K]> }
        : ReturnType<typeof lossMissing<Exclude<Names, keyof L>>>
    : { readonly [K in StrangerTo<Names, L>]: NoSuchOutput<"loss", Names, K> };

/** Whether a union has more than one member. */
type IsSeveral<U, Whole = U> = [U] extends [never]
  ? false
  : U extends unknown
    ? [Whole] extends [U]
      ? false
      : true
    : never;

type IsOneColumn<O> = O extends { readonly shape: readonly [...unknown[], infer Last] }
  ? [Last] extends [1]
    ? true
    : false
  : false;

type MetricFits<X, L, N> = [N] extends ["classes"]
  ? IsOneColumn<X> extends true
    ? typeof oneClass
    : unknown
  : [N] extends ["probabilities"]
    ? L extends Loss<infer In>
      ? [In] extends ["logits"]
        ? typeof metricOfLogits
        : unknown
      : unknown
    : unknown;

type ListFits<X, L, Ms extends readonly Metric[]> = { readonly [K in keyof Ms]: MetricFits<X, L, Ms[K]["needs"]> };

/** The loss of an output. */
export type LossAt<L, K> = L extends Loss ? L : K extends keyof L ? L[K] : unknown;

/** {@link LossFits}, metric by metric, by output where there are several. */
export type MetricsFit<M, L extends Losses, Ms extends MetricLists> =
  unknown extends OutputOf<M> ? unknown : MetricsFitKnown<M, L, Ms>;

type MetricsFitKnown<M, L extends Losses, Ms extends MetricLists> = Ms extends readonly Metric[]
  ? Ms extends readonly []
    ? unknown
    : IsOne<OutputOf<M>> extends true
      ? ListFits<OutputOf<M>, LossAt<L, "output">, Ms>
      : IsSeveral<keyof OutputOf<M>> extends true
        ? typeof metricsNeeded
        : ListFits<OutputOf<M>[keyof OutputOf<M>], LossAt<L, keyof OutputOf<M>>, Ms>
  : string extends keyof Ms
    ? unknown
    : [StrangerTo<OutputNames<M>, Ms>] extends [never]
      ? {
          readonly [K in keyof Ms]: Ms[K] extends readonly Metric[]
            ? ListFits<OutputAt<OutputOf<M>, K>, LossAt<L, K>, Ms[K]>
            : unknown;
        }
      : { readonly [K in StrangerTo<OutputNames<M>, Ms>]: NoSuchOutput<"metrics", OutputNames<M>, K> };
