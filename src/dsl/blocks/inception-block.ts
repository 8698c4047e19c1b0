/** The block of GoogLeNet. */
import { concatenate } from "../../ops/concatenate.js";
import { conv2d, type Conv2d } from "../../ops/conv2d.js";
import { maxPool2d, type MaxPool2d } from "../../ops/max-pool2d.js";
import type { ConcatenatedShape } from "../../shape/concatenation.js";
import { asLayer, type AnyLayer, type Layer } from "../layer.js";
import type { InnerLayers } from "../layer-weights.js";
import type { ApplyAll } from "../sequential.js";
import { applyAll } from "./shortcut.js";

/** The filters of a 1x1 convolution, and of the larger one after it. */
type ReducedFilters = readonly [reduced: number, filters: number];

/** The layer that {@link inceptionBlock} makes. */
export interface InceptionBlock<
  F extends number,
  F3 extends ReducedFilters,
  F5 extends ReducedFilters,
  P extends number,
> extends Layer {
  readonly "~out": ConcatenatedShape<
    [
      ApplyAll<[Conv2d<F, 1>], this["~in"], this["~strict"]>,
      ApplyAll<[Conv2d<F3[0], 1>, Conv2d<F3[1], 3, 1, "same">], this["~in"], this["~strict"]>,
      ApplyAll<[Conv2d<F5[0], 1>, Conv2d<F5[1], 5, 1, "same">], this["~in"], this["~strict"]>,
      ApplyAll<[MaxPool2d<3, 1, "same">, Conv2d<P, 1>], this["~in"], this["~strict"]>,
    ],
    -1
  >;
  readonly "~params": InnerLayers<
    [
      [Conv2d<F, 1>],
      [Conv2d<F3[0], 1>, Conv2d<F3[1], 3, 1, "same">],
      [Conv2d<F5[0], 1>, Conv2d<F5[1], 5, 1, "same">],
      [MaxPool2d<3, 1, "same">, Conv2d<P, 1>],
    ]
  >;
}

const convolution = (filters: number, kernelSize: number): AnyLayer =>
  conv2d({ filters, kernelSize, padding: "same", activation: "relu" });

/**
 * Four branches side by side, joined along the channels: a 1x1 convolution, a 3x3 and a 5x5 one after 1x1 ones to few
 * channels, and a 3x3 max pooling with a 1x1 convolution after it; relu after each convolution.
 *
 * Shape   [h, w, c] -> [h, w, filters + filters3x3[1] + filters5x5[1] + filtersPool].
 * Params  those of its convolutions.
 * Cost    that of its convolutions.
 * Errors  those of conv2d.
 * Source  Szegedy et al. 2015 (arXiv:1409.4842), fig. 2b.
 *
 * @example
 * const block = inceptionBlock({ filters: 64, filters3x3: [96, 128], filters5x5: [16, 32], filtersPool: 32 })
 * const y = pipe(input([28, 28, 192]), block) // Expr<[28, 28, 256]>
 */
export function inceptionBlock<
  F extends number,
  const F3 extends ReducedFilters,
  const F5 extends ReducedFilters,
  P extends number,
>(options: {
  readonly filters: F;
  readonly filters3x3: F3;
  readonly filters5x5: F5;
  /** Of the convolution after the pooling. */
  readonly filtersPool: P;
}): InceptionBlock<F, F3, F5, P> {
  const { filters, filters3x3, filters5x5, filtersPool } = options;
  const branches: readonly (readonly AnyLayer[])[] = [
    [convolution(filters, 1)],
    [convolution(filters3x3[0], 1), convolution(filters3x3[1], 3)],
    [convolution(filters5x5[0], 1), convolution(filters5x5[1], 5)],
    [maxPool2d({ poolSize: 3, strides: 1, padding: "same" }), convolution(filtersPool, 1)],
  ];
  return asLayer((x, strict) => concatenate(branches.map((layers) => applyAll(x, layers, strict))));
}
