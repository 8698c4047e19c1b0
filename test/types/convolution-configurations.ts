/** Random configurations of convolutions over one axis to three: depthwise, separable and transposed ones too. */
import { list, ofShape, pads, pair, size, some, type Axes, type Configuration, type Dice } from "./random-options.js";

type Maker = (dice: Dice) => Configuration;
type Rank = 1 | 2 | 3;

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
  const both = (): readonly number[] => [size(dice, 0, 4), size(dice, 0, 4)];
  if (rank === 2) return pads(dice);
  if (dice.chance(0.4)) return size(dice, 0, 4);
  return rank === 1 ? both() : dice.chance(0.5) ? each(rank, both) : each(rank, () => size(dice, 0, 4));
};

const window = (rank: Rank, words: readonly string[], dice: Dice): Record<string, unknown> => ({
  kernelSize: sizes(rank, dice, 1, 7),
  ...some(dice, {
    strides: [0.5, () => sizes(rank, dice, 1, 5)],
    padding: [0.7, () => (dice.chance(0.5) ? dice.pick(words) : sides(rank, dice))],
    dilationRate: [0.3, () => sizes(rank, dice, 1, 3)],
    activation: [0.3, () => dice.pick(["linear", "relu", "tanh", "sigmoid", "softmax"])],
    useBias: [0.2, () => false],
  }),
});
const slid = (rank: Rank, dice: Dice): Record<string, unknown> => ({
  ...window(rank, rank === 1 ? ["valid", "same", "causal"] : ["valid", "same"], dice),
  ...some(dice, { strict: [0.2, () => true] }),
});
const filters = (dice: Dice): Record<string, unknown> => ({ filters: size(dice, 1, 64) });
const multiplier = (dice: Dice): Record<string, unknown> =>
  some(dice, { depthMultiplier: [0.5, () => size(dice, 1, 4)] });

const convolution = (rank: Rank): Maker =>
  ofShape(input(rank), `conv${rank}d`, (dice) => ({
    ...filters(dice),
    ...slid(rank, dice),
    ...some(dice, { groups: [0.3, () => size(dice, 1, 4)] }),
  }));

const transposed = (rank: Rank): Maker =>
  ofShape(input(rank), `conv${rank}dTranspose`, (dice) => ({
    ...filters(dice),
    ...window(rank, ["valid", "same"], dice),
    ...some(dice, { outputPadding: [0.3, () => sizes(rank, dice, 0, 2)] }),
  }));

export const convolutionMakers: readonly Maker[] = [
  convolution(1),
  convolution(3),
  transposed(1),
  transposed(2),
  transposed(3),
  ...([1, 2] as const).flatMap((rank) => [
    ofShape(input(rank), `depthwiseConv${rank}d`, (dice) => ({ ...slid(rank, dice), ...multiplier(dice) })),
    ofShape(input(rank), `separableConv${rank}d`, (dice) => ({
      ...filters(dice),
      ...slid(rank, dice),
      ...multiplier(dice),
    })),
  ]),
];
