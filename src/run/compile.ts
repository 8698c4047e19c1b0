/** From a model to a predictor: the graph in inference mode, with its weights. */
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend } from "../backends/backend.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import { toGraph, type ModelGraph } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import { initialWeights, type Weights } from "./initial-weights.js";
import { predictor, type Predictor } from "./predictor.js";
import { checkWeights } from "./weight-store.js";

export interface CompileOptions {
  readonly backend: Backend;
  /** The weights by name; fresh ones from `seed` when not given. */
  readonly weights?: Weights | undefined;
  readonly seed?: number | undefined;
}

export interface InferenceGraph {
  readonly graph: Graph;
  readonly model: ModelGraph;
}

/** The graph of a model in inference mode, with a result for each output. */
export const inferenceGraph = (model: Model<unknown, unknown>): Either<SvertkaError, InferenceGraph> =>
  pipe(
    toGraph(model["~model"], { registry: operators, mode: "inference", seed: 0 }),
    E.map((graphOfModel) => {
      const outputs = graphOfModel.outputs.map(({ name, value }) => ({
        kind: "result" as const,
        name,
        value: value.id,
      }));
      return { graph: graphOfModel.builder.finish(outputs), model: graphOfModel };
    }),
  );

/**
 * Compiles a model for a backend.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: wasm }))
 */
export const compile = (
  model: Model<unknown, unknown>,
  { backend, weights, seed = 0 }: CompileOptions,
): TaskEither<SvertkaError, Predictor> =>
  pipe(
    inferenceGraph(model),
    E.chain(({ graph, model: { weights: infos } }) =>
      pipe(
        weights === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, weights, "weights"),
        E.map((values) => ({ graph, values })),
      ),
    ),
    TE.fromEither,
    TE.chain(({ graph, values }) => predictor({ graph, weights: values, backend })),
  );
