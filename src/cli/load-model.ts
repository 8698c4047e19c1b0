/** MODEL of the command line: a module with a model, a checkpoint folder or an .onnx file; all give a graph and what its weights are. */
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, failTask, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import { singleGraph } from "../run/graph-family.js";
import { checkpointWeights } from "../train/checkpoint.js";
import { hasCheckpoint, readCheckpointFolder, weightsFile } from "../train/node/checkpoint-folder.js";
import { isTask } from "../train/task.js";
import { listFlag, switchFlag, type Flags } from "./flags.js";
import { fromKeras, fromTensorFlowJs } from "./from-keras.js";
import { fromOnnx } from "./from-onnx.js";
import { summarizeGraph } from "./graph-summary.js";
import { noOtherShape, sizedModel } from "./input-shapes.js";
import { loadedModel, type LoadedModel, type LoadModelOptions } from "./loaded-model.js";
import { isModuleName, loadDefaultExport } from "./load-module.js";

export const modelOptions = (flags: Flags): LoadModelOptions => ({
  typeCheck: switchFlag(flags, "typeCheck"),
  inputShapes: listFlag(flags, "inputShape"),
});

export const isModel = (value: unknown): value is Model<unknown, unknown> =>
  typeof value === "object" && value !== null && "~model" in value && typeof value["~model"] === "object";

const fromModule = (path: string, options: LoadModelOptions): TaskEither<SvertkaError, LoadedModel> =>
  pipe(
    loadDefaultExport(path, options),
    TE.flatMapEither((value): Either<SvertkaError, LoadedModel> => {
      const given = isTask(value) ? value.model : value;
      if (!isModel(given))
        return fail("BadModel", path, "module: its default export is no model: export what model(...) gives");
      return pipe(
        sizedModel(given, options.inputShapes ?? []),
        E.flatMap((model) => {
          const task = isTask(value) ? { task: { ...value, model } } : {};
          return loadedModel(model, task);
        }),
      );
    }),
  );

const fromCheckpoint = (
  folder: string,
  { inputShapes = [] }: LoadModelOptions,
): TaskEither<SvertkaError, LoadedModel> =>
  pipe(
    TE.fromEither(noOtherShape(inputShapes)),
    TE.flatMap(() => readCheckpointFolder(folder)),
    TE.flatMapEither((checkpoint) =>
      pipe(
        checkpointWeights(checkpoint, weightsFile(folder)),
        E.map((values): LoadedModel => {
          const { graph, training } = checkpoint;
          return {
            graph,
            training,
            graphs: singleGraph(graph),
            summary: E.right(summarizeGraph(graph)),
            weights: { kind: "trained", values },
          };
        }),
      ),
    ),
  );

/** A checkpoint folder itself, or the folder that `train --out` wrote, which holds one. */
const checkpointIn = (folder: string): string | undefined =>
  [folder, join(folder, "checkpoint")].find((place) => hasCheckpoint(place));

/** Formats that are to come, by the names of their files. */
const laterFormats: readonly (readonly [RegExp, string])[] = [
  [/\.(?:h5|hdf5)$/i, "an HDF5 file"],
  [/\.(?:pb|tflite)$/i, "a TensorFlow file"],
];

/** The model that a path names. */
export const loadModel = (path: string, options: LoadModelOptions): TaskEither<SvertkaError, LoadedModel> => {
  if (!existsSync(path)) return failTask("BadFile", path, "model: no such file or folder: check the path");
  if (statSync(path).isDirectory()) {
    const folder = checkpointIn(path);
    if (folder !== undefined) return fromCheckpoint(folder, options);
    const topology = join(path, "model.json");
    if (existsSync(topology)) return fromTensorFlowJs(topology, options);
    return existsSync(join(path, "saved_model.pb"))
      ? failTask(
          "Unsupported",
          path,
          "model: a SavedModel folder is not readable yet: give a .ts module or a checkpoint folder",
        )
      : failTask(
          "BadFile",
          path,
          "model: the folder holds no weights.safetensors: give a checkpoint folder that svertka train wrote",
        );
  }
  if (isModuleName(path)) return fromModule(path, options);
  if (/\.keras$/i.test(path)) return fromKeras(path, options);
  if (/\.json$/i.test(path)) return fromTensorFlowJs(path, options);
  if (/\.onnx$/i.test(path)) return fromOnnx(path, options.inputShapes ?? []);
  const later = laterFormats.find(([name]) => name.test(path))?.[1];
  if (later !== undefined)
    return failTask(
      "Unsupported",
      path,
      `model: ${later} is not readable yet: give a .ts module or a checkpoint folder`,
    );
  return basename(path).endsWith(".safetensors")
    ? failTask(
        "BadFile",
        path,
        "model: weights alone are no model: give the checkpoint folder, or the module with --weights",
      )
    : failTask("BadFile", path, "model: this is no model file: give a .ts or .js module, or a checkpoint folder");
};
