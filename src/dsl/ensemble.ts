/** Ensembles: models of the same inputs and output as one model that averages them. */
import { mistake, type SvertkaError } from "../errors.js";
import { E } from "../fp.js";
import { add, mul, variable, type Formula } from "../formula/formula.js";
import type { LayerSpec } from "../ops/layer.js";
import { sigmoid } from "../ops/sigmoid.js";
import { softmax } from "../ops/softmax.js";
import { shapeText, type ShapeText } from "../shape/text.js";
import type { Shape } from "../shape/shape.js";
import { copied } from "./copied.js";
import { makeExpr, type AnyExpr, type Expr, type ShapeOf } from "./expr.js";
import { applySpec, asFunction } from "./layer.js";
import type { Model, ModelDescription } from "./model.js";
import { isProbabilities, kindOf, makeExprOf, type Probabilities } from "./probabilities.js";

export interface EnsembleOptions<A extends "outputs" | "probabilities" = "outputs" | "probabilities"> {
  /** What is averaged: the outputs as they are, or the probabilities of their softmax (of their sigmoid where it is one number). */
  readonly average?: A | undefined;
  /** How much each member counts; all alike when not given. */
  readonly weights?: readonly number[] | undefined;
}

type AnyModel = Model<unknown, unknown>;
type Members = readonly [AnyModel, ...AnyModel[]];

const otherOutput = <First extends string, Other extends string>(first: First, other: Other) =>
  `ensemble: a member gives ${other}, the first gives ${first}: give members of one output shape` as const;
const otherInput = <First extends string, Other extends string>(first: First, other: Other) =>
  `ensemble: a member takes ${other}, the first takes ${first}: give members of the same inputs` as const;

type Known<S> = S extends readonly (number | null)[] ? (number extends S["length"] ? false : true) : false;
type Same<First, Other, Sentence> = [Known<First>, Known<Other>] extends [true, true]
  ? [First, Other] extends [Other, First]
    ? unknown
    : Sentence
  : unknown;
type FitsFirst<First extends AnyModel, Other> = Other extends AnyModel
  ? Same<
      ShapeOf<First["outputs"]>,
      ShapeOf<Other["outputs"]>,
      ReturnType<typeof otherOutput<ShapeText<ShapeOf<First["outputs"]>>, ShapeText<ShapeOf<Other["outputs"]>>>>
    > &
      Same<
        ShapeOf<First["inputs"]>,
        ShapeOf<Other["inputs"]>,
        ReturnType<typeof otherInput<ShapeText<ShapeOf<First["inputs"]>>, ShapeText<ShapeOf<Other["inputs"]>>>>
      >
  : unknown;
type MembersFit<Ms extends Members> = { readonly [K in keyof Ms]: FitsFirst<Ms[0], Ms[K]> };

/** The mean is of probabilities where every member's output is, or is made so. */
type Averaged<Ms extends Members, A> = [A] extends ["probabilities"]
  ? Probabilities<ShapeOf<Ms[0]["outputs"]>>
  : Ms[number]["outputs"] extends Probabilities<unknown>
    ? Probabilities<ShapeOf<Ms[0]["outputs"]>>
    : Expr<ShapeOf<Ms[0]["outputs"]>>;

/** The scope of a member's weights. */
export const memberName = (index: number): string => `member_${index}`;

/**
 * A model that averages models of the same inputs and of one output each: compiled as one graph, on any backend. It has
 * its own weights: those of member i are called `member_i/…`, and `ensembleWeights` puts trained ones together.
 *
 * Shape   the members' inputs -> the members' output.
 * Errors  outputs or inputs of other shapes; weights that are not one number of at least 0 for each.
 * Source  Keras: `keras.layers.average([net(x) for net in nets])`.
 *
 * @example
 * const both = ensemble([netA, netB], { average: "probabilities" })
 * const predictor = await orReject(compile(both, { backend: wasm, weights: ensembleWeights([weightsA, weightsB]) }))
 */
export function ensemble<const Ms extends Members, A extends "outputs" | "probabilities" = "outputs">(
  members: Ms & MembersFit<Ms>,
  options?: EnsembleOptions<A>,
): Model<Ms[0]["inputs"], Averaged<Ms, A>>;
export function ensemble(members: readonly AnyModel[], options: EnsembleOptions = {}): Model<unknown, unknown> {
  const descriptions = members.map((member) => member["~model"]);
  const problem = descriptions.find((one) => one.problem !== undefined)?.problem ?? misfit(descriptions, options);
  const [first] = descriptions;
  if (first === undefined || problem !== undefined)
    return { inputs: {}, outputs: {}, "~model": { inputs: {}, outputs: {}, problem } };
  const outputs = descriptions.map((member, i) => memberOutput(member, first.inputs, memberName(i)));
  const prepared = options.average === "probabilities" ? outputs.map(asProbabilities) : outputs;
  const kind = prepared.every(isProbabilities) ? "probabilities" : "values";
  const output = applySpec(weightedMean(shares(members.length, options.weights)), prepared, kind);
  const [name = "output"] = Object.keys(first.outputs);
  const [lone] = Object.values(first.inputs);
  const isLone = Object.keys(first.inputs).length === 1;
  return {
    inputs: isLone ? lone : first.inputs,
    outputs: output,
    "~model": { inputs: first.inputs, outputs: { [name]: output } },
  };
}

