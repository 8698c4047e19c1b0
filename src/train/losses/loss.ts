/** What a loss is: a number per example, as emitted operators, so that the compiler sees through it. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import type { DataType, Dims } from "../../compiler/ir/type.js";
import { add, mul, type Formula } from "../../formula/formula.js";

/** What a loss is computed from: probabilities, their logits, or any values. */
export type LossInput = "probabilities" | "logits" | "values";

export interface LossRequest {
  readonly emit: Emit;
  /** The model's output: probabilities, logits or values, as `input` says. */
  readonly output: Value;
  /** The logits behind probabilities, where the model ends in softmax or sigmoid: exact and stable (Keras does the same). */
  readonly logits: Value | undefined;
  readonly labels: Value;
}

/** The probabilities that a loss needs, when it needs some. */
export type LossFamily = "categorical" | "binary" | "none";

/** What labels are, where types know it: class numbers, or arrays like the output. */
export type LabelKind = "classes" | "output" | "others";

export interface Loss<
  In extends LossInput = LossInput,
  Family extends LossFamily = LossFamily,
  Labels extends LabelKind = LabelKind,
> {
  readonly kind: "loss";
  /** Keras's name. */
  readonly name: string;
  readonly input: In;
  readonly family: Family;
  /** Exists only as a type: what {@link Loss.labels} asks for. */
  readonly "~labels"?: Labels | undefined;
  /** As given; for `explain` and exports. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What is wrong with the options, if anything; said when the model is compiled. */
  readonly problem?: string | undefined;
  /** Type of the labels for outputs of that shape (batch axis first). */
  readonly labels: (output: Dims) => { readonly dtype: DataType; readonly shape: Dims };
  /** f32[n]: the loss of each example. */
  readonly perExample: (request: LossRequest) => Value;
}

/** Keras's fuzz: probabilities are kept this far from 0 and 1. */
export const epsilon = 1e-7;

export const lastAxis = (value: Value): number => value.type.shape.length - 1;

/** Mean over the axes after the batch, when there are any. */
export const meanOfRest = (value: Value, emit: Emit): Value => {
  const axes = value.type.shape.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? value : emit("reduceMean", [value], { axes, keepDims: false });
};

/** Sum over the last axis, then mean over what is left beside the batch. */
export const sumOfLast = (value: Value, emit: Emit): Value =>
  meanOfRest(emit("reduceSum", [value], { axes: [lastAxis(value)], keepDims: false }), emit);

/** Labels of the same type as the output. */
export const sameAsOutput = (output: Dims): { readonly dtype: "f32"; readonly shape: Dims } => ({
  dtype: "f32",
  shape: output,
});

/** Keras's label smoothing: labels (1 − s) + s / classes, where binary labels have 2 classes. */
export const smoothed = (label: Formula, smoothing: number, classes: number): Formula =>
  smoothing === 0 ? label : add(mul(label, 1 - smoothing), smoothing / classes);

export const inputOf = <L extends boolean>(fromLogits: L | undefined): L extends true ? "logits" : "probabilities" =>
  (fromLogits === true ? "logits" : "probabilities") as L extends true ? "logits" : "probabilities"; // sound: L is the type of fromLogits
