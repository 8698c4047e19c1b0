/** What the Python program is told of a task: Keras's names and options, and which files hold what. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { NdArray } from "../../data/nd-array.js";
import { isArray } from "../../run/named-arrays.js";
import { weightsOfExamples } from "../../train/class-weights.js";
import type { Examples } from "../../train/fit.js";
import { headsOf, type Head } from "../../train/heads.js";
import { lossNamed, metricNamed, optimizerNamed, scheduleNamed } from "../../train/by-name.js";
import type { Optimizer } from "../../train/optimizers/index.js";
import type { Task } from "../../train/task.js";

/** An object of Keras: its name, and options under Keras's names. */
interface Named {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

type Kinds = Readonly<Record<"x" | "y" | "weights", readonly string[]>>;

export interface Plan {
  readonly seed: number;
  readonly epochs: number;
  /** Of all machines together. */
  readonly batch_size: number;
  readonly optimizer: Named;
  readonly loss: readonly Named[];
  readonly loss_weights: readonly number[];
  readonly metrics: readonly (readonly string[])[];
  /** Names of files under data/, in the order of inputs and outputs. */
  readonly data: { readonly train: Kinds; readonly validation: Kinds | null };
}

export interface Planned {
  readonly plan: Plan;
  /** By the names of the files. */
  readonly arrays: ReadonlyMap<string, NdArray>;
  /** What Keras trains otherwise, or what the program leaves out. */
  readonly notes: readonly string[];
}

/** Keras's word for an option of ours: `beta1` is `beta_1`, `clipNorm` is `clipnorm`. */
const kerasWord = (name: string): string =>
  name === "clipNorm" || name === "clipValue"
    ? name.toLowerCase()
    : name === "globalClipNorm"
      ? "global_clipnorm"
      : name.replaceAll(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);

const kerasOptions = (options: Readonly<Record<string, unknown>>): Named["options"] =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[kerasWord(name), value]])),
  );

const notKeras = (what: string, name: string): Either<SvertkaError, never> =>
  fail("Unsupported", "task", `distribute: Keras has no ${what} '${name.slice(0, 40)}': use one that both have`);

const optimizerOf = ({
  name,
  learningRate,
  schedule,
  options,
  excludeFromWeightDecay,
}: Optimizer): Either<SvertkaError, Named> => {
  if (E.isLeft(optimizerNamed(name))) return notKeras("optimiser", name);
  if (excludeFromWeightDecay.length > 0)
    return fail("Unsupported", "task", "distribute: excludeFromWeightDecay is not carried over: leave it out");
  if (
    schedule !== undefined &&
    (schedule.name === "one_cycle" || E.isLeft(scheduleNamed(schedule.name, schedule.options)))
  )
    return notKeras("schedule", schedule.name);
  const rate = schedule === undefined ? learningRate : { name: schedule.name, options: kerasOptions(schedule.options) };
  return E.right({ name, options: { ...kerasOptions(options), learning_rate: rate } });
};

const isKerasLoss = ({ loss }: Head): boolean => E.isRight(lossNamed(loss.name, loss.options));

const listOf = <A extends NdArray>(given: A | Readonly<Record<string, A>>, names: readonly string[]): readonly A[] => {
  if (isArray(given)) return [given];
  // Sound: what is no array is arrays by name; types do not narrow to it, A being open.
  const byName = given as Readonly<Record<string, A>>;
  return names.flatMap((name) => byName[name] ?? []);
};

/** What a task trains on, as arrays. */
export interface ArrayData {
  readonly train: Examples;
  readonly validation: Examples | undefined;
}

interface Part {
  readonly kinds: Kinds;
  readonly arrays: readonly (readonly [string, NdArray])[];
}

interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The arrays of a part of the data, with weights per example where the task has any. */
const partOf = (
  name: "train" | "validation",
  { x, y, sampleWeights }: Examples,
  { names, classWeights }: { readonly names: Names; readonly classWeights: Task["classWeights"] },
): Either<SvertkaError, Part> => {
  const labels = listOf<NdArray<"f32"> | NdArray<"i32">>(y, names.outputs);
  const own = sampleWeights === undefined ? [] : listOf<NdArray<"f32">>(sampleWeights, names.outputs);
  const isWeighted = sampleWeights !== undefined || (classWeights !== undefined && name === "train");
  if (isWeighted && labels.length > 1)
    return fail(
      "Unsupported",
      "task",
      "distribute: weights of examples are carried over for one output only: leave them out",
    );
  const [label] = labels;
  const weights =
    isWeighted && label !== undefined
      ? weightsOfExamples(label, name === "train" ? classWeights : undefined, own[0])
      : undefined;
  if (weights !== undefined && E.isLeft(weights)) return weights;
  const named = (kind: string, list: readonly NdArray[]): readonly (readonly [string, NdArray])[] =>
    list.map((array, i) => [`${name}-${kind}${list.length > 1 ? `-${i}` : ""}`, array]);
  const files = {
    x: named("x", listOf<NdArray<"f32">>(x, names.inputs)),
    y: named("y", labels),
    weights: named("weights", weights === undefined ? [] : [weights.right]),
  };
  const kinds = {
    x: files.x.map(([file]) => file),
    y: files.y.map(([file]) => file),
    weights: files.weights.map(([file]) => file),
  };
  return E.right({ kinds, arrays: [...files.x, ...files.y, ...files.weights] });
};

const notesOf = ({ callbacks, optimizer }: Task, metrics: readonly string[]): readonly string[] => [
  ...(callbacks.length === 0 ? [] : ["callbacks are not carried over: the program trains all epochs"]),
  ...(optimizer.clipping === undefined ? [] : ["gradients are clipped on each machine, before they are summed"]),
  ...metrics.map((name) => `the metric ${name} is not Keras's: it is left out`),
];

/**
 * The plan of a task with its data.
 *
 * Errors  Unsupported: an optimiser, a loss or a schedule that Keras has not; weights of some outputs only; outputs without loss.
 */
export const planOf = (task: Task, data: ArrayData): Either<SvertkaError, Planned> => {
  const { inputs, outputs } = task.model["~model"];
  const names: Names = { inputs: Object.keys(inputs), outputs: Object.keys(outputs) };
  const { trainable, classWeights } = task;
  if (trainable !== undefined)
    return fail("Unsupported", "task", "distribute: trainable is not carried over: freeze layers by frozen(...)");
  const weighing = { names, classWeights };
  return pipe(
    E.Do,
    E.bind("heads", () => headsOf(names.outputs, task)),
    E.bind("optimizer", () => optimizerOf(task.optimizer)),
    E.bind("train", () => partOf("train", data.train, weighing)),
    E.bind("validation", () =>
      data.validation === undefined ? E.right(undefined) : partOf("validation", data.validation, weighing),
    ),
    E.flatMap(({ heads, optimizer, train, validation }): Either<SvertkaError, Planned> => {
      const foreign = heads.find((head) => !isKerasLoss(head));
      if (foreign !== undefined) return notKeras("loss", foreign.loss.name);
      if (heads.length < names.outputs.length)
        return fail(
          "Unsupported",
          "task",
          "distribute: an output without a loss is not carried over: leave it out of the model",
        );
      const metrics = heads.map((head) => head.metrics.map(({ metric }) => metric.name));
      const isKeras = (name: string): boolean => E.isRight(metricNamed(name));
      return E.right({
        plan: {
          seed: Math.abs(task.seed),
          epochs: task.epochs,
          batch_size: task.batchSize,
          optimizer,
          loss: heads.map(({ loss }) => ({ name: loss.name, options: kerasOptions(loss.options) })),
          loss_weights: heads.map(({ weight }) => weight),
          metrics: metrics.map((list) => list.filter(isKeras)),
          data: { train: train.kinds, validation: validation?.kinds ?? null },
        },
        arrays: new Map([...train.arrays, ...(validation?.arrays ?? [])]),
        notes: notesOf(
          task,
          metrics.flat().filter((name) => !isKeras(name)),
        ),
      });
    }),
  );
};
