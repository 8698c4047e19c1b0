/** Looks at validation and test data before training: what is wrong with them would else be said only after hours. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { checkFinite } from "../../data/nd-array.js";
import { sliceRows } from "../../data/rows.js";
import type { Examples } from "../../train/fit.js";
import type { TaskData } from "../../train/task.js";
import type { Trainer } from "../../train/trainer.js";

/** The batch that `evaluate` takes, so that what is compiled for it here serves there. */
const evaluationBatch = 256;

const checkPart = async (trainer: Trainer, name: string, { x, y }: Examples): Promise<Either<SvertkaError, void>> => {
  const [inputs = 0] = x.shape;
  const [labels = 0] = y.shape;
  if (inputs !== labels)
    return fail("BadData", name, `data: ${inputs} inputs and ${labels} labels: give one label per input`);
  const finite = checkFinite(x, name);
  if (E.isLeft(finite)) return finite;
  const end = Math.min(labels, evaluationBatch);
  const tried = await trainer.evaluateBatch({ x: sliceRows(x, 0, end), y: sliceRows(y, 0, end) })();
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
