/** The layer of a model that a name means, for what looks inside a model. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { nearestName } from "../dsl/nearest-name.js";
import type { LayerInfo } from "../dsl/to-graph.js";

/** The names of layers as people see them: a composed layer is one. */
export const visibleName = ({ name, within }: Pick<LayerInfo, "name" | "within">): string => within?.name ?? name;

/**
 * The application of a layer whose output is what the layer gives: of a composed layer the last part, of a shared layer
 * the first application. A name that no layer has is a BadOption with the nearest one.
 */
export const layerNamed = (layers: readonly LayerInfo[], name: string): Either<SvertkaError, LayerInfo> => {
  const found = layers.find((layer) => layer.name === name) ?? layers.findLast(({ within }) => within?.name === name);
  if (found !== undefined) return E.right(found);
  const nearest = nearestName(name, [...new Set(layers.map(visibleName))]);
  return fail(
    "BadOption",
    "layer",
    `layer: '${name.slice(0, 40)}' is no layer of this model: ${
      nearest === undefined ? "it has none" : `perhaps '${nearest.slice(0, 60)}' is meant (svertka summary lists all)`
    }`,
  );
};
