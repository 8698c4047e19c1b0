/**
 * Random transformations of pictures as data: matrices of {@link samplePicture} that are linear in a few formulas of uniform numbers,
 * so that layers and data maps are one definition.
 *
 * Source  Keras 3's RandomRotation, RandomTranslation, RandomZoom and RandomShear: the same draws in the same order.
 */
import { add, cos, gt, mul, select, sin, type Formula, type Variable, x0, x1, x2 } from "../formula/formula.js";
import { factorRange, type Factor } from "../shape/factor.js";

interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** A matrix [a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁] = rows[0] + Σ coefficients[i] · rows[i + 1]. */
export interface ImageTransformation {
  /** How many uniform numbers in [0, 1) a picture takes: x0, x1, … of the formulas. */
  readonly draws: number;
  readonly coefficients: readonly Formula[];
  readonly rows: (size: PictureSize) => readonly (readonly number[])[];
}

/** A uniform number in a range, from one in [0, 1). */
export const between = ([lower, upper]: readonly [number, number], draw: Formula): Formula =>
  add(lower, mul(upper - lower, draw));

/** 1 or -1, each for half of the numbers. */
export const randomSign = (draw: Variable): Formula => select(gt(draw, 0.5), -1, 1);

const identity = [1, 0, 0, 0, 1, 0, 0, 0];

/** About the picture's middle, by a part of a whole turn; a positive one turns counter-clockwise. */
export const rotation = (factor: Factor): ImageTransformation => {
  const angle = mul(2 * Math.PI, between(factorRange(factor, -1), x0));
  return {
    draws: 1,
    coefficients: [cos(angle), sin(angle)],
    rows: ({ height, width }) => {
      const [across, down] = [(width - 1) / 2, (height - 1) / 2];
      return [
        [0, 0, across, 0, 0, down, 0, 0],
        [1, 0, -across, 0, 1, -down, 0, 0],
        [0, -1, down, 1, 0, -across, 0, 0],
      ];
    },
  };
};

/** By parts of the height and the width, down and to the right where positive. */
export const translation = (heightFactor: Factor, widthFactor: Factor): ImageTransformation => ({
  draws: 2,
  coefficients: [between(factorRange(heightFactor, -1), x0), between(factorRange(widthFactor, -1), x1)],
  rows: ({ height, width }) => [identity, [0, 0, 0, 0, 0, -height, 0, 0], [0, 0, -width, 0, 0, 0, 0, 0]],
});

/** About the picture's middle: a factor of 0.2 shows 1.2 times as much of it. Without a width's factor both axes take the height's. */
export const zoom = (heightFactor: Factor, widthFactor: Factor | undefined): ImageTransformation => {
  const down = add(1, between(factorRange(heightFactor, -1), x0));
  return {
    draws: widthFactor === undefined ? 1 : 2,
    coefficients: [down, widthFactor === undefined ? down : add(1, between(factorRange(widthFactor, -1), x1))],
    rows: ({ height, width }) => {
      const [across, middle] = [(width - 1) / 2, (height - 1) / 2];
      return [
        [0, 0, across, 0, 0, middle, 0, 0],
        [0, 0, 0, 0, 1, -middle, 0, 0],
        [1, 0, -across, 0, 0, 0, 0, 0],
      ];
    },
  };
};

/** Rows move by `x` times their number, columns by `y` times theirs; the picture's first row and column stay. */
export const shear = (xFactor: Factor, yFactor: Factor): ImageTransformation => ({
  draws: 3,
  coefficients: [
    mul(randomSign(x0), between(factorRange(yFactor, -1), x1)),
    mul(randomSign(x0), between(factorRange(xFactor, -1), x2)),
  ],
  rows: () => [identity, [0, 0, 0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0]],
});

/** To a place among so many rows and columns, all alike: the picture's cell there comes to the corner. */
export const cropAt = (rows: number, columns: number): ImageTransformation => ({
  draws: 2,
  coefficients: [
    ["floor", mul(rows, x0)],
    ["floor", mul(columns, x1)],
  ],
  rows: () => [identity, [0, 0, 0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0]],
});
