/** The F1 score: the harmonic mean of precision and recall, per class. */
import type { Value } from "../../compiler/ir/graph.js";
import { abs, ge, gt, mul } from "../../formula/formula.js";
import { oneOf, optional, optionsProblem, positive } from "../options.js";
import { labelsLikeOutput, sumOver, weighed, type Metric, type MetricRequest } from "./metric.js";

export type F1Average = "micro" | "macro" | "weighted";

export interface F1Options<A extends F1Average | "none"> {
  /** How classes become one number; `none` gives one each. */
  readonly average?: A | undefined;
  /** From which output on a class is said; without it the largest of a row is. */
  readonly threshold?: number | undefined;
}

export const f1Rules = { average: oneOf("macro", "micro", "weighted", "none"), threshold: optional(positive(0.5)) };

/** Keras adds it to denominators. */
const fuzz = 1e-7;

/** 1 where a class is said. */
const said = ({ emit, output }: MetricRequest, threshold: number | undefined): Value => {
  if (threshold !== undefined) return emit("elementwise", [output], { formula: gt("x0", threshold) });
  const largest = emit("reduceMax", [output], { axes: [output.type.shape.length - 1], keepDims: true });
  return emit("elementwise", [output, largest], { formula: mul(ge("x0", "x1"), gt(abs("x0"), 1e-9)) });
};

/** f32[3 classes]: said and right, said, labelled. */
const f1Sums = (request: MetricRequest, threshold: number | undefined): Value => {
  const { emit, output } = request;
  const isOneColumn = output.type.shape.at(-1) === 1;
  const yes = said(request, threshold ?? (isOneColumn ? 0.5 : undefined));
  const labels = labelsLikeOutput(request);
  const right = emit("elementwise", [yes, labels], { formula: mul("x0", "x1") });
  const axes = output.type.shape.slice(0, -1).map((_, axis) => axis);
  return emit(
    "concatenate",
    [right, yes, labels].map((value) => sumOver(weighed(value, request), axes, emit)),
    { axis: 0 },
  );
};

const f1 = (right: number, yes: number, labelled: number): number => {
  const precision = right / (yes + fuzz);
  const recall = right / (labelled + fuzz);
  return (2 * precision * recall) / (precision + recall + fuzz);
};

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * 2 precision · recall / (precision + recall) for each class, averaged over the classes.
 *
 * Source  Keras 3 `F1Score`. Its default gives a number per class (`average: "none"` here), which a history cannot hold:
 *         here it is `macro`. For one column without a threshold 0.5 is taken, where Keras calls every example positive.
 *
 * @example
 * const metrics = [f1Score({ average: "weighted" })]
 */
export const f1Score = <A extends F1Average | "none" = "macro">(
  options: F1Options<A> = {},
): Metric<A extends "none" ? readonly number[] : number, "anything"> => ({
  kind: "metric",
  name: "f1_score",
  needs: "anything",
  better: "larger",
  problem: optionsProblem("f1Score", options, f1Rules),
  weighs: true,
  sums: (request) => f1Sums(request, options.threshold),
  value: (sums) => {
    const classes = sums.length / 3;
    const [right, yes, labelled] = [0, 1, 2].map((part) => sums.slice(part * classes, (part + 1) * classes));
    // Sound: A is the type of the option that `averaged` looks at.
    return averaged(options.average ?? "macro", right ?? [], yes ?? [], labelled ?? []) as A extends "none"
      ? readonly number[]
      : number;
  },
});

const averaged = (
  average: F1Average | "none",
  right: readonly number[],
  ...[yes, labelled]: readonly [readonly number[], readonly number[]]
): number | readonly number[] => {
  if (average === "micro") return f1(total(right), total(yes), total(labelled));
  const each = right.map((value, i) => f1(value, yes[i] ?? 0, labelled[i] ?? 0));
  if (average === "none") return each;
  if (average === "macro") return total(each) / each.length;
  return total(each.map((score, i) => (score * (labelled[i] ?? 0)) / (total(labelled) + fuzz)));
};
