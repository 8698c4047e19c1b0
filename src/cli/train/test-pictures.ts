/** Pictures of what a trained classifier makes of examples: the first ones, the confusion matrix, the worst mistakes. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { f32, i32, type NdArray } from "../../data/nd-array.js";
import { sliceRows } from "../../data/rows.js";
import { compile } from "../../run/compile.js";
import type { Weights } from "../../run/initial-weights.js";
import { isArray } from "../../run/named-arrays.js";
import type { Labels } from "../../train/batch.js";
import type { Examples } from "../../train/fit.js";
import { isLoss } from "../../train/heads.js";
import type { Task } from "../../train/task.js";
import type { Drawing, Prediction } from "../../viz/index.js";
import { progressSteps } from "../progress-steps.js";
import type { Terminal } from "../terminal.js";

/** How many pictures are drawn, and in how many columns. */
const most = 24;
const columns = 6;
/** Examples that the confusion matrix counts, and numbers in them (128 MiB): more take time and memory, and change no shade. */
const mostJudged = 10_000;
const mostNumbers = 2 ** 25;
const chunk = 256;

/** Examples with a class each. */
export interface LabelledExamples {
  readonly x: NdArray<"f32">;
  readonly y: NdArray<"i32">;
  readonly areLogits: boolean;
}

/** The labels of a loss on class numbers: whole ones, or 0 and 1 as floats where there are two. */
const classLabels = (labels: Labels, family: string | undefined): NdArray<"i32"> | undefined => {
  const { shape, data, dtype } = labels;
  const isList = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!isList) return undefined;
  const isBinary = family === "binary" && data.every((value) => value === 0 || value === 1);
  return isBinary || (family === "categorical" && dtype === "i32")
    ? i32([data.length], Int32Array.from(data))
    : undefined;
};

/** The examples of a classifier of one input; undefined for another task. */
export const labelledExamples = ({ x, y }: Examples, { loss }: Task): LabelledExamples | undefined => {
  if (!isArray(x) || !isArray<Labels>(y) || !isLoss(loss)) return undefined;
  const labels = classLabels(y, loss.family);
  return labels === undefined ? undefined : { x, y: labels, areLogits: loss.input === "logits" };
};

/** How many examples are judged, by how large the first is. */
export const judgedCount = ({ x }: Examples): number => {
  const numbers = isArray(x) ? x.data.length / Math.max(1, x.shape[0] ?? 1) : mostNumbers;
  return Math.max(1, Math.min(mostJudged, Math.floor(mostNumbers / Math.max(1, numbers))));
};

const arePictures = ({ shape }: NdArray): boolean => shape.length === 4 && [1, 3, 4].includes(shape[3] ?? 0);

export interface TestPicturesRequest {
  readonly task: Task;
  readonly weights: Weights;
  readonly backend: Backend;
  /** Which data they are: `test`. */
  readonly name: string;
  readonly examples: LabelledExamples;
  readonly classNames: readonly string[] | undefined;
  readonly terminal: Terminal;
}

export interface NamedDrawing {
  /** Of its files, without the ending. */
  readonly name: string;
  readonly drawing: Drawing;
}

/** What the net says of the examples, as probabilities. */
const predictions = async (
  { task, weights, backend, terminal, examples: { areLogits } }: TestPicturesRequest,
  x: NdArray<"f32">,
): Promise<Either<SvertkaError, NdArray<"f32">>> => {
  const { fromLogits } = await import("../../viz/probabilities.js");
  const made = await compile(task.model, { backend, weights })();
  if (E.isLeft(made)) return made;
  const count = x.shape[0] ?? 0;
  const steps = progressSteps(terminal, "pictures of examples", count);
  const parts: NdArray<"f32">[] = [];
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(count, start + chunk);
    const outputs = await made.right.predict(sliceRows(x, start, end))();
    if (E.isLeft(outputs)) return outputs;
    parts.push(...Object.values(outputs.right).slice(0, 1));
    steps.done(end);
  }
  steps.close();
  made.right.dispose();
  const [first] = parts;
  if (first?.shape.length !== 2)
    return fail("BadData", "predictions", "the model's output is no list of classes: nothing is drawn");
  const outputs = f32([count, first.shape[1] ?? 1], joined(parts));
  return E.right(areLogits ? fromLogits(outputs) : outputs);
};

