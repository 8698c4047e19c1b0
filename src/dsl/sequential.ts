/** Any number of layers as one. */
import type { ShapeError } from "../shape/shape.js";
import { asFunction, asLayer, type AnyLayer, type Apply, type Layer } from "./layer.js";
import type { InnerLayers } from "./layer-weights.js";

/** The shape after all layers; the first that does not fit decides. X is true inside `strict(…)`. */
export type ApplyAll<Ls, S, X = unknown> = Ls extends readonly [infer L, ...infer Rest]
  ? Apply<L, S, X> extends infer T
    ? T extends ShapeError<string>
      ? T
      : ApplyAll<Rest, T, X>
    : never
  : S;

/** What the last layer gives. */
export type LastKind<Ls> = Ls extends readonly [...unknown[], infer L extends AnyLayer] ? L["~kind"] : "values";

export interface Sequential<Ls extends readonly AnyLayer[]> extends Layer<LastKind<Ls>> {
  readonly "~out": ApplyAll<Ls, this["~in"], this["~strict"]>;
  readonly "~params": InnerLayers<[Ls]>;
}

/**
 * Layers one after the other, as one layer: like fp-ts `flow`, without its limit of nine. It nests.
 *
 * @example
 * const block = sequential(conv2d({ filters: 32, kernelSize: 3 }), relu, maxPool2d())
 * const y = pipe(input([28, 28, 1]), block) // Expr<[13, 13, 32]>
 */
export function sequential<Ls extends AnyLayer[]>(...layers: Ls): Sequential<Ls> {
  return asLayer((x, strict) => layers.reduce((value, layer) => asFunction(layer, strict)(value), x));
}
