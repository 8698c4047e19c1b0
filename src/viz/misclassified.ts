/** The images that a net gets wrong, the surest of its mistakes first. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { sliceRows } from "../data/rows.js";
import { labelledClasses, type LabelledClasses } from "./classes.js";
import type { Drawing } from "./drawing.js";
import { drawablePixels } from "./drawable-pixels.js";
import { imageGrid } from "./image-grid.js";
import { predictionCaption } from "./prediction-caption.js";
import type { ThemeName } from "./theme.js";

export interface MisclassifiedOptions {
  readonly title: string;
  /** `[n, h, w, 1 | 3 | 4]`. */
  readonly images: NdArray<"f32">;
  /** Probabilities `[n, classes]`, or `[n, 1]` of the second of two classes. */
  readonly probabilities: NdArray<"f32">;
  /** Class numbers `[n]`. */
  readonly labels: NdArray;
  readonly classNames?: readonly string[] | undefined;
  /** How many are drawn at most; 24 when not given. */
  readonly most?: number | undefined;
  /** 6 when not given. */
  readonly columns?: number | undefined;
  readonly theme?: ThemeName | undefined;
}

/** How sure the net is of what it says about an example. */
const sureness = (probabilities: NdArray<"f32">, { predicted }: LabelledClasses, row: number): number => {
  const classes = probabilities.shape[1] ?? 1;
  const said = predicted.data[row] ?? 0;
  const value = probabilities.data[row * classes + (classes === 1 ? 0 : said)] ?? 0;
  return classes === 1 && said === 0 ? 1 - value : value;
};

const grid = (
  { title, images, probabilities, most = 24, columns = 6, theme }: MisclassifiedOptions,
  classes: LabelledClasses,
): Either<SvertkaError, Drawing> => {
  const { actual, predicted, nameOf } = classes;
  const wrong = [...actual.data.keys()]
    .filter((row) => actual.data[row] !== predicted.data[row])
    .map((row) => ({ row, probability: sureness(probabilities, classes, row) }))
    .toSorted((a, b) => b.probability - a.probability);
  if (wrong.length === 0)
    return fail("BadData", title, `misclassified: all ${actual.data.length} examples are right: there is none to draw`);
  const shown = wrong.slice(0, most);
  const which = shown.length < wrong.length ? `, the surest ${shown.length} of them` : "";
  return imageGrid({
    title: `${title}: ${wrong.length} of ${actual.data.length} wrong${which}`,
    images: shown.map(({ row, probability }) => {
      const { shape, data } = sliceRows(images, row, row + 1);
      const name = (numbers: NdArray<"i32">): string => nameOf(numbers.data[row] ?? 0);
      return {
        pixels: drawablePixels(f32(shape.slice(1), data)),
        ...predictionCaption({ predicted: name(predicted), probability, actual: name(actual) }),
      };
    }),
    columns,
    theme,
  });
};

/**
 * A grid of images whose class the net does not say, each with what it says, how sure it is, and what is true.
 *
 * Errors  those of `confusionMatrix` and `imageGrid`; BadData where the net is right every time, or sizes do not fit.
 *
 * @example
 * const drawing = misclassified({ title: "Test data", images, probabilities, labels, classNames: ["cat", "dog"] })
 */
export const misclassified = (options: MisclassifiedOptions): Either<SvertkaError, Drawing> => {
  const { title, images, probabilities, labels, classNames } = options;
  if (images.shape.length !== 4 || images.shape[0] !== probabilities.shape[0])
    return fail(
      "BadData",
      title,
      `misclassified: images [${images.shape.slice(0, 6).join(", ")}] for ${probabilities.shape[0] ?? 0} predictions: give [n, height, width, channels], one for each`,
    );
  return pipe(
    labelledClasses({ title, actual: labels, predicted: probabilities, classNames }),
    E.flatMap((classes) => grid(options, classes)),
  );
};
