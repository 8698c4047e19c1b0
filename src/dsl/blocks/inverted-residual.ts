/** The block of MobileNetV2. */
import { add } from "../../ops/add.js";
import { batchNormalization } from "../../ops/batch-normalization.js";
import { conv2d, type Conv2d } from "../../ops/conv2d.js";
import { depthwiseConv2d, type DepthwiseConv2d } from "../../ops/depthwise-conv2d.js";
import { relu6 } from "../../ops/relu6.js";
import type { Mul } from "../../shape/nat.js";
import type { ShapeError } from "../../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../../shape/size.js";
import type { AnyExpr } from "../expr.js";
import { asFunction, asLayer, type Apply, type Layer } from "../layer.js";
import type { InnerLayers } from "../layer-weights.js";
import { sequential, type ApplyAll } from "../sequential.js";
import { refusedExpr } from "./refused.js";
import { applyAll, normalizedConvolution, type Normalized } from "./shortcut.js";

/** The layer that {@link invertedResidual} makes. */
export interface InvertedResidual<
  F extends number,
  St extends number = 1,
  E extends number = 6,
  K extends number = 3,
> extends Layer {
  readonly "~out": InvertedShape<this["~in"], F, St, E, K, this["~strict"]>;
  readonly "~params": InvertedWeights<this["~in"], F, St, E, K>;
}

/** Types: the weights on an image whose shape fits. */
type InvertedWeights<S, F extends number, St extends number, E, K extends number> = S extends readonly [
  unknown,
  unknown,
  infer C,
]
  ? number extends E
    ? unknown
    : Mul<C, E> extends infer Wide extends number
      ? InnerLayers<
          [
            [
              ...(E extends 1 ? [] : Normalized<Conv2d<Wide, 1>>),
              ...Normalized<DepthwiseConv2d<K, St, "same">>,
              ...Normalized<Conv2d<F, 1>>,
            ],
          ]
        >
      : unknown
  : unknown;

/** Types: the output's shape, or the sentence. */
type InvertedShape<S, F extends number, St extends number, E, K extends number, X> =
  S extends ShapeError<string>
    ? S
    : SizeProblem<"invertedResidual", "expansion", E> extends infer M extends string
      ? ShapeError<M>
      : S extends readonly [unknown, unknown, infer C]
        ? [C] extends [null]
          ? Apply<Conv2d<F, 1>, S, X>
          : E extends 1
            ? ApplyAll<Narrowing<F, St, K>, S, X>
            : Mul<C, E> extends infer Wide extends number
              ? ApplyAll<[Conv2d<Wide, 1>, ...Narrowing<F, St, K>], S, X>
              : never
        : Apply<Conv2d<F, 1>, S, X>;
type Narrowing<F extends number, St extends number, K extends number> = [DepthwiseConv2d<K, St, "same">, Conv2d<F, 1>];

interface Inverted {
  readonly filters: number;
  readonly strides: number;
  readonly expansion: number;
  readonly kernelSize: number;
}

const inverted = (x: AnyExpr, { filters, strides, expansion, kernelSize }: Inverted, strict: boolean): AnyExpr => {
  const channels = x.shape[2];
  // Without three axes and known channels the sentence is that of a 1x1 convolution.
  if (x.shape.length !== 3 || channels === undefined || channels === null)
    return asFunction(conv2d({ filters, kernelSize: 1 }), strict)(x);
  const widening = [normalizedConvolution({ filters: expansion * channels, kernelSize: 1 }), relu6];
  const y = applyAll(
    x,
    [
      ...(expansion === 1 ? [] : widening),
      sequential(depthwiseConv2d({ kernelSize, strides, padding: "same", useBias: false }), batchNormalization()),
      relu6,
      normalizedConvolution({ filters, kernelSize: 1 }),
    ],
    strict,
  );
  return strides === 1 && channels === filters ? add(y, x) : y;
};

/**
 * A 1x1 convolution to many channels, a depthwise one on those, a 1x1 one to few without activation, each with batch
 * normalisation; the input is added where neither strides nor channels change.
 *
 * Shape   [h, w, c] -> [ceil(h / strides), ceil(w / strides), filters].
 * Params  those of its convolutions, without bias, and batch normalisations.
 * Cost    about 2 expansion c (h w c + h' w' (kernelSize² + filters)) FLOP per example.
 * Errors  an expansion that is no size; those of conv2d and depthwiseConv2d.
 * Source  Sandler et al. 2018 (arXiv:1801.04381), fig. 4; without the first convolution where expansion is 1.
 *
 * @example
 * const y = pipe(input([112, 112, 16]), invertedResidual({ filters: 24, strides: 2 })) // Expr<[56, 56, 24]>
 */
export function invertedResidual<
  F extends number,
  St extends number = 1,
  E extends number = 6,
  K extends number = 3,
>(options: {
  readonly filters: F;
  readonly strides?: St | undefined;
  /** How many times as many channels the depthwise convolution has as the input. */
  readonly expansion?: E | undefined;
  /** Of the depthwise convolution. */
  readonly kernelSize?: K | undefined;
}): InvertedResidual<F, St, E, K> {
  const { filters, strides = 1, expansion = 6, kernelSize = 3 } = options;
  const all: Inverted = { filters, strides, expansion, kernelSize };
  const problem = sizeProblem("invertedResidual", { name: "expansion", value: all.expansion });
  return asLayer((x, strict) =>
    problem === undefined ? inverted(x, all, strict) : refusedExpr("invertedResidual", problem, x),
  );
}
