/** Weights per class: folded into the weights of examples before a step. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Dims } from "../compiler/ir/type.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { Loss } from "./losses/loss.js";

/** By class number; classes that are left out count 1, as in Keras. */
export type ClassWeights = Readonly<Record<number, number>>;

/** The number of classes that weights can be for: one column of yes-or-no labels has two. */
const classCount = (loss: Loss, output: Dims): number | undefined => {
  const columns = Number(output.at(-1));
  return loss.family === "none" ? undefined : loss.family === "binary" && columns === 1 ? 2 : columns;
};

/** What is wrong with class weights for this loss and output, if anything. */
export const classWeightsProblem = (weights: ClassWeights, loss: Loss, output: Dims): string | undefined => {
  const classes = classCount(loss, output);
  if (classes === undefined) return `classWeights: ${loss.name} has no classes: use sampleWeights, one per example`;
  if (output.length !== 2)
    return `classWeights: the labels are ${loss.labels(output).shape.length - 1}-dimensional per example: use sampleWeights, one per example`;
  for (const [key, weight] of Object.entries(weights)) {
    const number = Number(key);
    if (!Number.isInteger(number) || number < 0 || number >= classes)
      return `classWeights: there is no class ${key.slice(0, 20)}: the model has classes 0 to ${classes - 1}`;
    if (!Number.isFinite(weight) || weight < 0)
      return `classWeights: the weight ${weight} of class ${key} is not 0 or more: use a number such as 1`;
  }
  return undefined;
};

/** The class of each example: class numbers, the side of 0.5, or the place of the largest, as in Keras. */
const classesOf = ({ data, shape }: NdArray<"f32"> | NdArray<"i32">): Int32Array => {
  const columns = shape.length < 2 ? 1 : (shape.at(-1) ?? 1);
  return Int32Array.from({ length: data.length / columns }, (_, row) => {
    if (columns === 1) return Math.round(data[row] ?? 0);
    let best = 0;
    for (let i = 1; i < columns; i++) if ((data[row * columns + i] ?? 0) > (data[row * columns + best] ?? 0)) best = i;
    return best;
  });
};

/** The product of what each example weighs itself and by its class. Keras allows only one of the two. */
export const weightsOfExamples = (
  labels: NdArray<"f32"> | NdArray<"i32">,
  classWeights: ClassWeights | undefined,
  sampleWeights: NdArray<"f32"> | undefined,
): Either<SvertkaError, NdArray<"f32">> => {
  const bad = sampleWeights?.data.findIndex((weight) => !Number.isFinite(weight) || weight < 0) ?? -1;
  if (bad >= 0)
    return fail(
      "BadData",
      "sampleWeights",
      `sampleWeights: the weight ${sampleWeights?.data[bad]} of example ${bad} of the batch is not 0 or more: use a number such as 1`,
    );
  if (classWeights === undefined) return E.right(sampleWeights ?? f32([0], new Float32Array()));
  const byClass = Float32Array.from(classesOf(labels), (number) => classWeights[number] ?? 1);
  if (sampleWeights === undefined) return E.right(f32([byClass.length], byClass));
  return E.right(
    f32(
      sampleWeights.shape,
      sampleWeights.data.map((weight, i) => weight * (byClass[i] ?? 1)),
    ),
  );
};
