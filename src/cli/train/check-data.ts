/** Looks at validation and test data before training: what is wrong with them would else be said only after hours. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { checkExamples, countOf, sliceExamples, type Examples } from "../../train/examples.js";
import type { TaskData } from "../../train/task.js";
import type { Trainer } from "../../train/trainer.js";

/** The batch that `evaluate` takes, so that what is compiled for it here serves there. */
const evaluationBatch = 256;

const checkPart = async (trainer: Trainer, name: string, part: Examples): Promise<Either<SvertkaError, void>> => {
  const checked = checkExamples(part, name);
  if (E.isLeft(checked)) return checked;
  const end = Math.min(countOf(part), evaluationBatch);
  const tried = await trainer.evaluateBatch(sliceExamples(part, 0, end))();
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
