/** `svertka predict`: a model's outputs for arrays in files. */
import { join } from "node:path";
import { orReject, orThrow } from "../../errors.js";
import { TE } from "../../fp.js";
import { makeDirectory, writeNpyFile } from "../../io/node.js";
import { familyPredictor } from "../../run/predictor.js";
import { chooseBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { chooseWeights, weightFiles } from "../choose-weights.js";
import { listFlag, switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { progressSteps } from "../progress-steps.js";
import { readInputs } from "../read-input.js";

/** An output may be named by any text; a file is not to leave its folder, nor to have letters that Windows refuses. */
const fileName = (output: string): string =>
  // oxlint-disable-next-line no-control-regex -- which Windows refuses too
  `${output.replace(/[/\\:*?"<>|\0-\x1f]/g, "_").replace(/^\.+/, "_")}.npy`;

/** A file for each output: of names that would be one file, on systems that tell no capitals too, the later ones are numbered. */
const fileNames = (outputs: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return outputs.map((output) => {
    let name = fileName(output);
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = fileName(`${output}_${number}`);
    taken.add(name.toLowerCase());
    return name;
  });
};

export const predict: Run = async ({ argument, flags, terminal }) => {
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const weights = orThrow(await chooseWeights(model, weightFiles(flags), terminal));
  const arrays = orThrow(await readInputs(listFlag(flags, "input"), model.graphs.inputs));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "inference");
  const checkInputs = switchFlag(flags, "checkInputs");
  const ready = await orReject(familyPredictor({ graphs: model.graphs, weights, backend, checkInputs }));
  const progress = progressSteps(terminal, "examples");
  const predicted = await ready.predict(arrays, { onProgress: progress.done })();
  progress.close();
  const outputs = Object.entries(orThrow(predicted));
  ready.dispose();
  const folder = textFlag(flags, "output") ?? ".";
  await orReject(makeDirectory(folder));
  const names = fileNames(outputs.map(([name]) => name));
  const written = outputs.map(([name, array], i) => ({
    name,
    shape: array.shape,
    file: join(folder, names[i] ?? fileName(name)),
    array,
  }));
  // All or a sentence about the first that could not be written.
  await orReject(TE.traverseSeqArray((one: (typeof written)[number]) => writeNpyFile(one.file, one.array))(written));
  if (switchFlag(flags, "json"))
    terminal.result(
      JSON.stringify(
        { backend: backend.name, outputs: written.map(({ name, shape, file }) => ({ name, shape, file })) },
        undefined,
        2,
      ),
    );
  else for (const { name, shape, file } of written) terminal.result(`${name} [${shape.join(", ")}] in ${file}`);
};
