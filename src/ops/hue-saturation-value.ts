/**
 * Hue, saturation and value of RGB images in a graph, and back.
 *
 * Source  TensorFlow's rgb_to_hsv and hsv_to_rgb (core/kernels/image/colorspace_op.h).
 */
import type { Value } from "../compiler/ir/graph.js";
import {
  abs,
  add,
  div,
  eq,
  gt,
  max,
  min,
  mul,
  select,
  sub,
  variable,
  x0,
  x1,
  x2,
  type Formula,
} from "../formula/formula.js";
import type { LayerBuilder } from "./layer.js";

/** Each [n, h, w, 1]; a whole turn of the hue is 1. */
export interface HueSaturationValue {
  readonly hue: Value;
  readonly saturation: Value;
  readonly value: Value;
}

/** What is divided by: 1 in the place of 0, whose quotient is not used, but whose gradient would be NaN. */
const positive = (denominator: Formula): Formula => select(gt(denominator, 0), denominator, 1);

/** Hue of x0, x1, x2 (red, green, blue), of which x3 is the greatest and x4 how far the least is from it. */
const hueFormula = ((): Formula => {
  const [value, span] = [variable(3), variable(4)];
  const part = (a: Formula, b: Formula, sixths: number): Formula =>
    add(div(div(sub(a, b), positive(span)), 6), sixths / 6);
  const turn = select(eq(x0, value), part(x1, x2, 0), select(eq(x1, value), part(x2, x0, 2), part(x0, x1, 4)));
  // A grey has no hue.
  return select(gt(span, 0), add(turn, gt(0, turn)), 0);
})();

export const emitHueSaturationValue = ({ emit }: LayerBuilder, image: Value): HueSaturationValue => {
  const [n = "n", height = 1, width = 1] = image.type.shape;
  const channel = (index: number): Value =>
    emit("slice", [image], { begin: [0, 0, 0, index], size: [n, height, width, 1] });
  const [red, green, blue] = [channel(0), channel(1), channel(2)];
  const value = emit("elementwise", [red, green, blue], { formula: max(x0, max(x1, x2)) });
  const span = emit("elementwise", [red, green, blue, value], { formula: sub(variable(3), min(x0, min(x1, x2))) });
  const saturation = emit("elementwise", [span, value], { formula: select(gt(x1, 0), div(x0, positive(x1)), 0) });
  return { hue: emit("elementwise", [red, green, blue, value, span], { formula: hueFormula }), saturation, value };
};

/** Each channel is clip(scale |6 hue − middle| + shift) of its colour: red is full about 0, green about 1/3, blue about 2/3. */
const middles = [3, 2, 4];
const scales = [1, -1, -1];
const shifts = [-1, 2, 2];

/** The image [n, h, w, 3], each channel through a formula of it. */
export const emitColours = (
  { emit }: LayerBuilder,
  { hue, saturation, value }: HueSaturationValue,
  finish: (channel: Formula) => Formula = (channel) => channel,
): Value => {
  const constant = (numbers: readonly number[]): Value =>
    emit("constant", [], { dtype: "f32", shape: [3], value: numbers });
  const distance = abs(sub(mul(6, x0), variable(3)));
  const full = max(0, min(1, add(mul(variable(4), distance), variable(5))));
  return emit("elementwise", [hue, saturation, value, constant(middles), constant(scales), constant(shifts)], {
    formula: finish(mul(add(sub(1, x1), mul(x1, full)), x2)),
  });
};
