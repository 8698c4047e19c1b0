/** What is the same along the axes of a sum comes out of it: Σ a x = a Σ x. So equal sums are found, and less is computed in them. */
import { sub, substitute, variable, variablesOf, type Formula } from "../../formula/formula.js";
import { formulaKey } from "../../formula/key.js";
import { separate } from "../../formula/separate.js";
import type { Fold } from "../../ops/operator.js";
import { operatorOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { sameShape, type Dims } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * Σ c · f(x) = c · Σ f(x) where c reads only inputs that do not change along the summed axes; means likewise. A sum of
 * deviations from their own mean, Σ (x − mean x), is 0: what batch normalisation's gradient by the mean through the
 * variance is.
 */
export const factorSums: Pass = {
  name: "factorSums",
  purpose: "Takes factors out of sums that are the same for all that is summed.",
  requires: "sinkBroadcasts: what is stretched along the summed axes is read as it was",
  ensures: "no sum of products has a factor that is the same along its axes",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => factored(site, context)),
};

interface On {
  readonly site: Site;
  readonly registry: PassContext["registry"];
}

interface Summed {
  readonly formula: Formula;
  readonly inputs: readonly Value[];
  /** The shape of what is summed. */
  readonly shape: Dims;
}

const factored = (site: Site, { registry }: PassContext): Value | undefined => {
  const { node, inputs } = site;
  const along = operatorOf(registry, node.op).fold?.(node.attrs);
  const [x] = inputs;
  if (along === undefined || along.by === "max" || along.formula !== "x0" || x === undefined) return undefined;
  const producer = site.producer(x);
  const formula =
    producer.epilogue === undefined ? operatorOf(registry, producer.op).formula?.(producer.attrs) : undefined;
  if (formula === undefined || producer.type.dtype !== "f32") return undefined;
  const summed: Summed = { formula, inputs: site.inputsOf(producer), shape: x.type.shape };
  const isSmall = (name: string): boolean => isConstantAlong(inputAt(summed, name), summed.shape, along.axes);
  const { coefficient, core } = separate(formula, isSmall);
  // A core of 1 would need the number of elements; sums of what is the same everywhere do not arise.
  if (core === 1) return undefined;
  if (isDeviation(core, summed, along, { site, registry })) return zerosLike(node, site);
  if (coefficient === 1) return undefined;
  const sum = sumOf(core, summed, site);
  return sum === undefined ? undefined : scaled(sum, coefficient, summed, along, site);
};

const inputAt = ({ inputs }: Summed, name: string): Value | undefined => inputs[Number(name.slice(1))];

/** Whether a value is stretched along all these axes of the shape to which it is broadcast. */
const isConstantAlong = (value: Value | undefined, shape: Dims, axes: readonly number[]): boolean =>
  value !== undefined &&
  axes.every((axis) => (value.type.shape[axis - shape.length + value.type.shape.length] ?? 1) === 1);

/** The formula over the inputs that it reads, in the order of reading. */
const narrowed = (
  formula: Formula,
  { inputs }: Summed,
): { readonly formula: Formula; readonly read: readonly Value[] } => {
  const names = [...variablesOf(formula)];
  return {
    formula: substitute(formula, (name) => variable(names.indexOf(name))),
    read: names.map((name) => inputs[Number(name.slice(1))]).filter((value) => value !== undefined),
  };
};

/** The sum of the core; undefined where the inputs that it reads have no longer the shape. */
const sumOf = (core: Formula, summed: Summed, { node, emit }: Site): Value | undefined => {
  const { formula, read } = narrowed(core, summed);
  const [first] = read;
  if (first === undefined) return undefined;
  if (formula === "x0" && sameShape(first.type.shape, summed.shape)) return emit(node.op, [first], node.attrs);
  const factor = emit("elementwise", read, { formula });
  return sameShape(factor.type.shape, summed.shape) ? emit(node.op, [factor], node.attrs) : undefined;
};

const scaled = (
  sum: Value,
  coefficient: Formula,
  summed: Summed,
  ...[along, { emit, node }]: readonly [Fold, Site]
): Value => {
  const { formula, read } = narrowed(coefficient, summed);
  const shrunk = read.map((value) => {
    const shape = reduced(value.type.shape, summed.shape, along);
    return sameShape(shape, value.type.shape) ? value : emit("reshape", [value], { shape });
  });
  const shifted = substitute(formula, (name) => variable(Number(name.slice(1)) + 1));
  const value = emit("elementwise", [sum, ...shrunk], { formula: ["mul", "x0", shifted] });
  return sameShape(value.type.shape, node.type.shape) ? value : emit("reshape", [value], { shape: node.type.shape });
};

/** The shape of a small input beside the result: without the summed axes, along which its size is 1. */
const reduced = (own: Dims, whole: Dims, { axes, keepDims }: Fold): Dims => {
  if (keepDims) return own;
  const offset = whole.length - own.length;
  return own.filter((_, axis) => !axes.includes(axis + offset));
};

/** Whether it is x − mean(x) along the same axes. */
const isDeviation = (core: Formula, summed: Summed, { axes }: Fold, on: On): boolean => {
  const names = [...variablesOf(core)];
  const [a, b] = names;
  if (names.length !== 2 || a === undefined || b === undefined) return false;
  const pairs = [
    [a, b],
    [b, a],
  ] as const;
  return pairs.some(([x, mean]) => {
    if (formulaKey(core) !== formulaKey(sub(x, mean))) return false;
    const [value, center] = [inputAt(summed, x), inputAt(summed, mean)];
    return value !== undefined && center !== undefined && isMeanOf({ center, value, axes, shape: summed.shape }, on);
  });
};

interface Deviation {
  readonly center: Value;
  readonly value: Value;
  readonly axes: readonly number[];
  readonly shape: Dims;
}

const isMeanOf = ({ center, value, axes, shape }: Deviation, { site, registry }: On): boolean => {
  let node: Node = site.producer(center);
  if (node.op === "reshape") {
    const [before] = site.inputsOf(node);
    if (before === undefined) return false;
    node = site.producer(before);
  }
  const fold = operatorOf(registry, node.op).fold?.(node.attrs);
  return (
    fold?.by === "mean" &&
    fold.formula === "x0" &&
    node.inputs[0] === value.id &&
    sameShape(value.type.shape, shape) &&
    fold.axes.length === axes.length &&
    axes.every((axis) => fold.axes.includes(axis))
  );
};

/** Zeros of the node's type, also where that holds the batch axis. */
const zerosLike = ({ type: { shape } }: Node, { emit }: Site): Value => {
  if (shape.every((dim) => typeof dim === "number")) return emit("constant", [], { dtype: "f32", shape, value: 0 });
  return emit("broadcastTo", [emit("constant", [], { dtype: "f32", shape: [], value: 0 })], { shape });
};
