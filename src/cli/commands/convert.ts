/** `svertka convert`: a model in another format, for other tools. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { chooseWeights, weightFiles } from "../choose-weights.js";
import type { Call, Run } from "../command.js";
import { writeConverted, type Format } from "../convert/format.js";
import { endingOf, formatNames, formatOf } from "../convert/formats.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { progressStages, type Stages } from "../progress-stages.js";

/** Formats that svertka does not write, by the ends of their files' names. */
const others = new Set([".json", ".h5", ".pb", ".tflite"]);

const checkOutput = (path: string): Either<SvertkaError, Format> => {
  const format = formatOf(path);
  if (format !== undefined) return E.right(format);
  const ending = endingOf(path);
  return others.has(ending)
    ? fail("Unsupported", path, `convert: ${ending} is not written: give ${formatNames}`)
    : fail(
        "BadOption",
        "--output",
        `convert: ${ending.slice(0, 20)} is no format that svertka knows: give ${formatNames}`,
      );
};

export const convert: Run = async ({ argument, flags, terminal }) => {
  const output = textFlag(flags, "output") ?? "";
  const format = orThrow(checkOutput(output));
  const stages = progressStages(terminal);
  stages.begin(`reads ${argument}`);
  try {
    await convertAs(format, { argument, flags, terminal }, stages);
  } finally {
    stages.close();
  }
};

const convertAs = async (format: Format, { argument, flags, terminal }: Call, stages: Stages): Promise<void> => {
  const output = textFlag(flags, "output") ?? "";
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const weights = orThrow(await chooseWeights(model, weightFiles(flags), terminal));
  const request = { model, weights, output, from: argument };
  stages.begin(`makes ${format.title} of it`);
  const converted = await orReject(format.files(request));
  stages.begin(`writes ${output}`);
  const bytes = await orReject(writeConverted(format, request, converted));
  stages.close();
  const found = { format: format.name, file: output, bytes, weights: weights.size };
  terminal.result(
    switchFlag(flags, "json")
      ? JSON.stringify(found, undefined, 2)
      : `${output}: ${format.title}, ${weights.size} weights, ${(bytes / 2 ** 20).toFixed(2)} MiB`,
  );
};
