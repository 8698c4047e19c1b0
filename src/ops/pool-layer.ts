/** What the pooling layers share: options with their defaults, and how they become operators. */
import { invariant } from "../errors.js";
import type { PaddingOption, PairOption } from "../shape/padding.js";
import { pairOf } from "../shape/padding.js";
import { poolShape } from "../shape/pool.js";
import { padsOf } from "../shape/window.js";
import { imageAxes } from "./image-axes.js";
import type { LayerSpec } from "./layer.js";

export interface PoolOptions<K, St, P> {
  readonly poolSize?: K | undefined;
  readonly strides?: St | undefined;
  readonly padding?: P | undefined;
}

/** The layer of a pooling whose operator has the layer's name. */
export const poolLayer = (
  name: "maxPool2d" | "avgPool2d",
  options: PoolOptions<PairOption, PairOption, PaddingOption>,
): LayerSpec => {
  const { poolSize = 2, strides = poolSize, padding = "valid" } = options;
  return {
    name,
    options,
    rule: ([shape]) => poolShape(name, { poolSize, strides, padding }, shape),
    build: ({ emit }, [x]) => {
      invariant(x, `${name} has one input`);
      const pads = padsOf(imageAxes(x).size, { kernel: poolSize, strides, padding, dilation: 1 });
      return emit(name, [x], { poolSize: pairOf(poolSize), strides: pairOf(strides), pads });
    },
  };
};
