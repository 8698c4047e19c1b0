/** A model of the command line as layers with weights, to look inside it: a module's own, or those found in a graph. */
import type { SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { Model } from "../../dsl/model.js";
import { modelOf, sourceNames } from "../../io/layers/index.js";
import type { Weights } from "../../run/initial-weights.js";
import { foundLayers, renamed } from "../found-layers.js";
import type { LoadedModel } from "../loaded-model.js";

export interface LayeredModel {
  readonly model: Model<unknown, unknown>;
  readonly weights: Weights;
}

export const layeredModel = (loaded: LoadedModel, weights: Weights): Either<SvertkaError, LayeredModel> =>
  loaded.model !== undefined
    ? E.right({ model: loaded.model, weights })
    : pipe(
        foundLayers(loaded, weights),
        E.flatMap(({ layers, weights: found }) =>
          pipe(
            modelOf(layers),
            E.map((model) => ({ model, weights: renamed(found, sourceNames(layers)) })),
          ),
        ),
      );
