/** Looks at validation and test data before training: what is wrong with them would else be said only after hours. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isDataset } from "../../data/dataset.js";
import { checkExamples } from "../../train/examples.js";
import type { TaskData } from "../../train/task.js";
import type { Trainer } from "../../train/trainer.js";
import { firstExamples, type TrainingData } from "../../train/training-data.js";

/** The batch that `evaluate` takes, so that what is compiled for it here serves there. */
const evaluationBatch = 256;

/** Of a data set, which has to be read for it. */
const fewExamples = 8;

const checkPart = async (trainer: Trainer, name: string, part: TrainingData): Promise<Either<SvertkaError, void>> => {
  const checked = isDataset(part) ? E.right(undefined) : checkExamples(part, name);
  if (E.isLeft(checked)) return checked;
  const first = await firstExamples(part, isDataset(part) ? fewExamples : evaluationBatch)();
  if (E.isLeft(first)) return first;
  const tried = await trainer.evaluateBatch(first.right)();
  return E.isLeft(tried)
    ? fail(tried.left.tag, `${name} data, ${tried.left.where}`, tried.left.message)
    : E.right(undefined);
};

export const checkData = async (
  trainer: Trainer,
  { validation, test }: TaskData,
): Promise<Either<SvertkaError, void>> => {
  for (const [name, part] of Object.entries({ validation, test })) {
    const checked = part === undefined ? E.right(undefined) : await checkPart(trainer, name, part);
    if (E.isLeft(checked)) return checked;
  }
  return E.right(undefined);
};
