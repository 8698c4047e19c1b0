/** Zeros around an image: the layer; its operator is pad. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { imageShape, type ImageShape } from "../shape/image.js";
import {
  isPadsOption,
  padAxis,
  sidesOf,
  type First,
  type Padded,
  type PadsOption,
  type Second,
} from "../shape/padding.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";

/** The layer that {@link zeroPadding2d} makes. */
export interface ZeroPadding2d<P extends PadsOption = 1> extends Layer {
  readonly "~out": ZeroPadding2dShape<this["~in"], P>;
}

/** Types: the output's shape, or the sentence. */
export type ZeroPadding2dShape<S, P> =
  ImageShape<"zeroPadding2d", S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? SizeProblem<"zeroPadding2d", "padding", P, 0> extends infer M extends string
        ? ShapeError<M>
        : [Padded<H, First<P>>, Padded<W, Second<P>>, C]
      : X
    : never;
/** Run-time twin of {@link ZeroPadding2dShape}. */
const zeroPadding2dShape = (padding: PadsOption, shape: Shape | undefined): Either<string, Shape> => {
  const image = imageShape("zeroPadding2d", shape);
  if (E.isLeft(image)) return image;
  const problem = sizeProblem("zeroPadding2d", { name: "padding", value: padding, least: 0 }, isPadsOption);
  if (problem !== undefined) return E.left(problem);
  const [h, w, channels] = image.right;
  const [rows, columns] = sidesOf(padding);
  return E.right([padAxis(h, rows), padAxis(w, columns), channels]);
};

/**
 * Zeros around an image: one number for all sides, [height, width], or [[top, bottom], [left, right]].
 *
 * Shape   [h, w, c] -> [h + top + bottom, w + left + right, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a padding that is no size; an input that is no image.
 * Source  Keras ZeroPadding2D.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), zeroPadding2d({ padding: [[0, 1], [2, 2]] })) // Expr<[29, 32, 1]>
 */
export function zeroPadding2d<const P extends PadsOption = 1>(
  options: { readonly padding?: P | undefined } = {},
): ZeroPadding2d<P> {
  const padding: PadsOption = options.padding ?? 1;
  return defineLayer({
    name: "zeroPadding2d",
    options,
    rule: ([shape]) => zeroPadding2dShape(padding, shape),
    build: ({ emit }, [x]) => {
      invariant(x, "zeroPadding2d has one input");
      return emit("pad", [x], { pads: [[0, 0], ...sidesOf(padding), [0, 0]], value: 0 });
    },
  });
}
