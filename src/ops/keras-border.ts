/** Keras mappings of zero padding and cropping. */
import type { Sides } from "../shape/padding.js";
import { explicitSides, formatOf, sidesConfig } from "./keras-convolution.js";
import { only, type KerasMapping, type KerasReadRequest, type KerasValue } from "./keras.js";

interface Border {
  readonly word: string;
  readonly className: string;
  readonly option: "padding" | "cropping";
  readonly rank: 1 | 2 | 3;
}

/** In Keras a negative padding crops, and a negative cropping pads: each sign is a layer of its own here. */
const bothSigns = (request: KerasReadRequest, { rank, option }: Border, sides: readonly Sides[]): KerasValue => {
  const { apply, inputs } = request;
  const other = option === "padding" ? "cropping" : "padding";
  const wordOf = (kind: string): string => `${kind === "padding" ? "zeroPadding" : "cropping"}${rank}d`;
  const part = (sign: 1 | -1): readonly Sides[] =>
    sides.map(([before, after]) => [Math.max(0, sign * before), Math.max(0, sign * after)]);
  const option1 = (list: readonly Sides[]): unknown => (rank === 1 ? list[0] : list);
  const first = apply({ word: wordOf(option), options: { [option]: option1(part(1)) }, inputs });
  return apply({ word: wordOf(other), options: { [other]: option1(part(-1)) }, inputs: [first], part: other });
};

/* @__NO_SIDE_EFFECTS__ */
export const borderKeras = (facts: Border): KerasMapping => {
  const { word, className, option, rank } = facts;
  return {
    kind: "keras",
    word,
    classes: [className],
    read: (request) => {
      const { config, inputs, apply } = request;
      config.channelsLast();
      const value = config.sides(option, rank);
      const sides = explicitSides(value, rank) ?? [];
      if (sides.flat().some((cells) => cells < 0)) return bothSigns(request, facts, sides);
      return apply({ word, options: { [option]: value }, inputs });
    },
    write: ({ options, inputs, layer }) => {
      const none = Array.from({ length: rank }, (): Sides => [0, 0]);
      const sides = explicitSides(options[option] ?? 1, rank) ?? none;
      const config = { [option]: sidesConfig(sides), ...formatOf(rank) };
      return layer({ className, config, inputs: [only(inputs)] });
    },
  };
};
