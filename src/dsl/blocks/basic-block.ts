/** The residual block of small ResNets. */
import type { Conv2d } from "../../ops/conv2d.js";
import { relu } from "../../ops/relu.js";
import { asLayer, type Layer } from "../layer.js";
import type { ApplyAll } from "../sequential.js";
import {
  normalizedConvolution,
  withShortcut,
  type AroundShape,
  type AroundWeights,
  type Normalized,
} from "./shortcut.js";

/** The layer that {@link basicBlock} makes. */
export interface BasicBlock<F extends number, St extends number = 1> extends Layer {
  readonly "~out": AroundShape<
    ApplyAll<[Conv2d<F, 3, St, "same">, Conv2d<F, 3, 1, "same">], this["~in"], this["~strict"]>,
    this["~in"],
    F,
    St,
    this["~strict"]
  >;
  readonly "~params": AroundWeights<
    [...Normalized<Conv2d<F, 3, St, "same">>, ...Normalized<Conv2d<F, 3, 1, "same">>],
    this["~in"],
    F,
    St
  >;
}

/**
 * Two 3x3 convolutions with batch normalisation, and a shortcut around them: relu(body(x) + x). Where strides or channels
 * change, the shortcut is a 1x1 convolution with batch normalisation.
 *
 * Shape   [h, w, c] -> [ceil(h / strides), ceil(w / strides), filters].
 * Params  those of its convolutions, without bias, and batch normalisations.
 * Cost    about 18 h' w' (c + filters) filters FLOP per example.
 * Errors  those of conv2d.
 * Source  He et al. 2015 (arXiv:1512.03385), fig. 5 left; ResNet-18 and 34.
 *
 * @example
 * const y = pipe(input([56, 56, 64]), basicBlock({ filters: 128, strides: 2 })) // Expr<[28, 28, 128]>
 */
export function basicBlock<F extends number, St extends number = 1>(options: {
  readonly filters: F;
  readonly strides?: St | undefined;
}): BasicBlock<F, St> {
  const { filters }: { readonly filters: number } = options;
  const strides: number = options.strides ?? 1;
  return asLayer((x, strict) =>
    withShortcut(
      x,
      [
        normalizedConvolution({ filters, kernelSize: 3, strides }),
        relu,
        normalizedConvolution({ filters, kernelSize: 3 }),
      ],
      { filters, strides, strict },
    ),
  );
}
