/** Losses, metrics, optimisers and schedules by their Keras names, with options as data: for the command line and for files. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import * as losses from "./losses/index.js";
import type { Loss } from "./losses/index.js";
import * as metrics from "./metrics/index.js";
import type { Metric } from "./metrics/index.js";
import * as optimizers from "./optimizers/index.js";
import type { Optimizer } from "./optimizers/index.js";
import { likeliest } from "./options.js";
import * as schedules from "./schedules/index.js";
import type { Schedule } from "./schedules/index.js";

/** Under Keras's names (`label_smoothing`) or ours (`labelSmoothing`). */
export type NamedOptions = Readonly<Record<string, unknown>>;

/** A maker checks its options itself at run time: what it returns says what is wrong. */
type Maker<A> = (options: NamedOptions) => A;

/** Gives a typed maker options that only the run time knows. Sound: each maker holds them against its rules. */
const open = <A>(maker: (options: never) => A): Maker<A> => maker as unknown as Maker<A>;

/** Makers without options refuse any. */
const closed =
  <A extends { readonly problem?: string | undefined }>(name: string, maker: () => A): Maker<A> =>
  (options) => {
    const [given] = Object.keys(options);
    return given === undefined
      ? maker()
      : { ...maker(), problem: `${name}: it has no option '${given.slice(0, 30)}': leave it out` };
  };

const lossMakers: Readonly<Record<string, Maker<Loss>>> = {
  binary_crossentropy: open(losses.binaryCrossentropy),
  binary_focal_crossentropy: open(losses.binaryFocalCrossentropy),
  categorical_crossentropy: open(losses.categoricalCrossentropy),
  categorical_focal_crossentropy: open(losses.categoricalFocalCrossentropy),
  categorical_hinge: closed("categoricalHinge", losses.categoricalHinge),
  cosine_similarity: closed("cosineSimilarity", losses.cosineSimilarity),
  hinge: closed("hinge", losses.hinge),
  huber: open(losses.huber),
  kl_divergence: closed("klDivergence", losses.klDivergence),
  log_cosh: closed("logCosh", losses.logCosh),
  mean_absolute_error: closed("meanAbsoluteError", losses.meanAbsoluteError),
  mean_absolute_percentage_error: closed("meanAbsolutePercentageError", losses.meanAbsolutePercentageError),
  mean_squared_error: closed("meanSquaredError", losses.meanSquaredError),
  mean_squared_logarithmic_error: closed("meanSquaredLogarithmicError", losses.meanSquaredLogarithmicError),
  poisson: closed("poisson", losses.poisson),
  sparse_categorical_crossentropy: open(losses.sparseCategoricalCrossentropy),
  squared_hinge: closed("squaredHinge", losses.squaredHinge),
};

const shortLossNames: Readonly<Record<string, string>> = {
  mae: "mean_absolute_error",
  mape: "mean_absolute_percentage_error",
  mse: "mean_squared_error",
  msle: "mean_squared_logarithmic_error",
};

const metricMakers: Readonly<Record<string, Maker<Metric>>> = {
  accuracy: closed("accuracy", metrics.accuracy),
  auc: open(metrics.auc),
  binary_accuracy: open(metrics.binaryAccuracy),
  categorical_accuracy: closed("categoricalAccuracy", metrics.categoricalAccuracy),
  f1_score: open(metrics.f1Score),
  precision: open(metrics.precision),
  recall: open(metrics.recall),
  sparse_categorical_accuracy: closed("sparseCategoricalAccuracy", metrics.sparseCategoricalAccuracy),
  sparse_top_k_categorical_accuracy: open(metrics.sparseTopKCategoricalAccuracy),
  top_k_categorical_accuracy: open(metrics.topKCategoricalAccuracy),
};

const optimizerMakers: Readonly<Record<string, Maker<Optimizer>>> = {
  adadelta: open(optimizers.adadelta),
  adagrad: open(optimizers.adagrad),
  adam: open(optimizers.adam),
  adamax: open(optimizers.adamax),
  adamw: open(optimizers.adamw),
  lion: open(optimizers.lion),
  nadam: open(optimizers.nadam),
  rmsprop: open(optimizers.rmsprop),
  sgd: open(optimizers.sgd),
};

const scheduleMakers: Readonly<Record<string, Maker<Schedule>>> = {
  cosine_decay: open(schedules.cosineDecay),
  cosine_decay_restarts: open(schedules.cosineDecayRestarts),
  exponential_decay: open(schedules.exponentialDecay),
  inverse_time_decay: open(schedules.inverseTimeDecay),
  one_cycle: open(schedules.oneCycle),
  piecewise_constant_decay: open(schedules.piecewiseConstantDecay),
  polynomial_decay: open(schedules.polynomialDecay),
};

/** Keras's words that are not ours in another case. */
const otherWords: Readonly<Record<string, string>> = {
  clipnorm: "clipNorm",
  clipvalue: "clipValue",
  global_clipnorm: "globalClipNorm",
  thresholds: "threshold",
};

const ownName = (name: string): string =>
  otherWords[name] ?? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Keras's class names are meant too: `AdamW`, `KLDivergence`. */
const bare = (name: string): string => name.toLowerCase().replaceAll("_", "");

const keyOf = (makers: object, name: string): string | undefined =>
  Object.keys(makers).find((key) => bare(key) === bare(name));

const named = <A extends { readonly problem?: string | undefined }>(
  what: string,
  makers: Readonly<Record<string, Maker<A>>>,
  name: string,
  options: NamedOptions,
): Either<SvertkaError, A> => {
  const known = keyOf(makers, name);
  const maker = known === undefined ? undefined : makers[known];
  if (maker === undefined)
    return fail(
      "BadOption",
      what,
      `${what}: there is no '${name.slice(0, 40)}': use ${likeliest(name, Object.keys(makers))}`,
    );
  const made = maker(Object.fromEntries(Object.entries(options).map(([option, value]) => [ownName(option), value])));
  return made.problem === undefined ? E.right(made) : fail("BadOption", what, made.problem);
};

/**
 * A loss by Keras's name; `mse`, `mae`, `mape`, `msle` are short for four of them.
 *
 * @example
 * const loss = orThrow(lossNamed("categorical_crossentropy", { label_smoothing: 0.1 }))
 */
export const lossNamed = (name: string, options: NamedOptions = {}): Either<SvertkaError, Loss> =>
  named("loss", lossMakers, shortLossNames[name.toLowerCase()] ?? name, options);

/** A metric by Keras's name; a loss's name gives its mean. */
export const metricNamed = (name: string, options: NamedOptions = {}): Either<SvertkaError, Metric> => {
  if ((keyOf(lossMakers, name) ?? keyOf(shortLossNames, name)) === undefined)
    return named("metric", metricMakers, name === "acc" ? "accuracy" : name, options);
  const loss = lossNamed(name, options);
  return E.isLeft(loss) ? loss : E.right(metrics.meanOf(loss.right, name in shortLossNames ? name : loss.right.name));
};

/** An optimiser by Keras's name; `learning_rate` may be a {@link Schedule}. */
export const optimizerNamed = (name: string, options: NamedOptions = {}): Either<SvertkaError, Optimizer> =>
  named("optimizer", optimizerMakers, name, options);

/** A schedule by Keras's name. */
export const scheduleNamed = (name: string, options: NamedOptions = {}): Either<SvertkaError, Schedule> =>
  named("schedule", scheduleMakers, name, options);
