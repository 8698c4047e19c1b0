/** The residual block of large ResNets. */
import type { Conv2d } from "../../ops/conv2d.js";
import { relu } from "../../ops/relu.js";
import type { Mul } from "../../shape/nat.js";
import type { ShapeError } from "../../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../../shape/size.js";
import { asLayer, type Apply, type Layer } from "../layer.js";
import type { ApplyAll } from "../sequential.js";
import { refusedExpr } from "./refused.js";
import {
  normalizedConvolution,
  withShortcut,
  type AroundShape,
  type AroundWeights,
  type Normalized,
} from "./shortcut.js";

/** The layer that {@link bottleneckBlock} makes. */
export interface BottleneckBlock<
  F extends number,
  St extends number = 1,
  E extends number = 4,
  G extends number = 1,
> extends Layer {
  readonly "~out": BottleneckShape<this["~in"], F, St, E, G, this["~strict"]>;
  readonly "~params": BottleneckWeights<this["~in"], F, St, Mul<F, E>, G>;
}

/** Types: the weights on an image whose shape fits. */
type BottleneckWeights<S, F extends number, St extends number, Wide, G extends number> = Wide extends number
  ? AroundWeights<
      [...Normalized<Conv2d<F, 1>>, ...Normalized<Conv2d<F, 3, St, "same", 1, G>>, ...Normalized<Conv2d<Wide, 1>>],
      S,
      Wide,
      St
    >
  : unknown;

/** Types: the output's shape, or the sentence. */
type BottleneckShape<S, F extends number, St extends number, E, G extends number, X> =
  S extends ShapeError<string>
    ? S
    : SizeProblem<"bottleneckBlock", "expansion", E> extends infer M extends string
      ? ShapeError<M>
      : ApplyAll<[Conv2d<F, 1>, Conv2d<F, 3, St, "same", 1, G>], S, X> extends infer Narrow
        ? Narrow extends ShapeError<string>
          ? Narrow
          : Mul<F, E> extends infer Wide extends number
            ? AroundShape<Apply<Conv2d<Wide, 1>, Narrow, X>, S, Wide, St, X>
            : never
        : never;

/**
 * A 1x1 convolution to few channels, a 3x3 one on those, a 1x1 one to many, each with batch normalisation, and a shortcut
 * around them: relu(body(x) + x). Where strides or channels change, the shortcut is a 1x1 convolution.
 *
 * Shape   [h, w, c] -> [ceil(h / strides), ceil(w / strides), expansion · filters].
 * Params  those of its convolutions, without bias, and batch normalisations.
 * Cost    about 2 h w c filters + h' w' filters² (18 / groups + 2 expansion) FLOP per example.
 * Errors  an expansion that is no size; those of conv2d.
 * Source  He et al. 2015 (arXiv:1512.03385), fig. 5 right; the strides are the 3x3 convolution's, as in torchvision
 *         (Keras's ResNet50 has them in the first); with groups ResNeXt (Xie et al. 2017, arXiv:1611.05431).
 *
 * @example
 * const y = pipe(input([56, 56, 256]), bottleneckBlock({ filters: 128, strides: 2 })) // Expr<[28, 28, 512]>
 */
export function bottleneckBlock<
  F extends number,
  St extends number = 1,
  E extends number = 4,
  G extends number = 1,
>(options: {
  readonly filters: F;
  readonly strides?: St | undefined;
  /** How many times as many channels it gives as its 3x3 convolution has. */
  readonly expansion?: E | undefined;
  /** Groups of the 3x3 convolution. */
  readonly groups?: G | undefined;
}): BottleneckBlock<F, St, E, G> {
  const { filters }: { readonly filters: number } = options;
  const strides: number = options.strides ?? 1;
  const expansion: number = options.expansion ?? 4;
  const groups: number = options.groups ?? 1;
  const problem = sizeProblem("bottleneckBlock", { name: "expansion", value: expansion });
  return asLayer((x, strict) => {
    if (problem !== undefined) return refusedExpr("bottleneckBlock", problem, x);
    const wide = expansion * filters;
    return withShortcut(
      x,
      [
        normalizedConvolution({ filters, kernelSize: 1 }),
        relu,
        normalizedConvolution({ filters, kernelSize: 3, strides, groups }),
        relu,
        normalizedConvolution({ filters: wide, kernelSize: 1 }),
      ],
      { filters: wide, strides, strict },
    );
  });
}
