/** Random layer configurations, sensible and senseless: an input shape and the text of a layer. */

/** A stream of random choices that a seed decides. */
export interface Dice {
  readonly chance: (probability: number) => boolean;
  /** A whole number from low to high, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

/** The numbers of mulberry32: plain, and the same everywhere. */
export const diceOf = (seed: number): Dice => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    chance: (probability) => next() < probability,
    whole,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
};

export type Axes = readonly (number | null)[];

/** A layer call by its word and options; null where the word is a value. */
export interface Configuration {
  readonly shape: Axes;
  readonly word: string;
  readonly options: Readonly<Record<string, unknown>> | null;
}

const senseless = [0, -1, -3, 2.5, 0.5, 1e9, 1e21, 999_999_999];

const axis = (dice: Dice): number | null => {
  if (dice.chance(0.05)) return null;
  return dice.pick([dice.whole(1, 12), dice.whole(1, 12), dice.whole(13, 300), dice.whole(1000, 5000)]);
};

const list = (length: number, dice: Dice): Axes => Array.from({ length }, () => axis(dice));
const image = (dice: Dice): Axes => list(dice.chance(0.04) ? dice.whole(0, 4) : 3, dice);

/** A size, now and then a senseless one. */
const size = (dice: Dice, low: number, high: number): number =>
  dice.chance(0.03) ? dice.pick(senseless) : dice.whole(low, high);
const pair = (dice: Dice, low: number, high: number): unknown =>
  dice.chance(0.6) ? size(dice, low, high) : [size(dice, low, high), size(dice, low, high)];
const pads = (dice: Dice): unknown =>
  dice.chance(0.3) ? [0, 1].map(() => [size(dice, 0, 3), size(dice, 0, 3)]) : pair(dice, 0, 3);
const padding = (dice: Dice): unknown => (dice.chance(0.6) ? dice.pick(["valid", "same"]) : pads(dice));

/** Options of which each is there with some probability. */
const some = (
  dice: Dice,
  options: Readonly<Record<string, readonly [number, () => unknown]>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, [probability, value]]) =>
      dice.chance(probability) ? [[name, value()]] : [],
    ),
  );

const activation = (dice: Dice): string =>
  dice.pick(["linear", "relu", "relu6", "tanh", "sigmoid", "softmax", "logSoftmax"]);

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

const ofShape =
  (shape: (dice: Dice) => Axes, word: string, options: (dice: Dice, shape: Axes) => Configuration["options"]) =>
  (dice: Dice): Configuration => {
    const axes = shape(dice);
    return { shape: axes, word, options: options(dice, axes) };
  };

const any = (dice: Dice): Axes => list(dice.whole(0, 4), dice);
const mostlyFlat = (dice: Dice): Axes => (dice.chance(0.7) ? list(1, dice) : any(dice));
const value = (): null => null;

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
      }),
    })),
  ),
  ...Array.from({ length: 2 }, () => ofShape(image, "maxPool2d", pool)),
  ofShape(image, "avgPool2d", pool),
  ofShape(image, "zeroPadding2d", (dice) => some(dice, { padding: [0.9, () => pads(dice)] })),
  ofShape(mostlyFlat, "dense", (dice) => ({
    units: size(dice, 1, 5000),
    ...some(dice, { activation: [0.3, () => activation(dice)] }),
  })),
  ofShape(
    (dice) => list(dice.whole(1, 4), dice),
    "reshape",
    (dice, shape) => ({ targetShape: target(shape, dice) }),
  ),
  ofShape(any, "dropout", (dice) => ({ rate: dice.pick([0, 0.25, 0.5, 0.999, 1e-7, 1, 1.5, -0.1]) })),
  ofShape(any, "batchNormalization", (dice) => some(dice, { momentum: [0.3, () => 0.9], scale: [0.3, () => false] })),
  ofShape(any, "leakyRelu", (dice) => some(dice, { alpha: [0.5, () => 0.1] })),
  ofShape(any, "flatten", value),
  ofShape(image, "globalAvgPool2d", value),
  (dice) => ofShape(any, dice.pick(["relu", "relu6", "tanh", "sigmoid", "softmax", "logSoftmax"]), value)(dice),
];

/** One random configuration. */
export const configuration = (dice: Dice): Configuration => dice.pick(makers)(dice);

/** Shapes to merge: alike, mostly. */
export const mergeable = (dice: Dice): readonly Axes[] => {
  const first = dice.chance(0.8) ? list(3, dice) : any(dice);
  const like = (): Axes =>
    dice.chance(0.1)
      ? any(dice)
      : first.map((dim) => (dice.chance(0.85) ? dim : dice.pick([null, 1, dim === null ? 3 : dim + 1])));
  return [first, ...Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, like)];
};
