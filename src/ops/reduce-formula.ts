/** A formula over broadcast inputs, folded along axes: what a chain of elementwise operators that ends in a reduction becomes. */
import { E } from "../fp.js";
import { f32, typeText } from "../compiler/ir/type.js";
import { isFormula } from "../formula/check.js";
import { functionCount, variablesOf, type Formula } from "../formula/formula.js";
import { firstBad, isAxes } from "./attributes.js";
import { broadcastShapes } from "./broadcast.js";
import { runFormula } from "./elementwise-reference.js";
import type { Fold, Operator, Reference } from "./operator.js";
import { foldInto, reducedShape } from "./reduction.js";

/** As a type alias, not an interface: attributes are JSON by an index signature. */
export type ReduceFormulaAttributes = Pick<Fold, "by" | "formula" | "axes" | "keepDims">;

const plain = { sum: "reduceSum", mean: "reduceMean", max: "reduceMax" } as const;

const arityOf = (formula: Formula): number =>
  1 + Math.max(-1, ...[...variablesOf(formula)].map((name) => Number(name.slice(1))));

/** f32[…], … -> f32[… without or with 1 for `axes`]. Compiled graphs only: gradients are derived before it is made. */
export const reduceFormulaOperator = {
  kind: "operator",
  name: "reduceFormula",
  traits: [],
  fold: ({ by, formula, axes, keepDims }) => ({ by, formula, axes, keepDims }),
  type: (inputs, attrs) => {
    if (!isFormula(attrs.formula))
      return E.left(`reduceFormula: ${JSON.stringify(attrs).slice(0, 80)} makes no formula`);
    const arity = arityOf(attrs.formula);
    if (inputs.length !== arity) return E.left(`reduceFormula takes ${arity} inputs, got ${inputs.length}`);
    const shape = broadcastShapes(inputs.map((input) => input.shape));
    if (shape === undefined) return E.left(`reduceFormula: ${inputs.map(typeText).join(" and ")} do not broadcast`);
    const bad = firstBad("reduceFormula", attrs, {
      by: Object.hasOwn(plain, attrs.by),
      axes: isAxes(attrs.axes, shape.length),
      keepDims: typeof attrs.keepDims === "boolean",
    });
    return bad === undefined ? E.right(f32(...reducedShape(shape, attrs))) : E.left(bad);
  },
  decompose: ({ inputs, attrs: { by, formula, axes, keepDims }, emit }) =>
    emit(plain[by], [emit("elementwise", inputs, { formula })], { axes, keepDims }),
  kernel: ({ inputs, attrs }) => ({
    kernel: "reduceFormula",
    inputs: inputs.map((_, index) => index),
    attrs,
  }),
  flops: ({ inputs, attrs: { formula } }) =>
    (functionCount(formula) + 1) *
    (broadcastShapes(inputs.map(({ shape }) => shape)) ?? []).reduce<number>((a, b) => a * Number(b), 1),
} satisfies Operator<ReduceFormulaAttributes>;

export const reduceFormulaReference = {
  kind: "reference",
  operator: "reduceFormula",
  run: (inputs, output, { by, formula, axes }) => {
    const shape = (broadcastShapes(inputs.map((input) => input.shape)) ?? []).map(Number);
    const values = { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) };
    runFormula(formula, inputs, values);
    foldInto(by, values, axes, output);
  },
  cases: [
    {
      inputs: ["f32[3, 4, 5]", "f32[5]"],
      attrs: { by: "sum", formula: ["mul", "x0", "x1"], axes: [0, 1], keepDims: false },
    },
    {
      inputs: ["f32[3, 4, 21]", "f32[3, 4, 21]", "f32[21]"],
      attrs: { by: "mean", formula: ["mul", "x0", ["sub", "x1", "x2"]], axes: [0, 1], keepDims: false },
    },
    {
      inputs: ["f32[7, 10]", "f32[7, 1]"],
      attrs: { by: "sum", formula: ["exp", ["sub", "x0", "x1"]], axes: [1], keepDims: true },
    },
    { inputs: ["f32[2, 3, 4, 6]"], attrs: { by: "mean", formula: "x0", axes: [1, 2], keepDims: false } },
    {
      inputs: ["f32[2, 3, 7]", "f32[3, 1]"],
      attrs: { by: "max", formula: ["mul", "x0", "x1"], axes: [2], keepDims: false },
    },
    {
      inputs: ["f32[2, 3, 7]", "f32[3, 1]"],
      attrs: { by: "sum", formula: ["mul", "x0", "x1"], axes: [0, 2], keepDims: true },
    },
    { inputs: ["f32[11]"], attrs: { by: "sum", formula: ["mul", "x0", "x0"], axes: [0], keepDims: false } },
  ],
} satisfies Reference<ReduceFormulaAttributes>;
