/** Crops of pictures, at random or from the middle, as maps. */
import { sizeProblem } from "../../shape/size.js";
import { cropMap, type CropMap, type Picture, type PictureChange } from "./picture-map.js";

export interface CropOptions<H extends number, W extends number> {
  readonly height: H;
  readonly width: W;
}

export interface RandomCropOptions<H extends number, W extends number> extends CropOptions<H, W> {
  /** Zeros around the picture, that many on each side, before it is cropped. */
  readonly padding?: number | undefined;
}

const cropProblem = (maker: string, { height, width }: CropOptions<number, number>): string | undefined =>
  sizeProblem(maker, { name: "height", value: height }) ?? sizeProblem(maker, { name: "width", value: width });

/** What is wrong with a picture that is smaller than the crop. */
const tooSmall =
  (maker: string, { height, width }: CropOptions<number, number>, padding: number) =>
  (picture: Picture): string | undefined =>
    height <= picture.height + 2 * padding && width <= picture.width + 2 * padding
      ? undefined
      : `${maker}: a crop of ${height}x${width} does not fit into ${picture.height}x${picture.width}: take a smaller crop or larger pictures`;

/** `height` × `width` cells from row `top` and column `left` on, which may lie outside: there it is 0. */
const cropped = (
  picture: Picture,
  { height, width }: CropOptions<number, number>,
  top: number,
  left: number,
): Picture => {
  const { data, channels } = picture;
  const out = new Float32Array(height * width * channels);
  const [firstColumn, lastColumn] = [Math.max(left, 0), Math.min(left + width, picture.width)];
  for (let row = Math.max(top, 0); row < Math.min(top + height, picture.height); row++) {
    const from = channels * (row * picture.width + firstColumn);
    const to = channels * ((row - top) * width + firstColumn - left);
    out.set(data.subarray(from, from + channels * Math.max(lastColumn - firstColumn, 0)), to);
  }
  return { data: out, height, width, channels };
};

/** A crop at a random place; one draw for each axis, rows first. */
export const randomCropChange = (options: RandomCropOptions<number, number>): PictureChange => {
  const { padding = 0, height, width } = options;
  return {
    draws: 2,
    refuses: tooSmall("randomCrop", options, padding),
    apply: (picture, [down = 0, across = 0]) => {
      const top = Math.floor(down * (picture.height + 2 * padding - height + 1)) - padding;
      const left = Math.floor(across * (picture.width + 2 * padding - width + 1)) - padding;
      return cropped(picture, options, top, left);
    },
  };
};

/**
 * Cuts a part of a random place out of each picture; with `padding`, out of the picture with so many zeros around it.
 *
 * Errors  sizes that are none, a crop that does not fit.
 * Source  Keras 3's RandomCrop, which takes one place for a whole batch; padding as He et al. 2015 (arXiv:1512.03385) §4.2 do for CIFAR-10.
 *
 * @example
 * const cropped = pipe(cifar, map(randomCrop({ height: 32, width: 32, padding: 4 })))
 */
export const randomCrop = <H extends number, W extends number>(options: RandomCropOptions<H, W>): CropMap<H, W> => {
  const { padding = 0 } = options;
  return cropMap({
    maker: "randomCrop",
    options,
    problem:
      cropProblem("randomCrop", options) ?? sizeProblem("randomCrop", { name: "padding", value: padding, least: 0 }),
    change: () => randomCropChange(options),
  });
};

/** The middle. */
export const centerCropChange = (options: CropOptions<number, number>): PictureChange => ({
  draws: 0,
  refuses: tooSmall("centerCrop", options, 0),
  apply: (picture) =>
    cropped(
      picture,
      options,
      Math.floor((picture.height - options.height) / 2),
      Math.floor((picture.width - options.width) / 2),
    ),
});

/**
 * Cuts the middle out of each picture; where a margin is odd, the smaller half of it is above and left.
 *
 * Errors  sizes that are none, a crop that does not fit.
 * Source  Keras 3's CenterCrop, which resizes where we refuse.
 *
 * @example
 * const middles = pipe(pictures, map(centerCrop({ height: 96, width: 96 })))
 */
export const centerCrop = <H extends number, W extends number>(options: CropOptions<H, W>): CropMap<H, W> =>
  cropMap({
    maker: "centerCrop",
    options,
    problem: cropProblem("centerCrop", options),
    change: () => centerCropChange(options),
  });