const joined = (parts: readonly NdArray<"f32">[]): Float32Array => {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return data;
};

/** What is said about a row, and how surely. */
const predictionAt = (
  { shape: [, classes = 1], data }: NdArray<"f32">,
  row: number,
  nameOf: (label: number) => string,
): Omit<Prediction, "actual"> => {
  const values = data.subarray(row * classes, (row + 1) * classes);
  const [first = 0] = values;
  if (classes === 1) return { predicted: nameOf(first >= 0.5 ? 1 : 0), probability: Math.max(first, 1 - first) };
  const best = values.reduce((top, value, label) => (value > (values[top] ?? 0) ? label : top), 0);
  return { predicted: nameOf(best), probability: values[best] ?? 0 };
};

interface Judged {
  readonly x: NdArray<"f32">;
  readonly labels: NdArray<"i32">;
  readonly probabilities: NdArray<"f32">;
}

/** The first images with captions. */
const firstImages = async (
  { name, classNames }: TestPicturesRequest,
  { x, labels, probabilities }: Judged,
): Promise<Either<SvertkaError, Drawing>> => {
  const { drawablePixels, imageGrid, predictionCaption } = await import("../../viz/index.js");
  const nameOf = (label: number): string => classNames?.[label] ?? `class ${label}`;
  const images = Array.from({ length: Math.min(most, labels.data.length) }, (_, i) => {
    const pixels = sliceRows(x, i, i + 1);
    const said = { ...predictionAt(probabilities, i, nameOf), actual: nameOf(labels.data[i] ?? 0) };
    return { pixels: drawablePixels(f32(pixels.shape.slice(1), pixels.data)), ...predictionCaption(said) };
  });
  const wrong = images.filter(({ tone }) => tone === "bad").length;
  const title = `${images.length} ${name} images: ${images.length - wrong} right, ${wrong} wrong (red)`;
  return imageGrid({ title, images, columns });
};

const allDrawings = async (
  request: TestPicturesRequest,
  judged: Judged,
): Promise<Either<SvertkaError, readonly NamedDrawing[]>> => {
  const { confusionMatrix, misclassified } = await import("../../viz/index.js");
  const { name, classNames } = request;
  const { x, labels, probabilities } = judged;
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const matrix = confusionMatrix({ title: `${capital} data`, actual: labels, predicted: probabilities, classNames });
  const confusion = E.map((drawing: Drawing) => [{ name: "confusion", drawing }])(matrix);
  if (!arePictures(x)) return confusion;
  const first = await firstImages(request, judged);
  // Where nothing is wrong there is nothing to draw.
  const wrong = misclassified({ title: `${capital} data`, images: x, probabilities, labels, classNames });
  return pipe(
    first,
    E.flatMap((drawing) =>
      pipe(
        confusion,
        E.map((drawn) => [
          { name: "predictions", drawing },
          ...drawn,
          ...(E.isRight(wrong) ? [{ name: "misclassified", drawing: wrong.right }] : []),
        ]),
      ),
    ),
  );
};

/** The confusion matrix; of pictures also the first ones, and those that are taken for something else. */
export const testPictures =
  (request: TestPicturesRequest): TaskEither<SvertkaError, readonly NamedDrawing[]> =>
  async () => {
    const { x, y } = request.examples;
    return pipe(
      TE.Do,
      TE.bind("probabilities", () => () => predictions(request, x)),
      TE.flatMap(
        ({ probabilities }) =>
          () =>
            allDrawings(request, { x, labels: y, probabilities }),
      ),
    )();
  };
