/** What residual blocks share: convolutions with batch normalisation, and the way around them. */
import { add } from "../../ops/add.js";
import { batchNormalization, type BatchNormalization } from "../../ops/batch-normalization.js";
import { conv2d, type Conv2d } from "../../ops/conv2d.js";
import { relu } from "../../ops/relu.js";
import type { ShapeError } from "../../shape/shape.js";
import type { AnyExpr } from "../expr.js";
import { asFunction, type AnyLayer, type Apply } from "../layer.js";
import type { InnerLayers, Without } from "../layer-weights.js";
import { sequential } from "../sequential.js";

interface ConvolutionOptions {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly groups?: number;
}

/** A convolution with padding "same" and no bias, since the batch normalisation after it has one. */
export const normalizedConvolution = (options: ConvolutionOptions): AnyLayer =>
  sequential(conv2d({ ...options, padding: "same", useBias: false }), batchNormalization());

/** Applies layers one after the other; `strict` as in {@link asFunction}. */
export const applyAll = (x: AnyExpr, layers: readonly AnyLayer[], strict: boolean): AnyExpr =>
  asFunction(sequential(...layers), strict)(x);

/**
 * A block's result beside the shortcut around it: a 1x1 convolution with the block's strides where those or the
 * channels change. Both have one shape then, and only the sentence of one that does not fit is left to find.
 */
export type AroundShape<Body, S, F, St extends number, X> =
  Body extends ShapeError<string>
    ? Body
    : ShortcutShape<S, F, St, X> extends infer Shortcut
      ? Shortcut extends ShapeError<string>
        ? Shortcut
        : Body
      : never;
type ShortcutShape<S, F, St extends number, X> = S extends readonly [unknown, unknown, F]
  ? St extends 1
    ? S
    : Projected<S, F, St, X>
  : Projected<S, F, St, X>;
type Projected<S, F, St extends number, X> = F extends number ? Apply<Conv2d<F, 1, St, "same">, S, X> : never;

/** Types: the weights of a convolution without bias and of the batch normalisation after it. */
export type Normalized<C extends AnyLayer> = [Without<"bias", C>, BatchNormalization];
/** Types: the weights of a body and of the shortcut around it. */
export type AroundWeights<
  Body extends readonly AnyLayer[],
  S,
  F extends number,
  St extends number,
> = S extends readonly [unknown, unknown, infer C]
  ? number extends C | F | St
    ? unknown
    : InnerLayers<[Body, [C, St] extends [F, 1] ? [] : Normalized<Conv2d<F, 1, St, "same">>]>
  : unknown;

/** relu(body(x) + shortcut(x)). */
export const withShortcut = (
  x: AnyExpr,
  body: readonly AnyLayer[],
  { filters, strides, strict }: { readonly filters: number; readonly strides: number; readonly strict: boolean },
): AnyExpr => {
  const around =
    x.shape[2] === filters && strides === 1 ? [] : [normalizedConvolution({ filters, kernelSize: 1, strides })];
  return asFunction(relu)(add(applyAll(x, body, strict), applyAll(x, around, strict)));
};
