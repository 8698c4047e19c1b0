/** MODEL of the command line: a module with a model, a checkpoint folder or an .onnx file; all give a graph and what its weights are. */
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, failTask, orThrow, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { graphsOf, singleGraph, type GraphFamily } from "../run/graph-family.js";
import { hasUnknownAxes, inferenceGraph, outlineOf } from "../run/inference-graph.js";
import type { Weights } from "../run/initial-weights.js";
import { summarize, type Summary } from "../run/summary.js";
import { checkpointWeights } from "../train/checkpoint.js";
import type { TrainingRecord } from "../train/checkpoint-training.js";
import { hasCheckpoint, readCheckpointFolder, weightsFile } from "../train/node/checkpoint-folder.js";
import { isTask, type Task } from "../train/task.js";
import { listFlag, switchFlag, type Flags } from "./flags.js";
import { fromKeras } from "./from-keras.js";
import { fromOnnx } from "./from-onnx.js";
import { summarizeGraph } from "./graph-summary.js";
import { noOtherShape, sizedModel } from "./input-shapes.js";
import { isModuleName, loadDefaultExport, type LoadModuleOptions } from "./load-module.js";

export interface LoadModelOptions extends LoadModuleOptions {
  /** `--input-shape`, for a module's model with unknown axes. */
  readonly inputShapes?: readonly string[] | undefined;
}

export const modelOptions = (flags: Flags): LoadModelOptions => ({
  typeCheck: switchFlag(flags, "typeCheck"),
  inputShapes: listFlag(flags, "inputShape"),
});

export interface LoadedModel {
  /** In inference mode; for a model with unknown axes, asking for it fails with the sentence that says so. */
  readonly graph: Graph;
  /** One for each shape of the inputs. */
  readonly graphs: GraphFamily;
  readonly summary: Either<SvertkaError, Summary>;
  /** Trained ones of a checkpoint or a file, or what a module's model needs. */
  readonly weights:
    | { readonly kind: "trained"; readonly values: Weights }
    | { readonly kind: "needed"; readonly infos: readonly WeightInfo[] };
  /** What a checkpoint keeps of training, where it does. */
  readonly training?: TrainingRecord | undefined;
  /** A module's model, or one read from a file of layers; a checkpoint has its graphs only. */
  readonly model?: Model<unknown, unknown>;
  /** What a file says about training that svertka has not, as `conv2d: bias_regularizer`. */
  readonly trainingOnly?: readonly string[];
  /** Whether the graph is another tool's: its layers are found in it where they are needed. */
  readonly isForeign?: boolean;
  /** Where the module's default export is a task. */
  readonly task?: Task;
}

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

/** What is known about a model besides the model. */
export type Besides = Partial<Pick<LoadedModel, "task" | "weights" | "trainingOnly">>;

/** What {@link knownModel} is to keep of a loaded model. */
export const besides = ({ task, weights, trainingOnly }: LoadedModel): Besides => ({
  ...(task === undefined ? {} : { task }),
  ...(weights.kind === "trained" ? { weights } : {}),
  ...(trainingOnly === undefined ? {} : { trainingOnly }),
});

/** A model with its task or weights, where it has them; its sizes may be unknown. */
export const loadedModel = (model: Model<unknown, unknown>, rest: Besides = {}): Either<SvertkaError, LoadedModel> =>
  hasUnknownAxes(model) ? anySizeModel(model, rest) : knownModel(model, rest);

/** A model of which every size is known. */
export const knownModel = (model: Model<unknown, unknown>, rest: Besides = {}): Either<SvertkaError, LoadedModel> =>
  pipe(
    inferenceGraph(model),
    E.map(({ graph, model: { weights } }) => ({
      graph,
      graphs: singleGraph(graph),
      model,
      summary: summarize(model),
      weights: { kind: "needed", infos: weights },
      ...rest,
    })),
  );

const anySizeModel = (model: Model<unknown, unknown>, rest: Besides): Either<SvertkaError, LoadedModel> =>
  pipe(
    outlineOf(model),
    E.map(({ weights }) => ({
      get graph() {
        return orThrow(inferenceGraph(model)).graph;
      },
      graphs: graphsOf(model, weights),
      model,
      summary: summarize(model),
      weights: { kind: "needed", infos: weights },
      ...rest,
    })),
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
  [/\.json$/i, "a TensorFlow.js model (model.json)"],
  [/\.(?:h5|hdf5)$/i, "an HDF5 file"],
  [/\.(?:pb|tflite)$/i, "a TensorFlow file"],
];

/** The model that a path names. */
export const loadModel = (path: string, options: LoadModelOptions): TaskEither<SvertkaError, LoadedModel> => {
  if (!existsSync(path)) return failTask("BadFile", path, "model: no such file or folder: check the path");
  if (statSync(path).isDirectory()) {
    const folder = checkpointIn(path);
    if (folder !== undefined) return fromCheckpoint(folder, options);
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
