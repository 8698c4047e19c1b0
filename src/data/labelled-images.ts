/** Images with one class each: checked once, where they are made, so that training need not look again. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { checkFinite, f32, i32, type Dtype, type NdArray } from "./nd-array.js";
import { sliceRows, type Rows } from "./rows.js";

/**
 * `x` f32 [n, height, width, channels] in [0, 1], `y` i32 [n] in 0 … classes − 1. Types know the classes and the shape where
 * the arrays' own types do, and training compares them with the model's.
 */
export type LabelledImages<C extends number = number, S extends readonly number[] = readonly number[]> = {
  readonly x: NdArray<"f32", S>;
  readonly y: NdArray<"i32">;
  readonly classes: C;
};

export type ImageClassificationOptions<C extends number = number> = { readonly classes: C; readonly where: string };

/** [n, h, w] and [n, h, w, c] as pictures of c channels; any shape where types do not know it. */
export type PicturesOf<S extends readonly number[]> = S extends readonly [
  number,
  infer H extends number,
  infer W extends number,
]
  ? readonly [number, H, W, 1]
  : S extends readonly [number, infer H extends number, infer W extends number, infer C extends number]
    ? readonly [number, H, W, C]
    : readonly number[];

/** Bytes as floats in [0, 1]. `Float32Array.from` with a function takes 20 times as long. */
const scaled = (bytes: Uint8Array): Float32Array => {
  const floats = new Float32Array(bytes);
  for (let i = 0; i < floats.length; i++) floats[i] = (floats[i] ?? 0) / 255;
  return floats;
};

/** Rank 3 is grey: one channel is added. Bytes become [0, 1]; floats are taken as they are, if finite. */
const toPictures = (images: NdArray, where: string): Either<SvertkaError, NdArray<"f32">> => {
  const { shape } = images;
  if (shape.length !== 3 && shape.length !== 4)
    return fail(
      "BadData",
      where,
      `images: rank ${shape.length}, 3 ([n, h, w]) or 4 ([n, h, w, c]) is needed: reshape them`,
    );
  const shape4 = shape.length === 3 ? [...shape, 1] : shape;
  if (images.dtype === "u8") return E.right(f32(shape4, scaled(images.data)));
  if (images.dtype === "f32")
    return pipe(
      checkFinite(images, where),
      E.map(({ data }) => f32(shape4, data)),
    );
  return fail(
    "BadData",
    where,
    "images: 32-bit integers, whose range is not known: save them as uint8 or as floats in [0, 1]",
  );
};

const toClasses = (
  labels: NdArray,
  { classes, where }: ImageClassificationOptions,
): Either<SvertkaError, NdArray<"i32">> => {
  const bad = labels.data.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (bad >= 0)
    return fail(
      "BadData",
      where,
      `labels: label ${bad} is ${labels.data[bad]}, ${classes} classes allow 0 to ${classes - 1}: correct the label or the number of classes`,
    );
  return E.right(i32(labels.shape, Int32Array.from(labels.data)));
};

const checkCounts = (images: NdArray, labels: NdArray, where: string): Either<SvertkaError, NdArray> =>
  labels.shape.length !== 1
    ? fail(
        "BadData",
        where,
        `labels: rank ${labels.shape.length}, 1 is needed ([n], one class number an image): reshape them`,
      )
    : images.shape[0] === labels.shape[0]
      ? E.right(images)
      : fail(
          "BadData",
          where,
          `images and labels: ${images.shape[0]} images and ${labels.shape[0]} labels: give one label an image`,
        );

/** Images and labels that belong together, or the first thing that is wrong with them as BadData. */
export const imageClassification = <const C extends number, S extends readonly number[]>(
  images: NdArray<Dtype, S>,
  labels: NdArray,
  options: ImageClassificationOptions<C>,
): Either<SvertkaError, LabelledImages<C, PicturesOf<S>>> =>
  pipe(
    checkCounts(images, labels, options.where),
    E.chain(() => toClasses(labels, options)),
    E.chain((y) =>
      pipe(
        toPictures(images, options.where),
        // Sound: toPictures adds the one channel that PicturesOf adds.
        E.map((x) => ({ x: x as NdArray<"f32", PicturesOf<S>>, y, classes: options.classes })),
      ),
    ),
  );

/** Others of the same kind. */
type Some<L extends LabelledImages> = Omit<L, "x"> & { readonly x: Rows<L["x"]> };

const between = <L extends LabelledImages>(images: L, start: number, end: number): Some<L> => {
  const some = { ...images, x: sliceRows(images.x, start, end), y: sliceRows(images.y, start, end) };
  return some as unknown as Some<L>; // sound: they differ from L in the number of rows alone
};

const countOf = ({ y }: LabelledImages): number => y.data.length;

/** The first `count` examples, or all where there are fewer; shares the memory. */
export const takeImages = <L extends LabelledImages>(images: L, count: number): Some<L> =>
  between(images, 0, Math.min(Math.max(Math.trunc(count), 0), countOf(images)));

/** The examples before `count` and those from there on, both at least one; shares the memory. */
export const splitAt = <L extends LabelledImages>(
  images: L,
  count: number,
): Either<SvertkaError, readonly [Some<L>, Some<L>]> =>
  Number.isInteger(count) && count > 0 && count < countOf(images)
    ? E.right([between(images, 0, count), between(images, count, countOf(images))])
    : fail(
        "BadOption",
        "splitAt",
        `split: ${countOf(images)} examples cannot be split at ${count}: give 1 to ${countOf(images) - 1}`,
      );
