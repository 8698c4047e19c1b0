/** A picture of some test images with what the trained net takes them for. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { f32, type NdArray } from "../../data/nd-array.js";
import { sliceRows } from "../../data/rows.js";
import { compile } from "../../run/compile.js";
import type { Weights } from "../../run/initial-weights.js";
import { isArray } from "../../run/named-arrays.js";
import type { Labels } from "../../train/batch.js";
import type { Examples } from "../../train/fit.js";
import { isLoss } from "../../train/heads.js";
import type { Task } from "../../train/task.js";
import { drawablePixels } from "../../viz/drawable-pixels.js";
import type { CaptionedImage, Drawing } from "../../viz/index.js";

/** How many are drawn, and in how many columns. */
export const most = 24;
const columns = 6;

/** Pictures with a class each. */
export interface LabelledPictures {
  readonly x: NdArray<"f32">;
  readonly y: NdArray<"i32">;
  readonly areLogits: boolean;
}

/** The examples as what can be drawn; undefined where they are something else. */
export const labelledPictures = ({ x, y }: Examples, { loss }: Task): LabelledPictures | undefined => {
  if (!isArray(x) || !isArray<Labels>(y) || y.dtype !== "i32" || !isLoss(loss) || loss.family !== "categorical")
    return undefined;
  return x.shape.length === 4 && [1, 3, 4].includes(x.shape[3] ?? 0)
    ? { x, y, areLogits: loss.input === "logits" }
    : undefined;
};

/** Logits become probabilities; these stay as they are. */
const probabilities = (row: Float32Array, areLogits: boolean): Float32Array => {
  if (!areLogits) return row;
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = row.map((value) => Math.exp(value - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / total);
};

export interface TestPicturesRequest {
  readonly task: Task;
  readonly weights: Weights;
  readonly backend: Backend;
  /** Which data they are: `test`. */
  readonly name: string;
  readonly pictures: LabelledPictures;
  readonly classNames: readonly string[] | undefined;
}

interface Caption {
  (prediction: {
    readonly predicted: string;
    readonly probability: number;
    readonly actual: string;
  }): Pick<CaptionedImage, "caption" | "tone">;
}

const captioned = (
  request: TestPicturesRequest,
  output: NdArray<"f32">,
  caption: Caption,
): readonly CaptionedImage[] => {
  const { pictures, classNames } = request;
  const nameOf = (label: number): string => classNames?.[label] ?? `class ${label}`;
  const [count = 0, classes = 0] = output.shape;
  return Array.from({ length: count }, (_, i) => {
    const row = probabilities(output.data.subarray(i * classes, (i + 1) * classes), pictures.areLogits);
    const best = row.reduce((top, value, label) => (value > (row[top] ?? 0) ? label : top), 0);
    const pixels = sliceRows(pictures.x, i, i + 1);
    const said = { predicted: nameOf(best), probability: row[best] ?? 0, actual: nameOf(pictures.y.data[i] ?? 0) };
    return { pixels: drawablePixels(f32(pixels.shape.slice(1), pixels.data)), ...caption(said) };
  });
};

/** The first images. */
export const testPictures =
  (request: TestPicturesRequest): TaskEither<SvertkaError, Drawing> =>
  async () => {
    const { imageGrid, predictionCaption } = await import("../../viz/index.js");
    const { task, weights, backend, name, pictures } = request;
    const count = Math.min(most, pictures.y.shape[0] ?? 0);
    const output = await pipe(
      compile(task.model, { backend, weights }),
      TE.flatMap((predictor) => async () => {
        const result = await predictor.predict(sliceRows(pictures.x, 0, count))();
        predictor.dispose();
        return result;
      }),
      TE.flatMapEither((outputs): Either<SvertkaError, NdArray<"f32">> => {
        const [first] = Object.values(outputs);
        return first?.shape.length === 2
          ? E.right(first)
          : fail("BadData", "predictions", "the model's output is no list of classes: nothing is drawn");
      }),
    )();
    if (E.isLeft(output)) return output;
    const images = captioned(request, output.right, predictionCaption);
    const wrong = images.filter(({ tone }) => tone === "bad").length;
    return imageGrid({
      title: `${count} ${name} images: ${count - wrong} right, ${wrong} wrong (red)`,
      images,
      columns,
    });
  };
