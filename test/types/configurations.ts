/** Random layer configurations, sensible and senseless: an input shape and the text of a layer. */

import { augmentationMakers } from "./augmentation-configurations.js";
import { blockMakers } from "./block-configurations.js";
import { convolutionMakers } from "./convolution-configurations.js";
import { activationNames, pointwiseMakers } from "./pointwise-configurations.js";
import { borderAndPoolMakers } from "./pool-configurations.js";
import {
  any,
  image,
  list,
  ofShape,
  padding,
  pair,
  size,
  some,
  value,
  type Axes,
  type Configuration,
  type Dice,
} from "./random-options.js";

const activation = (dice: Dice): string => dice.pick(activationNames);

const pool = (dice: Dice): Configuration["options"] =>
  some(dice, {
    poolSize: [0.8, () => pair(dice, 1, 5)],
    strides: [0.5, () => pair(dice, 1, 4)],
    padding: [0.5, () => padding(dice)],
  });

/** A target for reshape that often fits. */
const target = (shape: Axes, dice: Dice): readonly number[] => {
  const volume = shape.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const factor = dice.pick([1, 2, 3, 4, 5]);
  return dice.pick([
    [Math.max(1, Math.floor(volume / factor)), factor],
    [-1, factor],
    [factor, -1, 1],
    [-1, -1],
    [size(dice, 1, 99), size(dice, 1, 99)],
    [volume],
    [],
  ]);
};

const mostlyFlat = (dice: Dice): Axes => (dice.chance(0.7) ? list(1, dice) : any(dice));
const makers: readonly ((dice: Dice) => Configuration)[] = [
  ...Array.from({ length: 5 }, () =>
    ofShape(image, "conv2d", (dice) => ({
      filters: size(dice, 1, 512),
      kernelSize: pair(dice, 1, 9),
      ...some(dice, {
        strides: [0.5, () => pair(dice, 1, 6)],
        padding: [0.7, () => padding(dice)],
        dilationRate: [0.3, () => pair(dice, 1, 3)],
        groups: [0.3, () => size(dice, 1, 6)],
        activation: [0.3, () => activation(dice)],
        useBias: [0.2, () => false],
        strict: [0.15, () => true],
      }),
    })),
  ),
  ...Array.from({ length: 2 }, () => ofShape(image, "maxPool2d", pool)),
  ofShape(image, "avgPool2d", pool),
  ofShape(mostlyFlat, "dense", (dice) => ({
    units: size(dice, 1, 5000),
    ...some(dice, { activation: [0.3, () => activation(dice)] }),
  })),
  ofShape(any, "dense", (dice) => ({ units: size(dice, 1, 5000), axis: -1 })),
  ofShape(
    (dice) => list(dice.whole(1, 4), dice),
    "reshape",
    (dice, shape) => ({ targetShape: target(shape, dice) }),
  ),
  ofShape(any, "dropout", (dice) => ({ rate: dice.pick([0, 0.25, 0.5, 0.999, 1e-7, 1, 1.5, -0.1]) })),
  ofShape(any, "batchNormalization", (dice) => some(dice, { momentum: [0.3, () => 0.9], scale: [0.3, () => false] })),
  ofShape(any, "leakyRelu", (dice) => some(dice, { alpha: [0.5, () => 0.1] })),
  ofShape(any, "flatten", value),
  ...borderAndPoolMakers,
  ...convolutionMakers,
  ...pointwiseMakers,
  ...augmentationMakers,
  ...blockMakers,
  (dice) => ofShape(any, dice.pick(["relu", "relu6", "tanh", "sigmoid", "softmax", "logSoftmax"]), value)(dice),
];

/** One random configuration. */
export const configuration = (dice: Dice): Configuration => dice.pick(makers)(dice);

const atMost = (dim: number | null): number | null => (dim === null ? null : Math.min(dim, 999_999_999));

/** Another size: unknown, or such as other strides and paddings make. */
const other = (dim: number, dice: Dice): number | null =>
  atMost(dice.pick([null, 1, dim + 1, dim + 2, dim + 2, 2 * dim, 3 * dim, Math.max(1, dim - 3), Math.ceil(dim / 2)]));

/** Shapes to merge: alike, mostly. */
export const mergeable = (dice: Dice): readonly Axes[] => {
  const first = dice.chance(0.8) ? list(dice.pick([1, 2, 3, 3, 3, 4]), dice) : any(dice);
  const like = (): Axes =>
    dice.chance(0.1) ? any(dice) : first.map((dim) => (dice.chance(0.85) ? dim : other(dim ?? 3, dice)));
  return [first, ...Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, like)];
};
