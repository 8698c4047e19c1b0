/** A model of the command line, wherever it came from: its graph, what its weights are, and what else is known of it. */
import { orThrow, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { graphsOf, singleGraph, type GraphFamily } from "../run/graph-family.js";
import { hasUnknownAxes, inferenceGraph, outlineOf } from "../run/inference-graph.js";
import type { Weights } from "../run/initial-weights.js";
import { summarize, type Summary } from "../run/summary.js";
import type { TrainingRecord } from "../train/checkpoint-training.js";
import type { Task } from "../train/task.js";
import type { LoadModuleOptions } from "./load-module.js";

export interface LoadModelOptions extends LoadModuleOptions {
  /** `--input-shape`, for a module's model with unknown axes. */
  readonly inputShapes?: readonly string[] | undefined;
}

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
