/** `svertka convert`: a model in another format, for other tools. */
import { basename, extname } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { chooseWeights, weightFiles } from "../choose-weights.js";
import type { Run } from "../command.js";
import type { Format } from "../convert/format.js";
import { formatOf, formats } from "../convert/formats.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";

/** Formats that are to come, by the ends of their files' names. */
const later = new Set([".json", ".h5", ".pb", ".tflite", ""]);

const checkOutput = (file: string): Either<SvertkaError, Format> => {
  const format = formatOf(file);
  if (format !== undefined) return E.right(format);
  const ending = extname(basename(file)).toLowerCase();
  const known = formats.map((one) => `FILE${one.ending}`).join(", ");
  return later.has(ending)
    ? fail("Unsupported", file, `convert: ${ending === "" ? "a folder" : ending} cannot be written yet: give ${known}`)
    : fail("BadOption", "--output", `convert: ${ending.slice(0, 20)} is no format that svertka knows: give ${known}`);
};

export const convert: Run = async ({ argument, flags, terminal }) => {
  const output = textFlag(flags, "output") ?? "";
  const format = orThrow(checkOutput(output));
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const weights = orThrow(await chooseWeights(model, weightFiles(flags), terminal));
  const { bytes } = await orReject(format.write({ model, weights, output, from: argument }));
  const found = { format: format.name, file: output, bytes, weights: weights.size };
  terminal.result(
    switchFlag(flags, "json")
      ? JSON.stringify(found, undefined, 2)
      : `${output}: ${format.title}, ${weights.size} weights, ${(bytes / 2 ** 20).toFixed(2)} MiB`,
  );
};
