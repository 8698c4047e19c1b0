/** What a finished training leaves: figures on the test data, the history drawn, pictures of what it makes of test data. */
import { basename, resolve } from "node:path";
import { orReject, render } from "../../errors.js";
import { E, TE, pipe } from "../../fp.js";
import { countOf, type Examples } from "../../train/examples.js";
import { evaluate, type History } from "../../train/fit.js";
import { drawHistory, writePicture } from "../../train/node/history-files.js";
import { count, figures, seconds } from "../quantities.js";
import { labelledExamples, testPictures, type NamedDrawing } from "./test-pictures.js";
import type { TrainingRun } from "./train-and-save.js";

interface ReportOptions {
  readonly history: History;
  /** When the command began, in milliseconds. */
  readonly started: number;
  readonly json: boolean;
}

interface Judging {
  readonly name: string;
  readonly examples: Examples;
}

/** Test data if there are any, else validation data, else what it was trained on. */
const judging = ({ data: { train, validation, test } }: TrainingRun): Judging => {
  if (test !== undefined) return { name: "test", examples: test };
  return validation === undefined
    ? { name: "training", examples: train }
    : { name: "validation", examples: validation };
};

const drawAll = async (run: TrainingRun, history: History, { name, examples }: Judging): Promise<readonly string[]> => {
  const { task, trainer, backend, folder, data, terminal } = run;
  const drawn: string[] = [];
  const keep = (paths: readonly string[]): void => void drawn.push(...paths);
  if (Object.keys(history).length > 0)
    keep(await orReject(drawHistory(folder.out, `Training history: ${basename(resolve(folder.out))}`, history)));
  const labelled = labelledExamples(examples, task);
  if (labelled === undefined) return drawn;
  const request = { task, weights: await trainer.weights(), backend, name, examples: labelled, terminal };
  const written = await pipe(
    testPictures({ ...request, classNames: data.classNames }),
    TE.flatMap(TE.traverseSeqArray((one: NamedDrawing) => writePicture(folder.out, one.name, one.drawing))),
  )();
  if (E.isRight(written)) keep(written.right.flat());
  else terminal.note(`predictions are not drawn: ${render(written.left)}`);
  return drawn;
};

export const report = async (run: TrainingRun, { history, started, json }: ReportOptions): Promise<void> => {
  const { trainer, backend, folder, terminal } = run;
  const judged = judging(run);
  const { name, examples } = judged;
  const { loss = Number.NaN, ...metrics } = await orReject(evaluate(trainer, examples));
  const drawn = await drawAll(run, history, judged);
  const took = (performance.now() - started) / 1000;
  if (json) {
    const rounded = Math.round(took * 10) / 10;
    terminal.result(JSON.stringify({ loss, metrics, seconds: rounded, backend: backend.name, out: folder.out }));
  } else
    terminal.result(
      `${name} data, ${count(countOf(examples))} examples: ${figures({ loss, ...metrics })}  (${seconds(took)} on ${backend.name})`,
    );
  terminal.note(`written: ${[folder.checkpoint, ...drawn].join(", ")}`);
};
