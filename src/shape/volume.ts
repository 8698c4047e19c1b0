/** How many elements an example of a shape has. */
import type { Mul } from "./nat.js";
import type { Dim, Shape } from "./shape.js";
import { largest, type HasTenDigits } from "./size.js";
import { shapeText, type ShapeText } from "./text.js";

/** Number of elements: null when an axis is unknown, "many" when they are too many. */
export type Volume<S, Product = 1> = S extends readonly [infer Head, ...infer Tail]
  ? number extends Product | Head
    ? Volume<Tail, Product extends null ? null : Head extends null ? null : number>
    : Mul<Product, Head> extends infer Next
      ? Next extends number
        ? number extends Next
          ? "many"
          : HasTenDigits<`${Next}`> extends true
            ? "many"
            : Volume<Tail, Next>
        : Volume<Tail, null>
      : never
  : S extends readonly []
    ? Product
    : Dim;
export const volume = (shape: Shape): Dim | "many" => {
  let product: Dim = 1;
  for (const dim of shape) {
    product = product === null || dim === null ? null : product * dim;
    if (product !== null && product > largest) return "many";
  }
  return product;
};

const tooManySentence = <Layer extends string, Text extends string>(layer: Layer, text: Text) =>
  `${layer}: [${text}] has more than 999999999 elements: make it smaller, by strides or a pooling` as const;

/** The sentence about a shape with too many elements. */
export type TooMany<Layer extends string, S> = ReturnType<typeof tooManySentence<Layer, ShapeText<S>>>;
export const tooMany = (layer: string, shape: Shape): string => tooManySentence(layer, shapeText(shape));
