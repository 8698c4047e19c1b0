/** Global average pooling: the layer; its operator is reduceMean. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import { invariant } from "../errors.js";
import { E } from "../fp.js";
import { imageShape, type Image, type ImageShape } from "../shape/image.js";
import type { Shape } from "../shape/shape.js";

/** The type of {@link globalAvgPool2d}. */
export interface GlobalAvgPool2d extends Layer {
  readonly "~out": GlobalAvgPool2dShape<this["~in"]>;
}

/** Types: the output's shape, or the sentence. */
export type GlobalAvgPool2dShape<S> =
  ImageShape<"globalAvgPool2d", S> extends infer X ? (X extends readonly [unknown, unknown, infer C] ? [C] : X) : never;

/**
 * The mean of each channel over the whole image.
 *
 * Shape   [h, w, c] -> [c]; h and w may be unknown.
 * Params  none.
 * Cost    h w c FLOP per example.
 * Errors  an input that is no image.
 * Source  Lin, Chen & Yan 2013 (arXiv:1312.4400) §3.2.
 *
 * @example
 * const y = pipe(input([null, null, 64]), globalAvgPool2d) // Expr<[64]>
 */
export const globalAvgPool2d: GlobalAvgPool2d = defineLayer({
  name: "globalAvgPool2d",
  options: {},
  rule: ([shape]) => E.map(([, , channels]: Image): Shape => [channels])(imageShape("globalAvgPool2d", shape)),
  build: ({ emit }, [x]) => {
    invariant(x, "globalAvgPool2d has one input");
    return emit("reduceMean", [x], { axes: [1, 2], keepDims: false });
  },
});
