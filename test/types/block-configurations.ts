/** Random configurations of the blocks library. */
import { image, ofShape, size, some, type Axes, type Configuration, type Dice } from "./random-options.js";

/** Images whose channels are often those that the block keeps. */
const before =
  (channels: number) =>
  (dice: Dice): Axes => {
    const shape = image(dice);
    return dice.chance(0.4) && shape.length === 3 ? shape.with(2, channels) : shape;
  };

const strides = (dice: Dice): Record<string, unknown> => some(dice, { strides: [0.5, () => size(dice, 1, 3)] });
const pair = (dice: Dice): readonly [number, number] => [size(dice, 1, 32), size(dice, 1, 64)];

export const blockMakers: readonly ((dice: Dice) => Configuration)[] = [
  ofShape(before(16), "basicBlock", (dice) => ({ filters: dice.pick([16, size(dice, 1, 64)]), ...strides(dice) })),
  ofShape(before(32), "bottleneckBlock", (dice) => ({
    filters: dice.pick([8, 16, size(dice, 1, 64)]),
    ...strides(dice),
    ...some(dice, {
      expansion: [0.4, () => dice.pick([1, 2, size(dice, 1, 4)])],
      groups: [0.2, () => size(dice, 1, 4)],
    }),
  })),
  ofShape(before(24), "invertedResidual", (dice) => ({
    filters: dice.pick([24, size(dice, 1, 64)]),
    ...strides(dice),
    ...some(dice, {
      expansion: [0.5, () => dice.pick([1, size(dice, 1, 6)])],
      kernelSize: [0.3, () => size(dice, 1, 7)],
    }),
  })),
  ofShape(image, "squeezeExcite", (dice) => some(dice, { ratio: [0.7, () => size(dice, 1, 16)] })),
  ofShape(image, "inceptionBlock", (dice) => ({
    filters: size(dice, 1, 64),
    filters3x3: pair(dice),
    filters5x5: pair(dice),
    filtersPool: size(dice, 1, 64),
  })),
  ofShape(image, "denseBlock", (dice) => ({
    layers: dice.pick([1, 2, 3, 999, 1000, size(dice, 1, 6)]),
    growthRate: size(dice, 1, 32),
  })),
];
