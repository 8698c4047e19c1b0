/** The model that `fit` and `evaluate` work on: a module's, or one made of a checkpoint's graph, with its weights. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import { sourceName } from "../../compiler/ir/graph.js";
import type { Dims } from "../../compiler/ir/type.js";
import type { Model } from "../../dsl/model.js";
import type { Weights } from "../../run/initial-weights.js";
import { recordOfInference } from "../../train/checkpoint-training.js";
import { recordProblem } from "../../train/checkpoint-training-page.js";
import { headsOf, type Aims } from "../../train/heads.js";
import { chooseWeights, type WeightFiles } from "../choose-weights.js";
import { withLayers } from "../found-layers.js";
import type { LoadedModel } from "../loaded-model.js";
import type { Terminal } from "../terminal.js";
import type { DataRules } from "./examples.js";
import { replayModel } from "./replay-model.js";

export interface Subject {
  /** MODEL, with the layers that were found in another tool's graph. */
  readonly loaded: LoadedModel;
  readonly model: Model<unknown, unknown>;
  /** Undefined for fresh ones. */
  readonly weights: Weights | undefined;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** Shapes of its outputs, batch axis first. */
  readonly outputs: readonly { readonly name: string; readonly shape: Dims }[];
}

export interface SubjectRequest {
  readonly loaded: LoadedModel;
  readonly files: WeightFiles;
  /** MODEL, for sentences. */
  readonly where: string;
  readonly purpose: "fit" | "evaluate";
}

/** The model of a checkpoint; one without a record of training has only what its inference graph says. */
const modelOf = (
  { graph, training }: LoadedModel,
  { where, purpose }: SubjectRequest,
  terminal: Terminal,
): Either<SvertkaError, Model<unknown, unknown>> => {
  if (training !== undefined) return E.right(replayModel(graph, training));
  if (purpose === "fit" && graph.nodes.some(({ op }) => op === "state"))
    return fail(
      "Unsupported",
      where,
      "fit: batch normalisation of a checkpoint that keeps its inference graph only: give the module, with --weights CHECKPOINT/weights.safetensors",
    );
  if (purpose === "fit")
    terminal.note(
      "trains the checkpoint's inference graph, all that it keeps: dropout, noise, regularisers and what was frozen are not in it (the module, with --weights, has them)",
    );
  const record = recordOfInference(graph);
  const problem = recordProblem(record, graph);
  return problem === undefined
    ? E.right(replayModel(graph, record))
    : fail("BadFile", where, `checkpoint: ${problem}: take the file as svertka wrote it`);
};

export const subjectOf = async (
  request: SubjectRequest,
  terminal: Terminal,
): Promise<Either<SvertkaError, Subject>> => {
  const { files, purpose, where } = request;
  const found = withLayers(request.loaded);
  if (E.isLeft(found)) return found;
  const loaded = found.right;
  const [unlike] = loaded.trainingOnly ?? [];
  if (purpose === "fit" && unlike !== undefined)
    return fail(
      "Unsupported",
      where,
      `fit: svertka does not train with ${unlike.slice(0, 100)}: leave it out in Keras`,
    );
  const { graph, weights: known } = loaded;
  const model = loaded.model === undefined ? modelOf(loaded, request, terminal) : E.right(loaded.model);
  if (E.isLeft(model)) return model;
  const isFresh = known.kind === "needed" && files.file === undefined && purpose === "fit";
  const weights = isFresh ? E.right(undefined) : await chooseWeights(loaded, files, terminal);
  if (E.isLeft(weights)) return weights;
  return E.right({
    loaded,
    model: model.right,
    weights: weights.right,
    inputs: graph.nodes.filter(({ op }) => op === "input").map(sourceName),
    outputs: graph.outputs.map(({ name, value }) => ({
      name,
      shape: graph.nodes.find(({ id }) => id === value)?.type.shape ?? [],
    })),
  });
};

/** What the data of the subject must be, when it is to be judged by these losses. */
export const dataRules = ({ inputs, outputs }: Subject, aims: Aims): Either<SvertkaError, DataRules> =>
  pipe(
    headsOf(
      outputs.map(({ name }) => name),
      aims,
    ),
    E.map((heads) => ({
      inputs,
      heads: heads.map(({ output, loss }) => ({
        output,
        loss,
        shape: outputs.find(({ name }) => name === output)?.shape ?? [],
      })),
    })),
  );
