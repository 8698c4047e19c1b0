/** What a finished training leaves: figures on the test data, the history drawn, pictures of what it makes of test data. */
import { basename, resolve } from "node:path";
import { orReject, orThrow, render } from "../../errors.js";
import { E, TE, pipe } from "../../fp.js";
import { evaluateSums } from "../../train/evaluate.js";
import type { History } from "../../train/fit.js";
import { valuesOf } from "../../train/metrics/metric.js";
import { examplesIn, firstExamples, type TrainingData } from "../../train/training-data.js";
import { drawHistory, writePicture } from "../../train/node/history-files.js";
import { count, figures, seconds } from "../quantities.js";
import { progressSteps } from "../progress-steps.js";
import { judgedCount, labelledExamples, testPictures, type NamedDrawing } from "./test-pictures.js";
import type { TrainingRun } from "./train-and-save.js";

interface ReportOptions {
  readonly history: History;
  /** When the command began, in milliseconds. */
  readonly started: number;
  readonly json: boolean;
}

interface Judging {
  readonly name: string;
  readonly examples: TrainingData;
}

/** Test data if there are any, else validation data, else what it was trained on. */
const judging = async ({ data: { train, validation, test } }: TrainingRun): Promise<Judging> => {
  if (test !== undefined) return { name: "test", examples: test };
  if (validation !== undefined) return { name: "validation", examples: validation };
  const isEndless = examplesIn(train) === Infinity;
  return { name: "training", examples: isEndless ? await orReject(firstExamples(train, someExamples)) : train };
};

/** Of training data without an end. */
const someExamples = 1024;

const drawAll = async (run: TrainingRun, history: History, { name, examples }: Judging): Promise<readonly string[]> => {
  const { task, trainer, backend, folder, data, terminal } = run;
  const drawn: string[] = [];
  const keep = (paths: readonly string[]): void => void drawn.push(...paths);
  if (Object.keys(history).length > 0)
    keep(await orReject(drawHistory(folder.out, `Training history: ${basename(resolve(folder.out))}`, history)));
  const first = await orReject(firstExamples(examples, 1));
  const judged = await orReject(firstExamples(examples, judgedCount(first)));
  const labelled = labelledExamples(judged, task);
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
  const judged = await judging(run);
  const { name, examples } = judged;
  const progress = progressSteps(terminal, "examples judged");
  const evaluated = await evaluateSums(trainer, examples, { onProgress: progress.done })();
  progress.close();
  const sums = orThrow(evaluated);
  const { loss = Number.NaN, ...metrics } = valuesOf(trainer.metrics, sums);
  const drawn = await drawAll(run, history, judged);
  const took = (performance.now() - started) / 1000;
  if (json) {
    const rounded = Math.round(took * 10) / 10;
    terminal.result(JSON.stringify({ loss, metrics, seconds: rounded, backend: backend.name, out: folder.out }));
  } else
    terminal.result(
      `${name} data, ${count(sums.examples)} examples: ${figures({ loss, ...metrics })}  (${seconds(took)} on ${backend.name})`,
    );
  terminal.note(`written: ${[folder.checkpoint, ...drawn].join(", ")}`);
};
