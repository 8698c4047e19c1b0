/** What the Keras mappings of augmentation layers share: factors, ranges and how images are read, in both directions. */
import { factorRange, type Factor } from "../shape/factor.js";
import { fillModes, interpolations } from "../shape/sampling.js";
import { usualRange } from "../shape/value-range.js";
import { shownValue, type KerasConfig } from "./keras-config.js";
import { given, only, type KerasMapping, type LayerOptions } from "./keras.js";

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === "number" && Number.isFinite(end));

const factorOf = (config: KerasConfig, key: string): Factor | undefined => {
  const value = config.raw(key);
  if (value === undefined || typeof value === "number") return value;
  if (!isPair(value)) {
    config.bad(`${key} ${shownValue(value)} is neither a number nor two: the file is damaged`);
    return 0;
  }
  // Keras writes a number f as the range that it stands for, also where it would refuse to read that range (RandomShear).
  return value[0] === -value[1] ? value[1] : value;
};

const rangeOf = (config: KerasConfig): readonly [number, number] | undefined => {
  const value = config.raw("value_range") ?? [0, 255];
  if (!isPair(value)) {
    config.bad(`value_range ${shownValue(value)} is no range: the file is damaged`);
    return undefined;
  }
  return value[0] === usualRange[0] && value[1] === usualRange[1] ? undefined : value;
};

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number" && Number.isFinite(each));

const fillOf = (config: KerasConfig): number | readonly number[] | undefined => {
  const value = config.raw("fill_value");
  if (value === undefined || typeof value === "number" || isNumbers(value)) return value;
  config.bad(`fill_value ${shownValue(value)} is no number: the file is damaged`);
  return undefined;
};

const samplingOptions = (config: KerasConfig): LayerOptions => ({
  fillMode: config.textOr("reflect", "fill_mode", fillModes),
  interpolation: config.textOr("bilinear", "interpolation", interpolations),
  fillValue: config.numberOr(0, "fill_value"),
});

interface AugmentationKeras {
  readonly word: string;
  readonly className: string;
  /** Our names of its factors with Keras's. */
  readonly factors: Readonly<Record<string, string>>;
  /** Where a number stands for 0 to it, and not for both sides of 0. */
  readonly fromZero?: boolean;
  readonly samples?: boolean;
  readonly hasRange?: boolean;
  /** Whether it fills with a number or one per channel, or with noise where the file says nothing. */
  readonly fills?: boolean;
  readonly note?: string;
}

/** The mapping of a layer that has factors, a way of reading or a range of values. */
/* @__NO_SIDE_EFFECTS__ */
export const augmentationKeras = (facts: AugmentationKeras): KerasMapping => {
  const { word, className, factors, fromZero = false, samples = false, hasRange = false, fills = false, note } = facts;
  return {
    kind: "keras",
    word,
    classes: [className],
    trainsByDefault: true,
    read: ({ config, inputs, apply }) => {
      config.channelsLast();
      const read = Object.entries(factors).map(([ours, theirs]) => [ours, factorOf(config, theirs)] as const);
      const options = {
        ...Object.fromEntries<unknown>(read),
        ...(samples ? samplingOptions(config) : {}),
        ...(hasRange ? { valueRange: rangeOf(config) } : {}),
        ...(fills ? { fillValue: fillOf(config) } : {}),
      };
      return apply({ word, options: given(options), inputs });
    },
    write: ({ options, inputs, layer }) => {
      const written = Object.entries(factors).map(([ours, theirs]): readonly [string, unknown] => [
        theirs,
        factorWritten(options[ours], fromZero),
      ]);
      const sampling = {
        fill_mode: options["fillMode"] ?? "reflect",
        interpolation: options["interpolation"] ?? "bilinear",
        fill_value: options["fillValue"] ?? 0,
      };
      const config: LayerOptions = {
        ...Object.fromEntries<unknown>(written),
        ...(samples ? sampling : {}),
        ...(hasRange ? { value_range: options["valueRange"] ?? usualRange } : {}),
        ...(fills ? { fill_value: options["fillValue"] } : {}),
        data_format: "channels_last",
      };
      return layer({ className, config: given(config), inputs: [only(inputs)] });
    },
    ...(note === undefined ? {} : { note }),
  };
};

/** A range as Keras reads it: its layers whose numbers go from 0 want them as such. */
const factorWritten = (factor: unknown, fromZero: boolean): unknown =>
  fromZero && typeof factor === "number" ? factorRange(factor, 0) : factor;
