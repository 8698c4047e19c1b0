/** The shape rules of augmentation layers: the image itself, colours where they are changed, a crop that fits. */
import { E, type Either } from "../fp.js";
import { imageShape, type Image, type ImageShape } from "./image.js";
import type { FirstProblem } from "./first-problem.js";
import type { Sub } from "./nat.js";
import type { Dim, Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";
import { dimText, type DimText } from "./text.js";

/** The image's shape, or the first sentence of some. */
export type AugmentedShape<Layer extends string, S, Problems extends readonly unknown[]> =
  ImageShape<Layer, S> extends infer X
    ? X extends ShapeError<string>
      ? X
      : FirstProblem<Problems> extends infer M extends string
        ? ShapeError<M>
        : X
    : never;

/** Run-time twin of {@link AugmentedShape}. */
export const augmentedShape = (
  layer: string,
  shape: Shape | undefined,
  ...problems: readonly (string | undefined)[]
): Either<string, Image> => {
  const image = imageShape(layer, shape);
  const problem = problems.find((sentence) => sentence !== undefined);
  return E.isLeft(image) || problem === undefined ? image : E.left(problem);
};

const noColours = <Layer extends string, Channels extends string>(layer: Layer, channels: Channels) =>
  `${layer}: a last axis of ${channels} holds no colours: give an image of 3 channels, red, green and blue` as const;

/** The sentence about an image without three channels; undefined for one with three, or when types cannot know. */
export type ColoursProblem<Layer extends string, S> = S extends readonly [unknown, unknown, infer C]
  ? C extends number
    ? number extends C
      ? undefined
      : C extends 3
        ? undefined
        : ReturnType<typeof noColours<Layer, DimText<C>>>
    : undefined
  : undefined;
/** Run-time twin of {@link ColoursProblem}. */
export const coloursProblem = (layer: string, [, , channels]: Shape): string | undefined =>
  channels === 3 || channels === null || channels === undefined ? undefined : noColours(layer, dimText(channels));

const doesNotFit = <Layer extends string, H extends string, W extends string, Ih extends string, Iw extends string>(
  layer: Layer,
  crop: { readonly height: H; readonly width: W },
  image: { readonly height: Ih; readonly width: Iw },
) =>
  `${layer}: a crop of ${crop.height}x${crop.width} does not fit into ${image.height}x${image.width}: take a smaller crop` as const;
type DoesNotFit<Layer extends string, H, W, Ih, Iw> = ReturnType<
  typeof doesNotFit<Layer, DimText<H>, DimText<W>, DimText<Ih>, DimText<Iw>>
>;

type IsLarger<I, N> = [Sub<I, N>] extends [never] ? true : false;

/** [height, width] of the crop and the channels, or the sentence. */
export type CropShape<Layer extends string, S, H, W> =
  ImageShape<Layer, S> extends infer X
    ? X extends readonly [infer Ih, infer Iw, infer C]
      ? FirstProblem<[SizeProblem<Layer, "height", H>, SizeProblem<Layer, "width", W>]> extends infer M extends string
        ? ShapeError<M>
        : true extends IsLarger<Ih, H> | IsLarger<Iw, W>
          ? ShapeError<DoesNotFit<Layer, H, W, Ih, Iw>>
          : [H, W, C]
      : X
    : never;

/** Run-time twin of {@link CropShape}. */
export const cropShape = (
  layer: string,
  crop: { readonly height: number; readonly width: number },
  shape: Shape | undefined,
): Either<string, Shape> => {
  const image = imageShape(layer, shape);
  if (E.isLeft(image)) return image;
  const { height, width } = crop;
  const problem =
    sizeProblem(layer, { name: "height", value: height }) ?? sizeProblem(layer, { name: "width", value: width });
  if (problem !== undefined) return E.left(problem);
  const [imageHeight, imageWidth, channels] = image.right;
  const fits = (size: number, dim: Dim): boolean => dim === null || size <= dim;
  const text = { height: dimText(height), width: dimText(width) };
  return fits(height, imageHeight) && fits(width, imageWidth)
    ? E.right([height, width, channels])
    : E.left(doesNotFit(layer, text, { height: dimText(imageHeight), width: dimText(imageWidth) }));
};
