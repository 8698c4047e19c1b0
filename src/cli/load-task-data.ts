/** Asks a task for its data. The function is the user's and nothing checked its types: whatever it throws or gives is looked at. */
import { SvertkaFailure, fail, type SvertkaError } from "../errors.js";
import { E, type Either, type TaskEither } from "../fp.js";
import { isObject } from "../json-object.js";
import { isDataset } from "../data/dataset.js";
import { sizeOf } from "../data/nd-array.js";
import type { Task, TaskData } from "../train/task.js";

const isArray = (value: unknown): boolean => {
  if (!isObject(value) || !["f32", "i32", "u8"].includes(String(value["dtype"]))) return false;
  const { shape, data } = value;
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
  return isShape && ArrayBuffer.isView(data) && "length" in data && data.length === sizeOf(shape);
};

/** An array, or arrays by name. */
const areArrays = (value: unknown): boolean =>
  isArray(value) || (isObject(value) && Object.values(value).length > 0 && Object.values(value).every(isArray));

const isPart = (value: unknown): boolean =>
  isObject(value) && (isDataset(value) || (areArrays(value["x"]) && areArrays(value["y"])));

const isTaskData = (value: unknown): value is TaskData =>
  isObject(value) &&
  isPart(value["train"]) &&
  [value["validation"], value["test"]].every((part) => part === undefined || isPart(part));

const isError = (value: unknown): value is SvertkaError =>
  isObject(value) && ["tag", "where", "message"].every((field) => typeof value[field] === "string");

const noTask = "it gives no TaskEither: return what a reader gives, or TE.of({ train, validation, test }) by fp-ts";

const dataOf = async (
  task: Task,
  where: string,
  dataDir: string | undefined,
): Promise<Either<SvertkaError, TaskData>> => {
  const asked = task.data({ dataDir, seed: task.seed });
  if (typeof asked !== "function") return fail("BadData", where, noTask);
  const given: unknown = await asked();
  if (isObject(given) && given["_tag"] === "Left" && isError(given["left"])) return E.left(given["left"]);
  if (!isObject(given) || given["_tag"] !== "Right") return fail("BadData", where, noTask);
  return isTaskData(given["right"])
    ? E.right(given["right"])
    : fail(
        "BadData",
        where,
        "it does not give { train, validation?, test? }, each { x, y } of arrays (f32, i32) or a data set: correct the task's data function",
      );
};

/** The task's data, looked at before anything relies on them. */
export const loadData =
  (task: Task, path: string, dataDir: string | undefined): TaskEither<SvertkaError, TaskData> =>
  async () => {
    const where = `${path}: data`;
    try {
      return await dataOf(task, where, dataDir);
    } catch (cause) {
      // What a user's own function throws is a mistake in it, not a bug of ours.
      if (cause instanceof SvertkaFailure) return E.left(cause.error);
      return fail("BadModel", where, `it throws ${String(cause).replace(/\s+/g, " ").slice(0, 150)}: correct it`);
    }
  };
