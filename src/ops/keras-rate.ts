/** Keras mappings of layers that only have a rate. */
import type { KerasMapping } from "./keras.js";

/* @__NO_SIDE_EFFECTS__ */
export const rateKeras = (word: string, className: string): KerasMapping => ({
  kind: "keras",
  word,
  classes: [className],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({ word, options: { rate: config.number("rate") }, inputs });
  },
  write: ({ options, inputs, layer }) => layer({ className, config: { rate: options["rate"] }, inputs }),
});
