/** `svertka convert`: a model in another format, for other tools. */
import { extname } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import { writeAtomically } from "../../io/node.js";
import { onnxOf } from "../../io/onnx/of-model.js";
import type { Run } from "../command.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel } from "../load-model.js";
import { chooseWeights } from "./predict.js";

/** Formats that are to come, by the ends of their files' names. */
const later = new Set([".keras", ".json", ".h5", ".pb", ".ts", ".tflite"]);

const checkOutput = (file: string): Either<SvertkaError, string> => {
  const ending = extname(file).toLowerCase();
  if (ending === ".onnx") return E.right(file);
  return later.has(ending) || ending === ""
    ? fail("Unsupported", file, `convert: ${ending === "" ? "a folder" : ending} cannot be written yet: give FILE.onnx`)
    : fail("BadOption", "--output", `convert: ${ending.slice(0, 20)} is no format that svertka knows: give FILE.onnx`);
};

export const convert: Run = async ({ argument, flags, terminal }) => {
  const output = orThrow(checkOutput(textFlag(flags, "output") ?? ""));
  const model = await orReject(loadModel(argument, { typeCheck: switchFlag(flags, "typeCheck") }));
  const weights = orThrow(await chooseWeights(model, textFlag(flags, "weights"), terminal));
  const bytes = orThrow(
    pipe(
      onnxOf(model.graph, weights),
      E.map((written) => written.bytes),
    ),
  );
  await orReject(writeAtomically(output, bytes));
  const found = { format: "onnx", file: output, bytes: bytes.byteLength, weights: weights.size };
  terminal.result(
    switchFlag(flags, "json")
      ? JSON.stringify(found, undefined, 2)
      : `${output}: ONNX, ${weights.size} weights, ${(bytes.byteLength / 2 ** 20).toFixed(2)} MiB`,
  );
};
