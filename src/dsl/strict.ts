/** Layers that may leave out no cell of their input. */
import {
  asFunction,
  asLayer,
  type AnyLayer,
  type Apply,
  type Describe,
  type cannotLookInto,
  type Layer,
} from "./layer.js";

/** A layer whose windows may leave out no cell. */
export interface Strict<L extends AnyLayer> extends Layer<L["~kind"]> {
  readonly "~out": Apply<L, this["~in"], true>;
  readonly "~params": Describe<L, this["~in"]>;
}

/** `unknown` for a layer; the sentence for what cannot be looked into. */
type Transparent<L> = L extends AnyLayer ? unknown : typeof cannotLookInto;
type StrictOf<L> = L extends AnyLayer ? Strict<L> : never;

/**
 * The same layer, and an error where a convolution or pooling in it leaves out cells of its input: a stride that skips
 * some, or a last window that ends too early. It reaches the layers inside `sequential`, `residual`, `named` and `share`.
 * The holes of a dilated kernel do not count.
 *
 * Shape   that of the layer.
 * Params  those of the layer, under the same names.
 * Cost    none.
 * Errors  cells that are left out: how many, and which padding or size mends it; a `flow`, a lambda or an expression.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), strict(sequential(conv2d({ filters: 8, kernelSize: 3 }), maxPool2d()))) // Expr<[13, 13, 8]>
 */
export function strict<L>(layer: L & Transparent<L>): StrictOf<L>;
export function strict(layer: AnyLayer): unknown {
  return asLayer((x) => asFunction(layer, true)(x));
}

/** The type of a layer with the option `strict: X`. */
export type StrictIf<X, L extends AnyLayer> = [X] extends [true] ? Strict<L> : L;

/** The layer with its option `strict`. */
export const strictIf = <L extends AnyLayer, X extends boolean>(option: X | undefined, layer: L): StrictIf<X, L> =>
  // Sound: the option is `true` exactly where X is, unless X is wide; then types know less than the run time.
  (option === true ? asLayer<L>((x) => asFunction(layer, true)(x)) : layer) as StrictIf<X, L>;
