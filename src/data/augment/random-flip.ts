/** Flips of pictures, as a map. */
import { flipProblem, type FlipMode } from "../../shape/flip.js";
import type { Fresh } from "../scratch.js";
import { withData } from "./changed-values.js";
import { imageMap, type ImageMap, type Picture, type PictureChange } from "./picture-map.js";

/** Left becomes right. */
const mirrored = (picture: Picture, fresh: Fresh): Picture => {
  const { data, height, width, channels } = picture;
  const out = fresh(data.length);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = channels * (row * width + column);
      const to = channels * (row * width + width - 1 - column);
      for (let channel = 0; channel < channels; channel++) out[to + channel] = data[from + channel] ?? 0;
    }
  return withData(picture, out);
};

/** Top becomes bottom. */
const upsideDown = (picture: Picture, fresh: Fresh): Picture => {
  const { data, height, width, channels } = picture;
  const out = fresh(data.length);
  const stride = width * channels;
  for (let row = 0; row < height; row++)
    out.set(data.subarray(row * stride, (row + 1) * stride), (height - 1 - row) * stride);
  return withData(picture, out);
};

/** In the mode of both axes one draw decides on both, as in Keras. */
export const flipChange = (mode: FlipMode): PictureChange => ({
  draws: 1,
  apply: (picture, [draw = 1], _, fresh) => {
    if (draw > 0.5) return picture;
    const across = mode === "vertical" ? picture : mirrored(picture, fresh);
    return mode === "horizontal" ? across : upsideDown(across, fresh);
  },
});

/**
 * Flips half of the pictures: left and right, top and bottom, or both at once.
 *
 * Errors  a mode that is none, a picture that is none.
 * Source  Keras 3's RandomFlip; the default is its `horizontal_and_vertical`. Photos mostly want `horizontal`.
 *
 * @example
 * const flipped = pipe(pictures, map(randomFlip({ mode: "horizontal" })))
 */
export const randomFlip = (options: { readonly mode?: FlipMode } = {}): ImageMap => {
  const { mode = "horizontalAndVertical" } = options;
  return imageMap({
    maker: "randomFlip",
    options,
    problem: flipProblem("randomFlip", mode),
    change: () => flipChange(mode),
  });
};
