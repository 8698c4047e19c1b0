/** Whether loss and metrics fit the model's output: in types, as far as they can know; the same sentences serve the run time. */
import type { Probabilities } from "../dsl/probabilities.js";
import type { Loss } from "./losses/loss.js";
import type { Metric } from "./metrics/metric.js";

export const logitsOfProbabilities =
  "loss: fromLogits is true, but the model ends in probabilities: drop its softmax or sigmoid, or fromLogits" as const;
export const oneClass =
  "metrics: one of them looks for the largest output, but the model has 1: use accuracy or binaryAccuracy" as const;
export const metricOfLogits =
  "metrics: one of them needs probabilities, but the loss says that the model gives logits: end it in softmax or sigmoid, without fromLogits" as const;

/** What a model gives: an expression, or several by name. */
type OutputOf<M> = M extends { readonly outputs: infer O } ? O : unknown;

/** `unknown` for a loss that fits, or where types do not know; else the sentence. */
export type LossFits<M, L extends Loss> = [L["input"]] extends ["logits"]
  ? OutputOf<M> extends Probabilities<unknown>
    ? typeof logitsOfProbabilities
    : unknown
  : unknown;

type HasOneOutput<O> = O extends { readonly shape: readonly [...unknown[], infer Last] }
  ? [Last] extends [1]
    ? true
    : false
  : false;

type MetricFits<M, L extends Loss, N> = [N] extends ["classes"]
  ? HasOneOutput<OutputOf<M>> extends true
    ? typeof oneClass
    : unknown
  : [N] extends ["probabilities"]
    ? [L["input"]] extends ["logits"]
      ? typeof metricOfLogits
      : unknown
    : unknown;

/** {@link LossFits}, metric by metric. */
export type MetricsFit<M, L extends Loss, Ms extends readonly Metric[]> = {
  readonly [K in keyof Ms]: MetricFits<M, L, Ms[K]["needs"]>;
};
