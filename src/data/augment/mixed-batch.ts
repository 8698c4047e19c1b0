/** What the maps that mix the examples of a batch share. */
import { mistake, SvertkaFailure } from "../../errors.js";
import { foldIn, shuffled } from "../../random/index.js";
import type { ExampleBatch, Image, OneHot, Place } from "../dataset.js";
import { f32, type NdArray } from "../nd-array.js";
import { portable, type Recipe } from "../portable.js";

/**
 * A map of batches that mixes each example with another of the batch: pictures f32 [n, h, w, c] and labels f32 [n, classes],
 * which {@link oneHotLabels} makes of class numbers. What it draws follows from the seed, the epoch and the batch's number.
 */
export interface MixMap {
  <S extends readonly number[], C extends number>(
    batch: ExampleBatch<Image<S>, OneHot<C>>,
    place: Place,
  ): ExampleBatch<Image<S>, OneHot<C>>;
  readonly "~recipe": Recipe;
}

/** A batch's pictures. */
export interface Pictures {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Mixed pictures, and how much of its own label each keeps. */
export interface Mixed {
  readonly data: Float32Array;
  readonly kept: Float64Array;
}

interface Mixing {
  readonly maker: string;
  readonly options: object;
  readonly problem: string | undefined;
  /** `order[i]` is the example that is mixed into example i. */
  readonly mix: (pictures: Pictures, order: Uint32Array, place: Place) => Mixed;
}

/** λ of its own and 1 − λ of the other row. */
const mixRows = (rows: Float32Array, order: Uint32Array, kept: Float64Array): Float32Array => {
  const width = rows.length / order.length;
  const out = new Float32Array(rows.length);
  for (let row = 0; row < order.length; row++) {
    const own = kept[row] ?? 0;
    const from = (order[row] ?? 0) * width;
    const to = row * width;
    for (let i = 0; i < width; i++) out[to + i] = own * (rows[to + i] ?? 0) + (1 - own) * (rows[from + i] ?? 0);
  }
  return out;
};

const refuse = (tag: "BadOption" | "BadData", maker: string, sentence: string): never => {
  throw new SvertkaFailure(mistake(tag, maker, sentence)); // caught by `mapBatches`
};

const shown = (array: NdArray | undefined): string =>
  array === undefined ? "none" : `${array.dtype} [${array.shape.join(", ")}]`;

/** Makes the map: draws the order, mixes the pictures, then the labels. */
export const mixMap = ({ maker, options, problem, mix }: Mixing): MixMap =>
  portable(maker, options, <B extends ExampleBatch<Image, OneHot>>(batch: B, place: Place): B => {
    if (problem !== undefined) refuse("BadOption", maker, problem);
    const { x, y }: { readonly x: NdArray; readonly y: NdArray | undefined } = batch;
    const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
    if (x.dtype !== "f32" || x.shape.length !== 4)
      return refuse(
        "BadData",
        maker,
        `${maker}: pictures are f32 [n, height, width, channels], got ${shown(x)}: map them to that`,
      );
    if (y?.dtype !== "f32" || y.shape.length !== 2 || y.shape[0] !== count)
      return refuse(
        "BadData",
        maker,
        `${maker}: labels are f32 [n, classes], got ${shown(y)}: put map(oneHotLabels()) before batch`,
      );
    const order = shuffled(count, foldIn(place.key, "order"));
    const { data, kept } = mix({ data: x.data, count, height, width, channels }, order, place);
    return { ...batch, x: f32(x.shape, data), y: f32(y.shape, mixRows(y.data, order, kept)) };
  });

/** Whole pictures mixed by `kept`. */
export const mixPictures = ({ data }: Pictures, order: Uint32Array, kept: Float64Array): Mixed => ({
  data: mixRows(data, order, kept),
  kept,
});
