/** `svertka distribute`: a task as a Keras model and a Python program that trains it on many machines. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, TE, type Either } from "../../fp.js";
import { writeKeras } from "../../io/keras/write.js";
import { makeDirectory, readBytes, writeAtomically } from "../../io/node.js";
import { writeNpy } from "../../io/npy.js";
import { hasUnknownAxes } from "../../run/inference-graph.js";
import type { Weights } from "../../run/initial-weights.js";
import { countOf } from "../../train/examples.js";
import { firstExamples } from "../../train/training-data.js";
import { trainerOptionsOf, type Task, type TaskData } from "../../train/task.js";
import { trainer } from "../../train/trainer.js";
import { withDataShape } from "../../train/with-data-shape.js";
import { chooseBackend } from "../choose-backend.js";
import type { Call, Run } from "../command.js";
import { planOf, type ArrayData, type Planned } from "../distribute/plan.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadTask } from "../load-task.js";
import { loadData } from "../load-task-data.js";
import { checkData } from "../train/check-data.js";
import { overridden, overridesOf } from "../train/overrides.js";

/** The program lies beside the compiled module and beside its source. */
const program = fileURLToPath(new URL("../distribute/train.py", import.meta.url));

/** A backup would be taken for one of this task, and its weights for these. */
const checkFolder = (folder: string): Either<SvertkaError, string> =>
  existsSync(join(folder, "backup"))
    ? fail(
        "BadOption",
        "--output",
        `${folder.slice(-80)} has the backup of a run that has not ended: end it, or choose another folder`,
      )
    : E.right(folder);

interface Prepared {
  readonly task: Task;
  readonly data: ArrayData;
  /** Those that a training here would begin with. */
  readonly weights: Weights;
}

/** Data sets are read whole: the files that are handed out are arrays. */
const arraysOf = async ({ train, validation }: TaskData): Promise<ArrayData> => ({
  train: await orReject(firstExamples(train)),
  validation: validation && (await orReject(firstExamples(validation))),
});

/** The task with what the flags say; compiled here, and its data tried, so that nothing is written that cannot run. */
const prepare = async (call: Call): Promise<Prepared> => {
  const { argument, flags, terminal } = call;
  const loaded = await orReject(loadTask(argument, { typeCheck: switchFlag(flags, "typeCheck") }));
  const whole = overridden(loaded, overridesOf(call));
  const data = await arraysOf(await orReject(loadData(whole, argument, textFlag(flags, "data"))));
  const task = hasUnknownAxes(whole.model) ? { ...whole, model: withDataShape(whole.model, data.train) } : whole;
  const backend = await chooseBackend("wasm", terminal, "training");
  const made = await orReject(trainer({ ...trainerOptionsOf(task), backend }));
  try {
    orThrow(await checkData(made, { ...data, test: data.train }));
    return { task, data, weights: await made.weights() };
  } finally {
    made.dispose();
  }
};

const writeAll = async (folder: string, { plan, arrays }: Planned, model: Uint8Array): Promise<void> => {
  await orReject(makeDirectory(join(folder, "data")));
  const files: readonly (readonly [string, () => Uint8Array])[] = [
    ...[...arrays].map(([name, array]) => [join("data", `${name}.npy`), () => writeNpy(array)] as const),
    ["model.keras", () => model],
    ["plan.json", () => new TextEncoder().encode(`${JSON.stringify(plan, undefined, 2)}\n`)],
  ];
  await orReject(
    TE.traverseSeqArray(([name, content]: (typeof files)[number]) => writeAtomically(join(folder, name), content()))(
      files,
    ),
  );
  // The program last: where it is, everything is.
  await orReject(writeAtomically(join(folder, "train.py"), await orReject(readBytes(program))));
};

export const distribute: Run = async (call) => {
  const { flags, terminal } = call;
  const folder = orThrow(checkFolder(textFlag(flags, "output") ?? ""));
  const { task, data, weights } = await prepare(call);
  const planned = orThrow(planOf(task, data));
  const model = await orReject(writeKeras(task.model, weights));
  for (const note of planned.notes) terminal.note(note);
  await writeAll(folder, planned, model);
  const found = { out: folder, examples: countOf(data.train), epochs: task.epochs, batchSize: task.batchSize };
  terminal.result(
    switchFlag(flags, "json")
      ? JSON.stringify(found, undefined, 2)
      : `${folder}: ${found.examples} examples, ${found.epochs} epochs; on each machine: python ${join(folder, "train.py")}`,
  );
};
