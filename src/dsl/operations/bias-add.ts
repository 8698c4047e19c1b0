/** A bias: one number for each of the last axis. */
import { E, type Either } from "../../fp.js";
import type { Differ } from "../../shape/nat.js";
import { isPoisoned, type AsShape, type Shape, type ShapeError } from "../../shape/shape.js";
import { shapeText, type ShapeText } from "../../shape/text.js";
import type { Expr } from "../expr.js";
import type { Guard, Key } from "../layer.js";
import type { Param } from "../param.js";
import { applyOperation } from "./operand.js";

const noBias = <X extends string, B extends string>(x: X, b: B) =>
  `biasAdd: the bias [${b}] is not one number for each of the last axis of [${x}]: give it the shape of that axis` as const;

/** Types: the shape of the first, or the sentence. */
export type BiasAddShape<X, B> =
  X extends ShapeError<string>
    ? X
    : B extends ShapeError<string>
      ? B
      : X extends readonly [...unknown[], infer C]
        ? B extends readonly [infer N]
          ? Differ<C, N> extends true
            ? ShapeError<ReturnType<typeof noBias<ShapeText<X>, ShapeText<B>>>>
            : X
          : WideOr<X, B>
        : WideOr<X, B>;
type WideOr<X, B> = X extends Shape
  ? B extends Shape
    ? number extends X["length"] | B["length"]
      ? X
      : ShapeError<ReturnType<typeof noBias<ShapeText<X>, ShapeText<B>>>>
    : never
  : never;
/** Run-time twin of {@link BiasAddShape}. */
const biasAddShape = (x: Shape, b: Shape): Either<string, Shape> => {
  const error = [x, b].find(isPoisoned);
  if (error !== undefined) return E.left(error.error);
  const channels = x.at(-1);
  return b.length === 1 && channels !== undefined && (channels === null || channels === b[0])
    ? E.right(x)
    : E.left(noBias(shapeText(x), shapeText(b)));
};

/** {@link BiasAddShape}, deferred while a shape is generic; see Out. */
interface BiasAddOut<in out X, in out B> {
  out: AsShape<BiasAddShape<X, B>>;
}

/**
 * Adds a bias along the last axis; fused into the convolution or product before it.
 *
 * Shape   [..., c], [c] -> [..., c].
 * Params  none of its own.
 * Cost    one FLOP per element, or none where it is fused.
 * Errors  a bias of another shape.
 * Source  TensorFlow's bias_add.
 *
 * @example
 * const y = biasAdd(input([28, 28, 8]), parameter([8], { name: "bias", initializer: zeros })) // Expr<[28, 28, 8]>
 */
export function biasAdd<X extends Shape, B extends Shape>(
  x: Expr<X>,
  bias: Param<B> & Guard<BiasAddOut<X, B>[Key<[X, B]>]>,
): Expr<BiasAddOut<X, B>[Key<[X, B]>]> {
  const sum = applyOperation(
    {
      name: "biasAdd",
      rule: ([a = [], b = []]) => biasAddShape(a, b),
      build: ({ emit }, values) => emit("biasAdd", values, {}),
    },
    [x, bias],
  );
  // Sound: biasAddShape is the run-time twin of BiasAddShape, and x has a batch axis.
  return sum as Expr<BiasAddOut<X, B>[Key<[X, B]>]>;
}
