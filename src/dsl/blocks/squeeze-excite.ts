/** The gate over channels of SENet. */
import type { ActivationName } from "../../ops/activations.js";
import { dense, type Dense } from "../../ops/dense.js";
import { globalAvgPool2d, type GlobalAvgPool2d } from "../../ops/global-avg-pool2d.js";
import { multiply } from "../../ops/multiply.js";
import { reshape } from "../../ops/reshape.js";
import type { Div, Max } from "../../shape/nat.js";
import type { ShapeError } from "../../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../../shape/size.js";
import type { AnyExpr } from "../expr.js";
import { asLayer, type Layer } from "../layer.js";
import type { InnerLayers } from "../layer-weights.js";
import type { ApplyAll } from "../sequential.js";
import { refusedExpr } from "./refused.js";
import { applyAll } from "./shortcut.js";

interface SqueezeExciteOptions<R> {
  /** How many times fewer units the first dense layer has than there are channels; at least one. */
  readonly ratio?: R | undefined;
  /** After the first dense layer. */
  readonly activation?: ActivationName | undefined;
  /** After the second: the gate itself. */
  readonly gate?: ActivationName | undefined;
}

/** The layer that {@link squeezeExcite} makes. */
export interface SqueezeExcite<R extends number = 16> extends Layer {
  readonly "~out": SqueezeExciteShape<this["~in"], R>;
  readonly "~params": SqueezeExciteWeights<this["~in"], R>;
}

/** Types: the weights on an image whose shape fits; it never squeezes to less than one channel. */
type SqueezeExciteWeights<S, R> = S extends readonly [unknown, unknown, infer C extends number]
  ? Max<1, Div<C, R>> extends infer Few extends number
    ? InnerLayers<[[GlobalAvgPool2d, Dense<Few>, Dense<C>]]>
    : unknown
  : unknown;

/** Types: the shape itself, or the sentence; the units do not matter to it. */
export type SqueezeExciteShape<S, R> =
  S extends ShapeError<string>
    ? S
    : SizeProblem<"squeezeExcite", "ratio", R> extends infer M extends string
      ? ShapeError<M>
      : ApplyAll<[GlobalAvgPool2d, Dense<1>], S> extends infer Gate
        ? Gate extends ShapeError<string>
          ? Gate
          : S
        : never;

const gated = (
  x: AnyExpr,
  { ratio = 16, activation = "relu", gate = "sigmoid" }: SqueezeExciteOptions<number>,
): AnyExpr => {
  // Without three axes and known channels the layers inside say why.
  const channels = x.shape[2] ?? 1;
  const weights = applyAll(
    x,
    [
      globalAvgPool2d,
      dense({ units: Math.max(1, Math.floor(channels / ratio)), activation }),
      dense({ units: channels, activation: gate }),
      reshape({ targetShape: [1, 1, channels] }),
    ],
    false,
  );
  return multiply(x, weights);
};

/**
 * Multiplies each channel by a gate that two dense layers make of all channels' means.
 *
 * Shape   [h, w, c] -> the same.
 * Params  those of its dense layers: 2 c² / ratio + c + c / ratio.
 * Cost    2 h w c + 4 c² / ratio FLOP per example.
 * Errors  a ratio that is no size; an input that is no image; unknown channels.
 * Source  Hu, Shen & Sun 2018 (arXiv:1709.01507) §3; MobileNetV3 has the gate hardSigmoid and ratio 4.
 *
 * @example
 * const y = pipe(input([14, 14, 64]), squeezeExcite({ ratio: 4 })) // Expr<[14, 14, 64]>
 */
export function squeezeExcite<R extends number = 16>(options: SqueezeExciteOptions<R> = {}): SqueezeExcite<R> {
  const problem = sizeProblem("squeezeExcite", { name: "ratio", value: options.ratio ?? 16 });
  return asLayer((x) => (problem === undefined ? gated(x, options) : refusedExpr("squeezeExcite", problem, x)));
}
