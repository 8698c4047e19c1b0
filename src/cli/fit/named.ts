/** Losses, metrics, optimisers and schedules of the command line: Keras's names, and options as `key=value`. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import { lossNamed, metricNamed, optimizerNamed, scheduleNamed, type NamedOptions } from "../../train/by-name.js";
import type { ClassWeights } from "../../train/class-weights.js";
import type { Aims, Losses, MetricLists } from "../../train/heads.js";
import type { Loss } from "../../train/losses/index.js";
import type { Metric } from "../../train/metrics/index.js";
import type { Optimizer } from "../../train/optimizers/index.js";
import { listFlag, numberFlag, textFlag, type Flags } from "../flags.js";
import { namedText, type NamedText } from "./by-name.js";

/** Options that are lists, also where one value is given. */
const lists = new Set(["boundaries", "values", "exclude_from_weight_decay"]);

const scalar = (text: string): unknown => {
  const word = text.trim();
  if (/^(?:true|false)$/i.test(word)) return word.toLowerCase() === "true";
  if (/^(?:none|null)$/i.test(word)) return null;
  return word !== "" && Number.isFinite(Number(word)) ? Number(word) : word;
};

/** `0.1`, `true`, `100,200`; brackets around a list are taken too. */
const valueOf = (key: string, text: string): unknown => {
  const inside = /^\[(.*)\]$/s.exec(text.trim())?.[1] ?? text;
  return lists.has(key) || inside !== text || inside.includes(",")
    ? inside
        .split(",")
        .filter((word) => word.trim() !== "")
        .map(scalar)
    : scalar(text);
};

const pairs = (flag: string, texts: readonly string[]): Either<SvertkaError, ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const text of texts) {
    const [, key, value] = /^\s*([^=]+?)\s*=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined)
      return fail(
        "BadOption",
        flag,
        `${JSON.stringify(text.slice(0, 40))} is no option with a value: give it as name=value`,
      );
    if (found.has(key)) return fail("BadOption", flag, `'${key.slice(0, 40)}' is given twice: leave one out`);
    found.set(key, value);
  }
  return E.right(found);
};

/** The options of a repeated flag such as `--loss-option`. */
const optionsOf = (flags: Flags, name: string, flag: string): Either<SvertkaError, NamedOptions> =>
  pipe(
    pairs(flag, listFlag(flags, name)),
    E.map((found) => Object.fromEntries([...found].map(([key, value]) => [key, valueOf(key, value)]))),
  );

/** `--loss`, one or by output name; `--loss-option` of the one, or with the output's name before it: `digit.label_smoothing=0.1`. */
const lossesOf = (flags: Flags): Either<SvertkaError, Losses> => {
  const options = optionsOf(flags, "lossOption", "--loss-option");
  if (E.isLeft(options)) return options;
  const given = listFlag(flags, "loss").map(namedText);
  const last = given.at(-1);
  if (last?.name === undefined) return lossNamed(last?.value ?? "", options.right);
  const losses: Record<string, Loss> = {};
  for (const { name, value } of given) {
    if (name === undefined)
      return fail("BadOption", "--loss", `'${value.slice(0, 40)}' is for no output: give each as NAME=LOSS`);
    const loss = lossNamed(value, ofOutput(options.right, name));
    if (E.isLeft(loss)) return loss;
    losses[name] = loss.right;
  }
  const idle = Object.keys(options.right).find((key) => losses[key.split(".")[0] ?? ""] === undefined);
  return idle === undefined
    ? E.right(losses)
    : fail(
        "BadOption",
        "--loss-option",
        `'${idle.slice(0, 40)}' is for no loss: give it as OUTPUT.${idle.slice(0, 40)}=…`,
      );
};

const ofOutput = (options: NamedOptions, output: string): NamedOptions =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) =>
      key.startsWith(`${output}.`) ? [[key.slice(output.length + 1), value]] : [],
    ),
  );