/** A member's output, computed from the ensemble's inputs by layers of its own in a scope. */
const memberOutput = (member: ModelDescription, inputs: ModelDescription["inputs"], name: string): AnyExpr => {
  const own = Object.values(member.inputs);
  const given = Object.keys(member.inputs).map((input, i) => inputs[input] ?? Object.values(inputs)[i]);
  const [result] = Object.values(member.outputs);
  const [argument] = Object.values(inputs);
  const replaced = new Map(own.flatMap((input, i) => (given[i] === undefined ? [] : [[input, given[i]] as const])));
  const body = result === undefined ? undefined : copied([result], replaced).get(result);
  if (body === undefined || argument === undefined) return makeExpr([], { kind: "placeholder" });
  const placeholder = makeExpr(argument.shape, { kind: "placeholder" });
  return makeExprOf(kindOf(body), body.shape, { kind: "named", name, whole: true, argument, placeholder, body });
};

const asProbabilities = (output: AnyExpr): AnyExpr =>
  isProbabilities(output) ? output : asFunction(output.shape.at(-1) === 1 ? sigmoid : softmax)(output);

/** Weights that sum to 1. */
const shares = (members: number, weights: readonly number[] | undefined): readonly number[] => {
  const given = weights ?? Array.from({ length: members }, () => 1);
  const total = given.reduce((a, b) => a + b, 0);
  return given.map((weight) => weight / total);
};

const weightedMean = (weights: readonly number[]): LayerSpec => ({
  name: "average",
  options: { weights },
  written: {
    word: "ops.elementwise",
    arguments: [{ formula: weightedSum(weights) }, ...weights.map((_, input) => ({ input }))],
  },
  rule: ([first = [], ...others]) => {
    const other = others.find((shape) => shape.join() !== first.join());
    return other === undefined ? E.right(first) : E.left(otherOutput(shapeText(first), shapeText(other)));
  },
  build: ({ emit }, inputs) => emit("elementwise", inputs, { formula: weightedSum(weights) }),
});

const weightedSum = (weights: readonly number[]): Formula =>
  weights.map((weight, i) => mul(weight, variable(i))).reduce<Formula>((sum, term) => add(sum, term), 0);

const misfit = (members: readonly ModelDescription[], { weights }: EnsembleOptions): SvertkaError | undefined => {
  const [first] = members;
  const bad = (message: string): SvertkaError => mistake("BadModel", "ensemble", message);
  if (first === undefined) return bad("ensemble: it has no members: give at least one model");
  const several = members.find(({ outputs }) => Object.keys(outputs).length !== 1);
  if (several !== undefined)
    return mistake(
      "Unsupported",
      "ensemble",
      `ensemble: a member has ${Object.keys(several.outputs).length} outputs: make one ensemble for each output`,
    );
  for (const member of members.slice(1)) {
    const outputs = [shapeOf(first.outputs), shapeOf(member.outputs)] as const;
    if (outputs[0] !== outputs[1]) return bad(otherOutput(...outputs));
    const inputs = [shapeOf(first.inputs), shapeOf(member.inputs)] as const;
    if (inputs[0] !== inputs[1] || !sameNames(first, member)) return bad(otherInput(...inputs));
  }
  if (weights === undefined) return undefined;
  const isGood = weights.every((weight) => Number.isFinite(weight) && weight >= 0) && weights.some((one) => one > 0);
  return isGood && weights.length === members.length
    ? undefined
    : bad(
        `ensemble: the weights [${weights.join(", ").slice(0, 60)}] are not one number of at least 0, not all 0, for each of ${members.length} members: mend them`,
      );
};

/** Names matter where there are several: they say which input is which. */
const sameNames = (a: ModelDescription, b: ModelDescription): boolean =>
  Object.keys(a.inputs).length === 1 ||
  Object.keys(a.inputs).every((name) => b.inputs[name]?.shape.join() === a.inputs[name]?.shape.join());

const shapeOf = (exprs: Readonly<Record<string, { readonly shape: Shape }>>): string =>
  Object.values(exprs)
    .map(({ shape }) => shapeText(shape))
    .join(" and ");
