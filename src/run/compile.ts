/** From a model to a predictor: its graphs in inference mode, with its weights. */
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend } from "../backends/backend.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { graphsOf, singleGraph, type GraphFamily } from "./graph-family.js";
import { hasUnknownAxes, inferenceGraph, outlineOf } from "./inference-graph.js";
import { initialWeights, type Weights } from "./initial-weights.js";
import { familyPredictor, type Predictor } from "./predictor.js";
import { checkWeights } from "./weight-store.js";

export interface CompileOptions {
  readonly backend: Backend;
  /** The weights by name; fresh ones from `seed` when not given. */
  readonly weights?: Weights | undefined;
  readonly seed?: number | undefined;
  /**
   * Whether `predict` refuses NaN and infinite values: a `BadData` that names the input, how many there are and the place of
   * the first, before anything runs. False when not given; `predict(x, { checkInputs })` says it for one call.
   */
  readonly checkInputs?: boolean | undefined;
}

/**
 * Compiles a model for a backend. Where axes of its inputs are unknown, it is specialised for each shape that comes; the
 * last few are kept ready.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: wasm }))
 */
export const compile = (
  model: Model<unknown, unknown>,
  { backend, weights, seed = 0, checkInputs }: CompileOptions,
): TaskEither<SvertkaError, Predictor> =>
  pipe(
    subjectOf(model),
    E.flatMap(({ graphs, infos }) =>
      pipe(
        weights === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, weights, "weights"),
        E.map((values) => ({ graphs, weights: values, backend, checkInputs })),
      ),
    ),
    TE.fromEither,
    TE.flatMap(familyPredictor),
  );

interface Subject {
  readonly graphs: GraphFamily;
  readonly infos: readonly WeightInfo[];
}

const subjectOf = (model: Model<unknown, unknown>): Either<SvertkaError, Subject> =>
  hasUnknownAxes(model)
    ? pipe(
        outlineOf(model),
        E.map(({ weights }) => ({ graphs: graphsOf(model, weights), infos: weights })),
      )
    : pipe(
        inferenceGraph(model),
        E.map(({ graph, model: { weights } }) => ({ graphs: singleGraph(graph), infos: weights })),
      );
