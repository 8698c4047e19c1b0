/** Which weight of a file or checkpoint each weight of a layer graph's model is. */
import { weightName, type LayerGraph } from "./layer-graph.js";

/** The names that the graph's source has for weights, by the names that `modelOf` gives them. */
export const sourceNames = ({ calls }: LayerGraph): ReadonlyMap<string, string> =>
  new Map(
    calls.flatMap(({ name, weights }) =>
      Object.entries(weights).map(([own, source]) => [weightName(name, own), source] as const),
    ),
  );
