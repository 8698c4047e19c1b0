/**
 * The gradient of {@link projectiveTransformOperator} by its images: what is read with a weight gives back with that weight.
 *
 * Law  y[p] = Σ_q across[p, column of q] · down[p, row of q] · x[q] + what is filled, so dx[q] = Σ_p across · down · dy[p]; the
 *      weights along an axis are max(0, 1 − |place − cell|), or 1 where the rounded place is the cell.
 */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import {
  abs,
  add,
  div,
  eq,
  type Formula,
  gt,
  max,
  min,
  mul,
  neg,
  select,
  sub,
  x0,
  x1,
  x2,
  variable,
  ge,
} from "../formula/formula.js";
import type { FillMode, Interpolation, Sampling } from "../shape/sampling.js";
import type { GradientRequest } from "./operator.js";

const floor = (a: Formula): Formula => ["floor", a];
const least = (length: number, place: Formula): Formula => max(0, min(place, length - 1));

/** Where a place x0 outside the axis is read: the run-time twins are in projective-sampling.ts. */
const moved: Readonly<Record<FillMode, (length: number) => Formula>> = {
  constant: () => x0,
  nearest: (length) => least(length, x0),
  reflect: (length) => {
    const period = 2 * length;
    const turned = add(mul(period, floor(div(neg(x0), period))), x0);
    const before = select(gt(-length, turned), add(turned, period), sub(neg(turned), 1));
    const beyond = sub(x0, mul(period, floor(div(x0, period))));
    const after = select(ge(beyond, length), sub(sub(period, beyond), 1), beyond);
    return within(length, least(length, before), least(length, after));
  },
  wrap: (length) => {
    if (length <= 1) return 0;
    const before = add(x0, mul(length, add(floor(div(neg(x0), length - 1)), 1)));
    const after = sub(x0, mul(length, floor(div(x0, length - 1))));
    return within(length, least(length, before), least(length, after));
  },
};

const within = (length: number, before: Formula, after: Formula): Formula =>
  select(gt(0, x0), before, select(gt(x0, length - 1), after, x0));

/** How much of cell x1 is in place x0. */
const nearness: Readonly<Record<Interpolation, Formula>> = {
  bilinear: max(0, sub(1, abs(sub(x0, x1)))),
  // Halves away from 0.
  nearest: eq(select(ge(x0, 0), floor(add(x0, 0.5)), neg(floor(sub(0.5, x0)))), x1),
};

interface Axis extends Pick<Sampling, "fillMode" | "interpolation"> {
  readonly emit: Emit;
  /** Numerators and the denominator k of the places: [n, p]. */
  readonly numerator: Value;
  readonly k: Value;
  readonly length: number;
}

/** Weights [n, p, length] of an axis's cells in each pixel of the result; none where k is 0. */
const weightsOf = ({ emit, numerator, k, length, fillMode, interpolation }: Axis): Value => {
  const place = emit("elementwise", [numerator, k], { formula: select(eq(x1, 0), 0, div(x0, x1)) });
  const read = emit("elementwise", [place], { formula: moved[fillMode](length) });
  const column = (value: Value): Value => emit("reshape", [value], { shape: [...value.type.shape, 1] });
  const cells = emit("constant", [], { dtype: "f32", shape: [length], value: counting(length) });
  return emit("elementwise", [column(read), cells, column(k)], {
    formula: mul(nearness[interpolation], select(eq(x2, 0), 0, 1)),
  });
};

const counting = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** dx [n, h, w, c]. */
export const projectiveImageGradient = (
  request: GradientRequest<Sampling & { readonly outputSize: readonly number[] }>,
): Value => {
  const { inputs, outputGradient, attrs, emit } = request;
  const [images, matrices] = inputs;
  invariant(images && matrices, "projectiveTransform has images and matrices");
  const [n = "n", height = 1, width = 1, channels = 1] = images.type.shape;
  const [rows = 1, columns = 1] = attrs.outputSize;
  const pixels = counting(rows * columns);
  const constant = (value: readonly number[]): Value =>
    emit("constant", [], { dtype: "f32", shape: [pixels.length], value });
  const x = constant(pixels.map((pixel) => pixel % columns));
  const y = constant(pixels.map((pixel) => Math.floor(pixel / columns)));
  const entry = (index: number): Value => emit("slice", [matrices], { begin: [0, index], size: [n, 1] });
  const affine = (first: number, shift: Formula, ...more: readonly Value[]): Value =>
    emit("elementwise", [x, y, entry(first), entry(first + 1), ...more], {
      formula: add(add(mul(x0, variable(2)), mul(x1, variable(3))), shift),
    });
  const k = affine(6, 1);
  const common = { emit, k, fillMode: attrs.fillMode, interpolation: attrs.interpolation };
  const across = weightsOf({ ...common, numerator: affine(0, variable(4), entry(2)), length: Number(width) });
  const down = weightsOf({ ...common, numerator: affine(3, variable(4), entry(5)), length: Number(height) });
  const shaped = (value: Value, ...shape: readonly (typeof n)[]): Value => emit("reshape", [value], { shape });
  const product = emit(
    "elementwise",
    [
      shaped(down, n, pixels.length, height, 1, 1),
      shaped(across, n, pixels.length, 1, width, 1),
      shaped(outputGradient, n, pixels.length, 1, 1, channels),
    ],
    { formula: mul(mul(x0, x1), x2) },
  );
  return emit("reduceSum", [product], { axes: [1], keepDims: false });
};
