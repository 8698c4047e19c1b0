/** Random configurations of activations, normalisations and noise. */
import {
  any,
  image,
  list,
  ofShape,
  size,
  some,
  value,
  type Axes,
  type Configuration,
  type Dice,
} from "./random-options.js";

type Maker = (dice: Dice) => Configuration;

/** Names for `activation:` and `activation({ name })`. */
export const activationNames = [
  "linear",
  "relu",
  "relu6",
  "leakyRelu",
  "elu",
  "selu",
  "gelu",
  "silu",
  "swish",
  "hardSwish",
  "mish",
  "sigmoid",
  "hardSigmoid",
  "tanh",
  "softplus",
  "softmax",
  "logSoftmax",
] as const;

const values = ["elu", "selu", "gelu", "silu", "hardSwish", "mish", "hardSigmoid", "softplus"] as const;

const activation = (dice: Dice): Configuration["options"] =>
  dice.pick([
    { name: dice.pick(activationNames) },
    { name: dice.pick(activationNames) },
    { name: "elu", alpha: 0.5 },
    { name: "gelu", approximate: true },
    { name: "relu", maxValue: 6, negativeSlope: 0.1 },
    { name: "leakyRelu", negativeSlope: 0.3 },
    { name: dice.pick(["softmax", "logSoftmax"]), axis: oneAxis(dice) },
    { name: dice.pick(["softmax", "logSoftmax"]), axis: oneAxis(dice) },
  ]);

const oneAxis = (dice: Dice): number => dice.pick([1, 1, 2, 2, 3, -1, -1, -2, -3, 4, 0, -5, 1.5, 1e9]);
const axes = (dice: Dice): unknown =>
  dice.chance(0.4) ? oneAxis(dice) : Array.from({ length: dice.whole(0, 3) }, () => oneAxis(dice));
const shared = (dice: Dice): unknown => dice.pick([[], [1], [2], [1, 2], [1, 2], [-3, -2], [1, 1], [4], [0], [3, -1]]);

/** Channels of which many are a multiple of a small number. */
const grouped = (dice: Dice): Axes => {
  const shape = dice.chance(0.2) ? any(dice) : list(dice.whole(1, 4), dice);
  return dice.chance(0.7) && shape.length > 0 ? shape.with(-1, 4 * dice.whole(1, 20)) : shape;
};

const rate = (dice: Dice): Configuration["options"] => ({ rate: dice.pick([0, 0.25, 0.5, 0.999, 1e-7, 1, 1.5, -0.1]) });

export const pointwiseMakers: readonly Maker[] = [
  (dice) => ofShape(any, dice.pick(values), value)(dice),
  ofShape(any, "activation", activation),
  ofShape(any, "prelu", (dice) => some(dice, { sharedAxes: [0.7, () => shared(dice)] })),
  ofShape(grouped, "maxout", (dice) => ({ units: size(dice, 1, 8) })),
  ofShape(any, "layerNormalization", (dice) =>
    some(dice, { axis: [0.7, () => axes(dice)], center: [0.2, () => false], epsilon: [0.2, () => 0.1] }),
  ),
  ofShape(grouped, "groupNormalization", (dice) =>
    some(dice, { groups: [0.8, () => size(dice, 1, 8)], scale: [0.2, () => false] }),
  ),
  ofShape(any, "instanceNormalization", (dice) => some(dice, { epsilon: [0.3, () => 0.1] })),
  ofShape(any, "batchNormalization", (dice) => some(dice, { axis: [0.8, () => oneAxis(dice)] })),
  ofShape(any, "localResponseNormalization", (dice) =>
    some(dice, { depthRadius: [0.6, () => size(dice, 0, 5)], beta: [0.3, () => 0.75] }),
  ),
  ofShape((dice) => list(dice.chance(0.2) ? 3 : 2, dice), "spatialDropout1d", rate),
  ofShape(image, "spatialDropout2d", rate),
  ofShape((dice) => list(dice.chance(0.2) ? 3 : 4, dice), "spatialDropout3d", rate),
  ofShape(any, "gaussianNoise", (dice) => ({ stddev: dice.pick([0, 0.1, 2, 1e-9, -0.1, -3]) })),
  ofShape(any, "gaussianDropout", rate),
];
