/** Random options of layers, now and then senseless. */

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

/** The same dice, where what is rare is frequent: senseless options, unknown axes, inputs of other ranks. */
export const wildly = (dice: Dice): Dice => ({
  ...dice,
  chance: (probability) => dice.chance(probability < 0.1 ? 0.3 : probability),
});

const huge = [999_999_999, 500_000_000, 123_456_789, 99_999_999, 31_623];
const senseless = [0, -1, -3, 2.5, 0.5, 1e9, 1e21, ...huge];

const axis = (dice: Dice): number | null => {
  if (dice.chance(0.05)) return null;
  if (dice.chance(0.01)) return dice.pick(huge);
  return dice.pick([dice.whole(1, 12), dice.whole(1, 12), dice.whole(13, 300), dice.whole(1000, 5000)]);
};

export const list = (length: number, dice: Dice): Axes => Array.from({ length }, () => axis(dice));
export const image = (dice: Dice): Axes => list(dice.chance(0.04) ? dice.whole(0, 4) : 3, dice);

/** A size, now and then a senseless one. */
export const size = (dice: Dice, low: number, high: number): number =>
  dice.chance(0.03) ? dice.pick(senseless) : dice.whole(low, high);
export const pair = (dice: Dice, low: number, high: number): unknown =>
  dice.chance(0.6) ? size(dice, low, high) : [size(dice, low, high), size(dice, low, high)];
export const pads = (dice: Dice): unknown =>
  dice.chance(0.3) ? [0, 1].map(() => [size(dice, 0, 3), size(dice, 0, 3)]) : pair(dice, 0, 3);
export const padding = (dice: Dice): unknown => (dice.chance(0.6) ? dice.pick(["valid", "same"]) : pads(dice));

/** Options of which each is there with some probability. */
export const some = (
  dice: Dice,
  options: Readonly<Record<string, readonly [number, () => unknown]>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, [probability, value]]) =>
      dice.chance(probability) ? [[name, value()]] : [],
    ),
  );

export const ofShape =
  (shape: (dice: Dice) => Axes, word: string, options: (dice: Dice, shape: Axes) => Configuration["options"]) =>
  (dice: Dice): Configuration => {
    const axes = shape(dice);
    return { shape: axes, word, options: options(dice, axes) };
  };

export const any = (dice: Dice): Axes => list(dice.whole(0, 4), dice);
export const value = (): null => null;
