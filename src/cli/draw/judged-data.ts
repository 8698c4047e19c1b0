/** `--x` and `--y`, or predictions of a file and `--y`: what a net says of examples whose classes are known. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { f32, type NdArray } from "../../data/nd-array.js";
import { sliceRows } from "../../data/rows.js";
import { readBytes } from "../../io/node.js";
import { readNpy } from "../../io/npy.js";
import { familyPredictor } from "../../run/predictor.js";
import { asProbabilities } from "../../viz/probabilities.js";
import { chooseBackend } from "../choose-backend.js";
import { chooseWeights, weightFiles } from "../choose-weights.js";
import { listFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { readInputs } from "../read-input.js";
import type { DrawCall } from "./kind.js";
import { progressSteps } from "../progress-steps.js";

export interface Judged {
  /** What the net was given, where it was a model. */
  readonly x: NdArray<"f32"> | undefined;
  /** Class numbers, or a net's outputs. */
  readonly predicted: NdArray;
  readonly labels: NdArray;
}

/** Examples between two words of progress. */
const chunk = 256;

const only = (flags: DrawCall["flags"], name: string): Either<SvertkaError, string> => {
  const [first, second] = listFlag(flags, name);
  return first === undefined || second !== undefined
    ? fail("BadOption", `--${name}`, `one .npy file is needed: give --${name} FILE.npy`)
    : E.right(first);
};

const arrayIn = async (path: string): Promise<NdArray> => orThrow(readNpy(await orReject(readBytes(path)), path));

/** Predictions of a model for `--x`, with progress. */
const predictions = async ({ argument, flags, terminal }: DrawCall): Promise<Omit<Judged, "labels">> => {
  const loaded = await orReject(loadModel(argument, modelOptions(flags)));
  const weights = orThrow(await chooseWeights(loaded, weightFiles(flags), terminal));
  const { inputs } = loaded.graphs;
  const [x] = Object.values(orThrow(await readInputs([orThrow(only(flags, "x"))], inputs)));
  const [input] = inputs;
  if (x === undefined || input === undefined)
    return orThrow(fail("BadData", "--x", "the model has no input: draw one that has"));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "inference");
  const ready = await orReject(familyPredictor({ graphs: loaded.graphs, weights, backend }));
  const count = x.shape[0] ?? 0;
  const steps = progressSteps(terminal, "examples", count);
  const parts: NdArray<"f32">[] = [];
  for (let start = 0; start === 0 || start < count; start += chunk) {
    const end = Math.min(count, start + chunk);
    const outputs = await orReject(ready.predict({ [input.name]: sliceRows(x, start, end) }));
    parts.push(...Object.values(outputs).slice(0, 1));
    steps.done(end);
  }
  steps.close();
  ready.dispose();
  const data = Float32Array.from(parts.flatMap((part) => [...part.data]));
  return { x, predicted: asProbabilities(f32([count, ...(parts[0]?.shape.slice(1) ?? [])], data)) };
};

export const judgedData = async (call: DrawCall): Promise<Judged> => {
  const labels = await arrayIn(orThrow(only(call.flags, "y")));
  return /\.npy$/i.test(call.argument)
    ? { x: undefined, predicted: await arrayIn(call.argument), labels }
    : { ...(await predictions(call)), labels };
};
