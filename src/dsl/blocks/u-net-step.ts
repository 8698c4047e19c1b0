/** One level of a U-Net around the levels below it. */
import { concatenate } from "../../ops/concatenate.js";
import { conv2d, type Conv2d } from "../../ops/conv2d.js";
import { conv2dTranspose, type Conv2dTranspose } from "../../ops/conv2d-transpose.js";
import { maxPool2d, type MaxPool2d } from "../../ops/max-pool2d.js";
import type { ConcatenatedShape } from "../../shape/concatenation.js";
import type { ShapeError } from "../../shape/shape.js";
import { asLayer, type AnyLayer, type Layer } from "../layer.js";
import type { GoesOnFrom, InnerLayers } from "../layer-weights.js";
import type { ApplyAll } from "../sequential.js";
import { applyAll } from "./shortcut.js";

/** The layer that {@link uNetStep} makes. */
export interface UNetStep<F extends number, L extends AnyLayer> extends Layer {
  readonly "~out": UNetStepShape<this["~in"], F, L, this["~strict"]>;
  readonly "~params": UNetStepWeights<this["~in"], F, L>;
}

type Twice<F extends number> = [Conv2d<F, 3, 1, "same">, Conv2d<F, 3, 1, "same">];

/** Types: the output's shape, or the sentence. */
type UNetStepShape<S, F extends number, L, X> =
  ApplyAll<Twice<F>, S, X> extends infer Down
    ? Down extends ShapeError<string>
      ? Down
      : ApplyAll<[MaxPool2d, L, Conv2dTranspose<F, 2, 2>], Down, X> extends infer Up
        ? Up extends ShapeError<string>
          ? Up
          : ConcatenatedShape<[Down, Up], -1> extends infer Joined
            ? ApplyAll<Twice<F>, Joined, X>
            : never
        : never
    : never;

/** Types: the weights on an image whose shape fits. */
type UNetStepWeights<S, F extends number, L extends AnyLayer> =
  ApplyAll<Twice<F>, S> extends infer Down
    ? ApplyAll<[MaxPool2d, L, Conv2dTranspose<F, 2, 2>], Down> extends infer Up
      ? InnerLayers<
          [
            [
              ...Twice<F>,
              MaxPool2d,
              L,
              Conv2dTranspose<F, 2, 2>,
              GoesOnFrom<ConcatenatedShape<[Down, Up], -1>>,
              ...Twice<F>,
            ],
          ]
        >
      : never
    : never;

const twice = (filters: number): readonly AnyLayer[] => {
  const convolution = conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" });
  return [convolution, convolution];
};

/**
 * Two convolutions; below them a max pooling, the layers given, and a transposed convolution back up; what comes up is
 * joined with what went down, and two convolutions follow. Steps nest: the innermost layers are the bottom of the U.
 *
 * Shape   [h, w, c] -> [h, w, filters], when h and w are even and the layers below keep the size.
 * Params  those of its convolutions.
 * Cost    that of its convolutions and of the layers below.
 * Errors  those of its layers; a size that does not halve shows where the two are joined.
 * Source  Ronneberger, Fischer & Brox 2015 (arXiv:1505.04597), fig. 1, with padding "same".
 *
 * @example
 * const net = uNetStep({ filters: 64 }, uNetStep({ filters: 128 }, conv2d({ filters: 256, kernelSize: 3, padding: "same" })))
 * const y = pipe(input([128, 128, 1]), net) // Expr<[128, 128, 64]>
 */
export function uNetStep<F extends number, L extends AnyLayer>(
  options: { readonly filters: F },
  below: L,
): UNetStep<F, L> {
  const { filters }: { readonly filters: number } = options;
  return asLayer((x, strict) => {
    const down = applyAll(x, twice(filters), strict);
    const up = applyAll(down, [maxPool2d(), below, conv2dTranspose({ filters, kernelSize: 2, strides: 2 })], strict);
    return applyAll(concatenate([down, up]), twice(filters), strict);
  });
}
