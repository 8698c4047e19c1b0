/** Keras mappings of the merges: layers of `keras.layers`, and operations of two tensors. */
import type { Shape } from "../shape/shape.js";
import type { KerasMapping, KerasValue } from "./keras.js";

/** Whether an axis of 1 stretches, or one has fewer axes. */
export const stretches = (inputs: readonly { readonly shape: Shape }[]): boolean =>
  inputs.some(({ shape }) => shape.join() !== inputs[0]?.shape.join());

/** A merge by its word; its variant with options where an axis stretches, but for `multiply`, which always may. */
export const mergeStep = (
  word: string,
  inputs: readonly KerasValue[],
): { readonly word: string; readonly inputs: readonly KerasValue[]; readonly options?: { readonly broadcast: true } } =>
  word !== "multiply" && stretches(inputs) ? { word, inputs, options: { broadcast: true } } : { word, inputs };

/* @__NO_SIDE_EFFECTS__ */
export const mergeKeras = (word: string, className: string): KerasMapping => ({
  kind: "keras",
  word,
  classes: [className],
  read: ({ inputs, apply }) => apply(mergeStep(word, inputs)),
  write: ({ inputs, layer }) => layer({ className, config: {}, inputs }),
});
