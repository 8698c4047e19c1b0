/** Batches of one example: what normalises by the batch's variance has none then. */
import { mistake, type SvertkaError } from "../errors.js";
import { concreteShape } from "../compiler/ir/type.js";
import type { LayerInfo } from "../dsl/to-graph.js";

/** The first layer that would normalise a single value per channel, as an error; images have many values per channel. */
export const loneValue = (layers: readonly LayerInfo[], examples: number): SvertkaError | undefined => {
  const layer = layers.find(({ spec, frozen, inputs: [x] }) => {
    const values = concreteShape(x?.type.shape.slice(0, -1) ?? [], examples).reduce((a, b) => a * b, 1);
    return spec.batchStatistics === true && !frozen && values === 1;
  });
  return layer === undefined
    ? undefined
    : mistake(
        "BadData",
        layer.name,
        `${layer.spec.name}: a batch of one example has no variance to normalise by: choose a batch size that leaves no batch of one`,
      );
};
