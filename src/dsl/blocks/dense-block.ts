/** The block of DenseNet. */
import { batchNormalization, type BatchNormalization } from "../../ops/batch-normalization.js";
import { concatenate } from "../../ops/concatenate.js";
import { conv2d, type Conv2d } from "../../ops/conv2d.js";
import { relu } from "../../ops/relu.js";
import type { Add, Mul } from "../../shape/nat.js";
import type { ShapeError } from "../../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../../shape/size.js";
import { optionText, type OptionText } from "../../shape/text.js";
import type { AnyExpr } from "../expr.js";
import { asLayer, type AnyLayer, type Layer } from "../layer.js";
import type { GoesOnFrom, InnerLayers, Without } from "../layer-weights.js";
import type { ApplyAll } from "../sequential.js";
import { refusedExpr } from "./refused.js";
import { applyAll } from "./shortcut.js";

/** The layer that {@link denseBlock} makes. */
export interface DenseBlock<L extends number, G extends number> extends Layer {
  readonly "~out": DenseBlockShape<this["~in"], L, G, this["~strict"]>;
  readonly "~params": DenseBlockWeights<this["~in"], L, G, Mul<4, G>>;
}

/** Types: the weights on an image whose shape fits, layer by layer, as the channels grow. */
type DenseBlockWeights<
  S,
  L extends number,
  G extends number,
  Wide,
  Grown extends unknown[] = [],
  Ls extends readonly AnyLayer[] = [],
> = number extends L
  ? unknown
  : Grown["length"] extends L
    ? InnerLayers<[Ls]>
    : [S, Wide] extends [readonly [infer H, infer W, infer C], infer Wider extends number]
      ? DenseBlockWeights<
          [H, W, Add<C, G>],
          L,
          G,
          Wide,
          [...Grown, 0],
          [
            ...Ls,
            BatchNormalization,
            Without<"bias", Conv2d<Wider, 1>>,
            BatchNormalization,
            Without<"bias", Conv2d<G, 3, 1, "same">>,
            GoesOnFrom<[H, W, Add<C, G>]>,
          ]
        >
      : unknown;

const tooManyLayers = <Layers extends string>(layers: Layers) =>
  `denseBlock: layers ${layers} are too many: use at most 999` as const;
type LayersProblem<L> =
  SizeProblem<"denseBlock", "layers", L> extends infer M extends string
    ? M
    : OptionText<L> extends `${infer _a}${infer _b}${infer _c}${infer _d}${string}`
      ? ReturnType<typeof tooManyLayers<OptionText<L>>>
      : undefined;
const layersProblem = (layers: number): string | undefined =>
  sizeProblem("denseBlock", { name: "layers", value: layers }) ??
  (layers > 999 ? tooManyLayers(optionText(layers)) : undefined);

/** Types: the output's shape, or the sentence. */
type DenseBlockShape<S, L extends number, G extends number, X> =
  S extends ShapeError<string>
    ? S
    : LayersProblem<L> extends infer M extends string
      ? ShapeError<M>
      : SizeProblem<"denseBlock", "growthRate", G> extends infer M extends string
        ? ShapeError<M>
        : Mul<4, G> extends infer Wide extends number
          ? ApplyAll<[BatchNormalization, Conv2d<Wide, 1>, Conv2d<G, 3, 1, "same">], S, X> extends infer T
            ? T extends ShapeError<string>
              ? T
              : S extends readonly [infer H, infer W, infer C]
                ? [H, W, Add<C, Mul<L, G>>]
                : T
            : never
          : never;

const grown = (x: AnyExpr, growthRate: number, strict: boolean): AnyExpr => {
  const convolution = (filters: number, kernelSize: number) =>
    conv2d({ filters, kernelSize, padding: "same", useBias: false });
  const layers = [batchNormalization(), relu, convolution(4 * growthRate, 1), batchNormalization(), relu];
  return concatenate([x, applyAll(x, [...layers, convolution(growthRate, 3)], strict)]);
};

/**
 * Layers that each read all features so far and add growthRate new ones: batch normalisation, relu, 1x1 convolution to
 * 4 growthRate channels, batch normalisation, relu, 3x3 convolution.
 *
 * Shape   [h, w, c] -> [h, w, c + layers · growthRate].
 * Params  those of its convolutions, without bias, and batch normalisations.
 * Cost    that of its convolutions.
 * Errors  layers that are no size or more than 999; a growthRate that is no size; those of conv2d.
 * Source  Huang et al. 2017 (arXiv:1608.06993), DenseNet-B.
 *
 * @example
 * const y = pipe(input([56, 56, 64]), denseBlock({ layers: 6, growthRate: 32 })) // Expr<[56, 56, 256]>
 */
export function denseBlock<L extends number, G extends number>(options: {
  readonly layers: L;
  readonly growthRate: G;
}): DenseBlock<L, G> {
  const { layers, growthRate }: { readonly layers: number; readonly growthRate: number } = options;
  const problem = layersProblem(layers) ?? sizeProblem("denseBlock", { name: "growthRate", value: growthRate });
  return asLayer((x, strict) =>
    problem === undefined
      ? Array.from({ length: layers }).reduce<AnyExpr>((value) => grown(value, growthRate, strict), x)
      : refusedExpr("denseBlock", problem, x),
  );
}
