/** `svertka predict`: a model's outputs for arrays in files. */
import { join } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, TE, type Either } from "../../fp.js";
import type { NdArray } from "../../data/nd-array.js";
import { writeNpy } from "../../io/npy.js";
import { makeDirectory, readBytes, writeAtomically } from "../../io/node.js";
import { decodeSafetensors, type Safetensors } from "../../io/safetensors.js";
import { initialWeights, type Weights } from "../../run/initial-weights.js";
import { familyPredictor } from "../../run/predictor.js";
import { checkWeights } from "../../run/weight-store.js";
import { chooseBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { listFlag, switchFlag, textFlag } from "../flags.js";
import { loadModel, type LoadedModel } from "../load-model.js";
import { readInputs } from "../read-input.js";
import type { Terminal } from "../terminal.js";

/** The weights of a file; of a checkpoint's, which holds the optimiser's state too, those that the model has. */
const weightsIn = ({ tensors, metadata }: Safetensors, needed: ReadonlySet<string>): Weights => {
  const isCheckpoint = "checkpoint" in metadata;
  const floats = tensors.flatMap((tensor): (readonly [string, NdArray<"f32">])[] =>
    tensor.dtype === "f32" && (!isCheckpoint || needed.has(tensor.name)) ? [[tensor.name, tensor]] : [],
  );
  return new Map(floats);
};

/** A checkpoint's own weights, those of `--weights FILE`, or fresh ones, which is said. */
export const chooseWeights = async (
  { weights }: LoadedModel,
  file: string | undefined,
  terminal: Terminal,
): Promise<Either<SvertkaError, Weights>> => {
  if (weights.kind === "trained")
    return file === undefined
      ? E.right(weights.values)
      : fail("BadOption", "--weights", "the checkpoint folder has its own weights: leave the option out");
  const { infos } = weights;
  if (file === undefined) {
    if (infos.length > 0)
      terminal.note(
        "the module has no weights: fresh ones of seed 0 are taken (--weights FILE.safetensors gives others)",
      );
    return E.right(initialWeights(infos, 0));
  }
  const bytes = await readBytes(file)();
  if (E.isLeft(bytes)) return bytes;
  const decoded = decodeSafetensors(bytes.right, file);
  if (E.isLeft(decoded)) return decoded;
  return checkWeights(infos, weightsIn(decoded.right, new Set(infos.map(({ name }) => name))), file);
};

/** An output may be named by any text; a file is not to leave its folder. */
const fileName = (output: string): string => `${output.replace(/[/\\:\0]/g, "_").replace(/^\.+/, "_")}.npy`;

export const predict: Run = async ({ argument, flags, terminal }) => {
  const model = await orReject(loadModel(argument, { typeCheck: switchFlag(flags, "typeCheck") }));
  const weights = orThrow(await chooseWeights(model, textFlag(flags, "weights"), terminal));
  const arrays = orThrow(await readInputs(listFlag(flags, "input"), model.graphs.inputs));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "inference");
  const checkInputs = switchFlag(flags, "checkInputs");
  const ready = await orReject(familyPredictor({ graphs: model.graphs, weights, backend, checkInputs }));
  const outputs = Object.entries(await orReject(ready.predict(arrays)));
  ready.dispose();
  const folder = textFlag(flags, "output") ?? ".";
  await orReject(makeDirectory(folder));
  const written = outputs.map(([name, array]) => ({
    name,
    shape: array.shape,
    file: join(folder, fileName(name)),
    array,
  }));
  // All or a sentence about the first that could not be written.
  await orReject(
    TE.traverseSeqArray((one: (typeof written)[number]) => writeAtomically(one.file, writeNpy(one.array)))(written),
  );
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
