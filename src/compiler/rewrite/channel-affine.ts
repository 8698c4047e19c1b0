/** Elementwise nodes that scale and shift each channel of a value by numbers that no input changes: batch norm and its kin. */
import { affineIn } from "../../formula/affine.js";
import { substitute, variable, variablesOf, type Formula } from "../../formula/formula.js";
import { operatorOf, type Registry } from "../ir/builder.js";
import type { Emit, Node, Value } from "../ir/graph.js";
import { sameType } from "../ir/type.js";
import type { Site } from "./walk.js";

/** node = scale · x + shift, channel by channel along the last axis. */
export interface ChannelAffine {
  readonly x: Value;
  /** Whether the scale is 1. */
  readonly isShift: boolean;
  /** Whether the shift is 0. */
  readonly isScale: boolean;
  /** One number per channel, f32[c]. */
  readonly scale: (emit: Emit) => Value;
  /** What it makes of one number per channel; of zeros, when nothing is given. */
  readonly applied: (emit: Emit, channels: Value | undefined) => Value;
}

type Facts = Pick<Site, "isFixed">;

/** Whether a value holds one number, or one per channel, of the last axis of such a type. */
const isPerChannel = ({ type }: Value, channels: number): boolean => {
  const last = type.shape.at(-1) ?? 1;
  return type.dtype === "f32" && (last === 1 || last === channels) && type.shape.slice(0, -1).every((dim) => dim === 1);
};

/** The first input of which the node is such a map, with the others fixed; undefined where there is none. */
export const channelAffine = (
  node: Node,
  inputs: readonly Value[],
  { isFixed }: Facts,
  registry: Registry,
): ChannelAffine | undefined => {
  const channels = node.type.shape.at(-1);
  const formula = operatorOf(registry, node.op).formula?.(node.attrs);
  if (formula === undefined || node.epilogue !== undefined || typeof channels !== "number") return undefined;
  for (const [index, x] of inputs.entries()) {
    if (!sameType(x.type, node.type) || isFixed(x)) continue;
    const others = inputs.filter((_, place) => place !== index);
    if (!others.every((other) => isFixed(other) && isPerChannel(other, channels))) continue;
    const affine = affineIn(formula, variable(index));
    if (affine === undefined || affine.factor === 0 || !isSound(affine.factor) || !isSound(affine.rest)) continue;
    return {
      x,
      isShift: affine.factor === 1,
      isScale: affine.rest === 0,
      scale: (emit) => perChannel(affine.factor, inputs, channels, emit),
      applied: (emit, values) =>
        values === undefined
          ? perChannel(affine.rest, inputs, channels, emit)
          : perChannel(formula, inputs.with(index, values), channels, emit),
    };
  }
  return undefined;
};

/** The formula on numbers per channel, f32[c]. */
const perChannel = (formula: Formula, inputs: readonly Value[], channels: number, emit: Emit): Value => {
  const read = [...variablesOf(formula)].map((name) => Number(name.slice(1)));
  const values = read.map((index) => inputs[index]).filter((value) => value !== undefined);
  const flat = values.map((value) => vector(value, emit));
  const renamed = substitute(formula, (name) => variable(read.indexOf(Number(name.slice(1)))));
  if (typeof renamed === "number") return emit("constant", [], { dtype: "f32", shape: [channels], value: renamed });
  if (renamed === "x0" && flat[0] !== undefined) return whole(flat[0], channels, emit);
  return whole(emit("elementwise", flat, { formula: renamed }), channels, emit);
};

/** Whether it is no number, or one that a constant can hold; formulas without variables are numbers already. */
const isSound = (formula: Formula): boolean =>
  typeof formula === "number" ? Number.isFinite(formula) : variablesOf(formula).size > 0;

/** f32[1, …, c] as f32[c], by a sum over axes of 1: kernels do not take a view of another rank as a bias. One number stays one. */
const vector = (value: Value, emit: Emit): Value => {
  const axes = value.type.shape.slice(1).map((_, axis) => axis);
  return axes.length === 0 ? value : emit("reduceSum", [value], { axes, keepDims: false });
};

/** One number as f32[c]. */
const whole = (value: Value, channels: number, emit: Emit): Value =>
  value.type.shape.length === 1 && value.type.shape[0] === channels
    ? value
    : emit("broadcastTo", [value], { shape: [channels] });
