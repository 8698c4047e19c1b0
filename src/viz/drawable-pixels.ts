/** What a net is fed as what can be drawn. */
import { f32, type NdArray } from "../data/nd-array.js";
import { rangeOf } from "./value-map.js";

/** Values from 0 to 1 as they are; others, as normalised ones or 0 to 255, spread over that range. */
export const drawablePixels = (pixels: NdArray<"f32">): NdArray<"f32"> => {
  const { low, high } = rangeOf([pixels.data, [0, 1]]);
  if (low === 0 && high === 1) return pixels;
  return f32(
    pixels.shape,
    pixels.data.map((value) => (value - low) / (high - low)),
  );
};
