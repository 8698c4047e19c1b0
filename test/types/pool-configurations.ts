/** Random configurations of poolings, resizings, paddings and croppings, over one axis to three. */
import {
  any,
  list,
  ofShape,
  pads,
  pair,
  size,
  some,
  value,
  type Axes,
  type Configuration,
  type Dice,
} from "./random-options.js";

type Maker = (dice: Dice) => Configuration;
type Rank = 1 | 2 | 3;

/** An input of that many axes and channels, mostly. */
const input =
  (rank: Rank) =>
  (dice: Dice): Axes =>
    list(dice.chance(0.04) ? dice.whole(0, 4) : rank + 1, dice);

const each = <T>(rank: Rank, one: () => T): readonly T[] => Array.from({ length: rank }, one);

/** A number for all axes, or one for each. */
const sizes = (rank: Rank, dice: Dice, low: number, high: number): unknown =>
  rank === 2
    ? pair(dice, low, high)
    : rank === 1 || dice.chance(0.6)
      ? size(dice, low, high)
      : each(rank, () => size(dice, low, high));

/** Cells on each side: one number, or for each axis a number or [before, after]. */
const sides = (rank: Rank, dice: Dice): unknown => {
  const both = (): readonly number[] => [size(dice, 0, 3), size(dice, 0, 3)];
  if (rank === 2) return pads(dice);
  if (dice.chance(0.4)) return size(dice, 0, 3);
  return rank === 1 ? both() : dice.chance(0.5) ? each(rank, both) : each(rank, () => size(dice, 0, 3));
};

const pool = (rank: Rank, dice: Dice): Record<string, unknown> =>
  some(dice, {
    poolSize: [0.8, () => sizes(rank, dice, 1, 5)],
    strides: [0.5, () => sizes(rank, dice, 1, 4)],
    padding: [0.5, () => (dice.chance(0.6) ? dice.pick(["valid", "same"]) : sides(rank, dice))],
    strict: [0.2, () => true],
  });

const ofRank = (rank: Rank): readonly Maker[] => [
  ...["maxPool", "avgPool", "sumPool"].map((name) =>
    ofShape(input(rank), `${name}${rank}d`, (dice) => pool(rank, dice)),
  ),
  ...["globalAvgPool", "globalMaxPool"].map((name) => ofShape(input(rank), `${name}${rank}d`, value)),
  ...["adaptiveAvgPool", "adaptiveMaxPool"].map((name) =>
    ofShape(input(rank), `${name}${rank}d`, (dice) => ({ outputSize: sizes(rank, dice, 1, 7) })),
  ),
  ofShape(input(rank), `upSampling${rank}d`, (dice) => some(dice, { size: [0.8, () => sizes(rank, dice, 1, 4)] })),
  ofShape(input(rank), `zeroPadding${rank}d`, (dice) => some(dice, { padding: [0.9, () => sides(rank, dice)] })),
  ofShape(input(rank), `cropping${rank}d`, (dice) => some(dice, { cropping: [0.9, () => sides(rank, dice)] })),
];

/** The places of axes in some order, now and then none. */
const order = (shape: Axes, dice: Dice): readonly number[] => {
  const places = shape.map((_, axis) => axis + 1);
  const mixed = places.map((place) => ({ place, at: dice.whole(0, 999) })).toSorted((a, b) => a.at - b.at);
  return dice.chance(0.8)
    ? mixed.map(({ place }) => place)
    : dice.pick([[...places, 1], places.slice(1), places.map(() => dice.whole(0, 4)), [-1, 0], [1.5, 1], [1e21, 1]]);
};

export const borderAndPoolMakers: readonly Maker[] = [
  ...ofRank(1),
  ...ofRank(2),
  ...ofRank(3),
  ofShape(any, "permute", (dice, shape) => ({ dims: order(shape, dice) })),
];
