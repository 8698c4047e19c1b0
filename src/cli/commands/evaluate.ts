/** `svertka evaluate`: loss and metrics of a model on arrays in files, in inference mode. */
import { orReject, orThrow } from "../../errors.js";
import { evaluate as evaluateOn } from "../../train/evaluate.js";
import { countOf } from "../../train/examples.js";
import { sgd } from "../../train/optimizers/index.js";
import { trainer } from "../../train/trainer.js";
import { chooseBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { switchFlag, textFlag, wholeFlag } from "../flags.js";
import { exampleFiles, readExamples, sizedByFiles } from "../fit/examples.js";
import { aimsOf } from "../fit/named.js";
import { sayResult } from "../fit/result.js";
import { weightFiles } from "../choose-weights.js";
import { dataRules, subjectOf } from "../fit/subject.js";
import { loadModel, modelOptions } from "../load-model.js";
import { progressSteps } from "../progress-steps.js";

export const evaluate: Run = async ({ argument, flags, terminal }) => {
  const started = performance.now();
  const aims = orThrow(aimsOf(flags));
  const batchSize = orThrow(wholeFlag(flags, "batchSize", 1));
  const files = exampleFiles(flags);
  const given = await orReject(loadModel(argument, modelOptions(flags)));
  const loaded = orThrow(await sizedByFiles(given, files));
  const request = { loaded, files: weightFiles(flags), where: argument, purpose: "evaluate" } as const;
  const subject = orThrow(await subjectOf(request, terminal));
  const { model, weights } = subject;
  const rules = orThrow(dataRules(subject, aims));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "inference");
  // The optimiser is never asked: a trainer has one.
  const made = await orReject(trainer({ ...aims, model, weights, optimizer: sgd(), backend, purpose: "evaluation" }));
  const examples = await orReject(readExamples(files, rules));
  const progress = progressSteps(terminal, "examples");
  const evaluated = await evaluateOn(made, examples, { batchSize, onProgress: progress.done })();
  progress.close();
  const values = orThrow(evaluated);
  made.dispose();
  sayResult(terminal, {
    name: "data",
    examples: countOf(examples),
    values,
    started,
    backend: backend.name,
    out: undefined,
    json: switchFlag(flags, "json"),
  });
};
