/** Heads: what is learned at each output of a model, from what the user says once or by output name. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { nearestName } from "../dsl/nearest-name.js";
import { lossMissing, lossesNeeded, metricsNeeded, noSuchOutput } from "./fits.js";
import type { Loss } from "./losses/loss.js";
import type { Metric, Tracked } from "./metrics/metric.js";
import { notNegative } from "./options.js";

/** One loss, or one for each output by name; `null` for an output that nothing is learned at. */
export type Losses = Loss | LossesByOutput;
export type LossesByOutput = Readonly<Record<string, Loss | null>>;

/** Metrics of the only output, or of some outputs by name. */
export type MetricLists = readonly Metric[] | MetricsByOutput;
export type MetricsByOutput = Readonly<Record<string, readonly Metric[]>>;

/** What a step is for, in the user's words. */
export interface Aims {
  readonly loss: Losses;
  readonly metrics?: MetricLists | undefined;
  /** Metrics that weigh examples as the loss does; Keras's `weighted_metrics`. */
  readonly weightedMetrics?: MetricLists | undefined;
  /** By output name; 1 where not given. */
  readonly lossWeights?: Readonly<Record<string, number | undefined>> | undefined;
}

export interface HeadMetric {
  /** In results: with the output's name before it where there are several outputs. */
  readonly name: string;
  readonly metric: Metric;
  readonly weighted: boolean;
}

/** An output with a loss. */
export interface Head {
  readonly output: string;
  readonly loss: Loss;
  /** What its loss is multiplied by in the sum of all. */
  readonly weight: number;
  readonly metrics: readonly HeadMetric[];
  /** The name of its loss in results; undefined where it is the only one and the whole loss says the same. */
  readonly lossName: string | undefined;
}

/** Whether it is one loss, not losses by output name. */
export const isLoss = (given: Losses): given is Loss => "kind" in given && given.kind === "loss";

const isList = (given: MetricLists): given is readonly Metric[] => Array.isArray(given);

/** The heads of a model with these outputs, in their order; at least one. */
export const headsOf = (outputs: readonly string[], aims: Aims): Either<SvertkaError, readonly Head[]> => {
  const losses = lossesOf(outputs, aims.loss);
  if (E.isLeft(losses)) return losses;
  const learned = outputs.filter((name) => (losses.right[name] ?? null) !== null);
  const metrics = listsOf("metrics", aims.metrics ?? [], outputs, learned);
  if (E.isLeft(metrics)) return metrics;
  const weighted = listsOf("weightedMetrics", aims.weightedMetrics ?? [], outputs, learned);
  if (E.isLeft(weighted)) return weighted;
  const problem = weightsProblem(aims.lossWeights ?? {}, outputs, learned);
  if (problem !== undefined) return fail("BadOption", "lossWeights", problem);
  const before = (output: string): string => (outputs.length > 1 ? `${output}_` : "");
  const named =
    (output: string, isWeighted: boolean) =>
    (metric: Metric): HeadMetric => ({ name: `${before(output)}${metric.name}`, metric, weighted: isWeighted });
  return E.right(
    learned.flatMap((output) => {
      const loss = losses.right[output] ?? null;
      return loss === null
        ? []
        : [
            {
              output,
              loss,
              weight: aims.lossWeights?.[output] ?? 1,
              metrics: [
                ...(metrics.right[output] ?? []).map(named(output, false)),
                ...(weighted.right[output] ?? []).map(named(output, true)),
              ],
              lossName: learned.length > 1 ? `${output}_loss` : undefined,
            },
          ];
    }),
  );
};

const lossesOf = (outputs: readonly string[], given: Losses): Either<SvertkaError, LossesByOutput> => {
  const bad = (sentence: string): Either<SvertkaError, never> => fail("BadOption", "loss", sentence);
  const [only = "output"] = outputs;
  if (isLoss(given)) return outputs.length > 1 ? bad(lossesNeeded) : E.right({ [only]: given });
  const stranger = Object.keys(given).find((name) => !outputs.includes(name));
  if (stranger !== undefined) return bad(noSuchOutput("loss", stranger, nearestName(stranger, outputs) ?? ""));
  const missing = outputs.find((name) => given[name] === undefined);
  if (missing !== undefined) return bad(lossMissing(missing));
  return Object.values(given).every((loss) => loss === null)
    ? bad("loss: it is null for every output: give a loss for at least one")
    : E.right(given);
};

const listsOf = (
  option: "metrics" | "weightedMetrics",
  given: MetricLists,
  ...[outputs, learned]: readonly [readonly string[], readonly string[]]
): Either<SvertkaError, MetricsByOutput> => {
  const bad = (sentence: string): Either<SvertkaError, never> => fail("BadOption", option, sentence);
  const [only = "output"] = outputs;
  if (isList(given)) return outputs.length > 1 && given.length > 0 ? bad(metricsNeeded) : E.right({ [only]: given });
  const stranger = Object.keys(given).find((name) => !outputs.includes(name));
  if (stranger !== undefined) return bad(noSuchOutput(option, stranger, nearestName(stranger, outputs) ?? ""));
  const idle = Object.keys(given).find((name) => (given[name] ?? []).length > 0 && !learned.includes(name));
  return idle === undefined
    ? E.right(given)
    : bad(`${option}: the output '${idle}' has no loss, which says what its labels are: give it one, of weight 0`);
};

const weightsProblem = (
  given: Readonly<Record<string, number | undefined>>,
  outputs: readonly string[],
  learned: readonly string[],
): string | undefined => {
  const rule = notNegative(0.5);
  for (const [name, weight] of Object.entries(given)) {
    if (!outputs.includes(name)) return noSuchOutput("lossWeights", name, nearestName(name, outputs) ?? "");
    if (weight === undefined) continue;
    if (!learned.includes(name)) return `lossWeights: the output '${name}' has no loss to weigh: leave it out`;
    if (!rule.holds(weight))
      return `lossWeights: the weight ${weight} of '${name}' is not ${rule.says}: use ${rule.example}`;
  }
  return undefined;
};

/** What results hold beside the whole loss: the losses of several outputs, then the metrics. */
export const trackedOf = (heads: readonly Head[]): readonly Tracked[] => [
  ...heads.flatMap(({ lossName }) => (lossName === undefined ? [] : [meanLoss(lossName)])),
  ...heads.flatMap(({ metrics }) =>
    metrics.map(({ name, metric: { better, value } }): Tracked => ({ name, better, value })),
  ),
];

const meanLoss = (name: string): Tracked => ({
  name,
  better: "smaller",
  value: ([sum = Number.NaN], examples) => sum / examples,
});

/** What is learned, in one line: of two runs with different lines one cannot go on as the other. */
export const lossText = (given: Losses, weights: Aims["lossWeights"] = {}): string =>
  isLoss(given)
    ? given.name
    : Object.entries(given)
        .map(([output, loss]) => `${output}: ${loss?.name ?? "none"}${weightText(weights[output])}`)
        .join(", ");

const weightText = (weight = 1): string => (weight === 1 ? "" : ` x ${weight}`);
