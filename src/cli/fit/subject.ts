/** The model that `fit` and `evaluate` work on: a module's, or one made of a checkpoint's graph, with its weights. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Dims } from "../../compiler/ir/type.js";
import type { Model } from "../../dsl/model.js";
import type { Weights } from "../../run/initial-weights.js";
import { chooseWeights } from "../commands/predict.js";
import type { LoadedModel } from "../load-model.js";
import type { Terminal } from "../terminal.js";
import { replayModel } from "./replay-model.js";

export interface Subject {
  readonly model: Model<unknown, unknown>;
  /** Undefined for fresh ones. */
  readonly weights: Weights | undefined;
  /** The shape of its output, batch axis first. */
  readonly output: Dims;
}

export interface SubjectRequest {
  readonly loaded: LoadedModel;
  /** `--weights`. */
  readonly file: string | undefined;
  /** MODEL, for sentences. */
  readonly where: string;
  readonly purpose: "fit" | "evaluate";
}

/** What the graph of a checkpoint cannot be trained with, if anything: it is one of inference. */
const untrainable = ({ graph, weights }: LoadedModel, where: string): Either<SvertkaError, void> =>
  weights.kind === "trained" && graph.nodes.some(({ op }) => op === "state")
    ? fail(
        "Unsupported",
        where,
        "fit: batch normalisation of a checkpoint, whose graph is one of inference: give the module, with --weights CHECKPOINT/weights.safetensors",
      )
    : E.right(undefined);

const oneToOne = ({ graph }: LoadedModel, { where, purpose }: SubjectRequest): Either<SvertkaError, void> => {
  const inputs = graph.nodes.filter(({ op }) => op === "input").length;
  return inputs === 1 && graph.outputs.length === 1
    ? E.right(undefined)
    : fail(
        "Unsupported",
        where,
        `${purpose}: a model of ${inputs} inputs and ${graph.outputs.length} outputs: give one of one input and one output`,
      );
};

export const subjectOf = async (
  request: SubjectRequest,
  terminal: Terminal,
): Promise<Either<SvertkaError, Subject>> => {
  const { loaded, file, where, purpose } = request;
  const { graph, weights: known } = loaded;
  const fits = oneToOne(loaded, request);
  if (E.isLeft(fits)) return fits;
  const trains = purpose === "fit" ? untrainable(loaded, where) : E.right(undefined);
  if (E.isLeft(trains)) return trains;
  const isFresh = known.kind === "needed" && file === undefined && purpose === "fit";
  const weights = isFresh ? E.right(undefined) : await chooseWeights(loaded, file, terminal);
  if (E.isLeft(weights)) return weights;
  if (known.kind === "trained" && purpose === "fit")
    terminal.note(
      "trains the checkpoint's graph, which is one of inference: dropout, noise, regularisers and what was frozen are not in it (the module, with --weights, has them)",
    );
  const [output] = graph.outputs;
  return E.right({
    model: loaded.model ?? replayModel(graph),
    weights: weights.right,
    output: graph.nodes.find(({ id }) => id === output?.value)?.type.shape ?? [],
  });
};
