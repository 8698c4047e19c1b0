/** Which weights a model of the command line has: its own, those of a file, or fresh ones. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { NdArray } from "../data/nd-array.js";
import { readBytes, readSafetensorsFile } from "../io/node.js";
import type { Safetensors } from "../io/safetensors.js";
import { weightsFromTorch } from "../io/torch-weights.js";
import { readWeightMap } from "../io/weight-map.js";
import { initialWeights, type Weights } from "../run/initial-weights.js";
import { checkWeights } from "../run/weight-store.js";
import { textFlag, type Flags } from "./flags.js";
import type { LoadedModel } from "./loaded-model.js";
import type { Terminal } from "./terminal.js";

/** `--weights` and `--weight-map`. */
export interface WeightFiles {
  readonly file: string | undefined;
  /** How names and axes of the file become ours: it is PyTorch's. */
  readonly map?: string | undefined;
}

export const weightFiles = (flags: Flags): WeightFiles => ({
  file: textFlag(flags, "weights"),
  map: textFlag(flags, "weightMap"),
});

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
  { weights, model }: LoadedModel,
  { file, map }: WeightFiles,
  terminal: Terminal,
): Promise<Either<SvertkaError, Weights>> => {
  if (weights.kind === "trained")
    return file === undefined
      ? E.right(weights.values)
      : fail("BadOption", "--weights", "the model has its own weights: leave the option out");
  const { infos } = weights;
  if (file === undefined) {
    if (map !== undefined)
      return fail("BadOption", "--weight-map", "a map needs the file that it reads: add --weights");
    if (infos.length > 0)
      terminal.note(
        "the module has no weights: fresh ones of seed 0 are taken (--weights FILE.safetensors gives others)",
      );
    return E.right(initialWeights(infos, 0));
  }
  const isForeign = map !== undefined && model !== undefined;
  const decoded = await readSafetensorsFile(file, isForeign ? "leaveOut" : "refuse")();
  if (E.isLeft(decoded)) return decoded;
  if (map !== undefined && model !== undefined) {
    const text = await readBytes(map)();
    return pipe(
      text,
      E.chain((json) => readWeightMap(json, map)),
      E.chain((names) => weightsFromTorch(model, decoded.right.tensors, { names, where: file })),
    );
  }
  return checkWeights(infos, weightsIn(decoded.right, new Set(infos.map(({ name }) => name))), file);
};