/** `--metric`, a list or by output name. */
const metricsOf = (flags: Flags, flag: "metric" | "weightedMetric"): Either<SvertkaError, MetricLists> => {
  const given = listFlag(flags, flag).map(namedText);
  if (given.every(({ name }) => name === undefined))
    return E.traverseArray(({ value }: NamedText) => metricNamed(value))(given);
  const lists: Record<string, readonly Metric[]> = {};
  for (const { name, value } of given) {
    if (name === undefined)
      return fail("BadOption", "--metric", `'${value.slice(0, 40)}' is for no output: give each as NAME=METRIC`);
    const metric = metricNamed(value);
    if (E.isLeft(metric)) return metric;
    lists[name] = [...(lists[name] ?? []), metric.right];
  }
  return E.right(lists);
};

const lossWeightsOf = (flags: Flags): Either<SvertkaError, Aims["lossWeights"]> =>
  pipe(
    pairs("--loss-weight", listFlag(flags, "lossWeight")),
    E.map((found) => Object.fromEntries([...found].map(([name, text]) => [name, Number(text)]))),
  );

/** Losses, their weights and metrics, as the flags say. */
export const aimsOf = (flags: Flags): Either<SvertkaError, Aims> =>
  pipe(
    E.Do,
    E.bind("loss", () => lossesOf(flags)),
    E.bind("metrics", () => metricsOf(flags, "metric")),
    E.bind("weightedMetrics", () => metricsOf(flags, "weightedMetric")),
    E.bind("lossWeights", () => lossWeightsOf(flags)),
  );

/** The option of a schedule that `--learning-rate` stands for. */
const rateOption = (schedule: string): string | undefined => {
  const name = schedule.toLowerCase().replaceAll("_", "");
  if (name === "piecewiseconstantdecay") return undefined;
  return name === "onecycle" ? "maximal_learning_rate" : "initial_learning_rate";
};

const learningRateOf = (flags: Flags, byDefault: number): Either<SvertkaError, unknown> => {
  const rate = numberFlag(flags, "learningRate");
  const options = optionsOf(flags, "scheduleOption", "--schedule-option");
  if (E.isLeft(rate)) return rate;
  if (E.isLeft(options)) return options;
  const schedule = textFlag(flags, "schedule");
  if (schedule === undefined)
    return Object.keys(options.right).length > 0
      ? fail("BadOption", "--schedule-option", "there is no schedule that it could be for: give --schedule too")
      : E.right(rate.right);
  const key = rateOption(schedule);
  if (rate.right !== undefined && (key === undefined || key in options.right))
    return fail("BadOption", "--learning-rate", `the options of ${schedule} give the rate already: leave it out`);
  return scheduleNamed(schedule, {
    ...(key === undefined ? {} : { [key]: rate.right ?? byDefault }),
    ...options.right,
  });
};

/** The optimiser, with its rate: a number, or a schedule that begins with it. */
export const optimizerOf = (flags: Flags): Either<SvertkaError, Optimizer> => {
  const name = textFlag(flags, "optimizer") ?? "";
  const options = optionsOf(flags, "optimizerOption", "--optimizer-option");
  if (E.isLeft(options)) return options;
  const plain = optimizerNamed(name, options.right);
  if (E.isLeft(plain)) return plain;
  const rate = learningRateOf(flags, plain.right.learningRate);
  if (E.isLeft(rate) || rate.right === undefined) return E.isLeft(rate) ? rate : plain;
  return "learning_rate" in options.right
    ? fail("BadOption", "--optimizer-option", "learning_rate is given twice: leave one out")
    : optimizerNamed(name, { ...options.right, learning_rate: rate.right });
};

/** `0=1.2,1=2.7`. */
export const classWeightsOf = (flags: Flags): Either<SvertkaError, ClassWeights | undefined> => {
  const text = textFlag(flags, "classWeight");
  if (text === undefined) return E.right(undefined);
  const found = pairs("--class-weight", text.split(","));
  if (E.isLeft(found)) return found;
  const weights: Record<number, number> = {};
  for (const [key, value] of found.right) {
    if (!/^\d+$/.test(key) || value.trim() === "" || !(Number(value) >= 0) || !Number.isFinite(Number(value)))
      return fail(
        "BadOption",
        "--class-weight",
        `${JSON.stringify(`${key}=${value}`.slice(0, 40))} is no weight of a class: give it as 0=1.2,1=2.7`,
      );
    weights[Number(key)] = Number(value);
  }
  return E.right(weights);
};
