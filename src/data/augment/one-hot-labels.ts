/** Class numbers as rows of zeros with a one, as a map. */
import { mistake, SvertkaFailure } from "../../errors.js";
import type { Example, Label, OneHot, Place } from "../dataset.js";
import { f32 } from "../nd-array.js";
import { portable, type Recipe } from "../portable.js";

export interface OneHotMap {
  <X, C extends number>(example: Example<X, Label<C>>, place: Place): Example<X, OneHot<C>>;
  readonly "~recipe": Recipe;
}

/**
 * Makes each label a row of as many numbers as there are classes: what {@link mixup} and {@link cutmix} mix, and what the loss
 * `categoricalCrossentropy` takes.
 *
 * Errors  a label that is no class.
 *
 * @example
 * const mixed = pipe(pictures, map(oneHotLabels()), batch(32), mapBatches(mixup({ alpha: 0.2 })))
 */
export const oneHotLabels = (): OneHotMap =>
  portable("oneHotLabels", {}, <X, C extends number>(example: Example<X, Label<C>>): Example<X, OneHot<C>> => {
    const { classes, data } = example.y;
    const [label = -1] = data;
    if (!(label >= 0 && label < classes)) {
      const sentence = `oneHotLabels: label ${label} is none of 0 to ${classes - 1}: correct the labels or the number of classes`;
      throw new SvertkaFailure(mistake("BadData", "oneHotLabels", sentence)); // caught by `map`
    }
    const row = new Float32Array(classes);
    row[label] = 1;
    return { ...example, y: f32([classes] as const, row) };
  });
