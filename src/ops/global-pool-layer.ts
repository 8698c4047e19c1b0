/** What the global poolings share: a reduction over all axes between the batch and the channels. */
import { defineLayer, type AnyLayer } from "../dsl/layer.js";
import { invariant } from "../errors.js";
import type { Rank } from "../shape/by-rank.js";
import { globalPoolShape } from "../shape/global-pool.js";

interface GlobalPool {
  readonly name: string;
  readonly rank: Rank;
  readonly operator: "reduceMean" | "reduceMax";
}

/** The layer of a global pooling. */
export const globalPoolLayer = <L extends AnyLayer>({ name, rank, operator }: GlobalPool): L =>
  defineLayer({
    name,
    options: {},
    rule: ([shape]) => globalPoolShape(name, rank, shape),
    build: ({ emit }, [x]) => {
      invariant(x, `${name} has one input`);
      return emit(operator, [x], { axes: [1, 2, 3].slice(0, rank), keepDims: false });
    },
  });
