/** The layers of a model of the command line: a module's or a file's own, or those that are found in a graph. */
import { E, pipe, type Either } from "../fp.js";
import type { SvertkaError } from "../errors.js";
import { layersOf, modelOf, raise, sourceNames, type LayerGraph } from "../io/layers/index.js";
import type { Weights } from "../run/initial-weights.js";
import { loadedModel, type LoadedModel } from "./loaded-model.js";

export interface FoundLayers {
  readonly layers: LayerGraph;
  /** By the names that the layers' calls give: constants that became weights are among them. */
  readonly weights: Weights;
}

/** The layers, with the weights that they name. */
export const foundLayers = (loaded: LoadedModel, weights: Weights): Either<SvertkaError, FoundLayers> => {
  const { model, graph, training } = loaded;
  if (model !== undefined)
    return pipe(
      layersOf(model),
      E.map((layers) => ({ layers, weights })),
    );
  const fixed = Object.entries(training?.weights ?? {}).filter(([, { trainable }]) => trainable === false);
  return pipe(
    raise(graph, { frozen: new Set(fixed.map(([name]) => name)) }),
    E.map(({ layers, constants }) => ({ layers, weights: new Map([...weights, ...constants]) })),
  );
};

/** The weights by other names: for each name the one that they have now. */
export const renamed = (weights: Weights, names: ReadonlyMap<string, string>): Weights =>
  new Map(
    [...names].flatMap(([name, now]) => {
      const array = weights.get(now);
      return array === undefined ? [] : [[name, array] as const];
    }),
  );

/** A graph of another tool as a model of layers, which can be trained. */
export const withLayers = (loaded: LoadedModel): Either<SvertkaError, LoadedModel> =>
  loaded.isForeign !== true || loaded.weights.kind !== "trained"
    ? E.right(loaded)
    : pipe(
        foundLayers(loaded, loaded.weights.values),
        E.flatMap(({ layers, weights }) =>
          pipe(
            modelOf(layers),
            E.flatMap((model) =>
              loadedModel(model, { weights: { kind: "trained", values: renamed(weights, sourceNames(layers)) } }),
            ),
          ),
        ),
      );
