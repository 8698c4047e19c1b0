/** Images with the maps of what speaks for a class, beside them and over them. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32, u8, type NdArray } from "../data/nd-array.js";
import { colourMap, type ColourMap, type ColourMapName } from "./colour-map.js";
import { page, type Drawing } from "./drawing.js";
import { fittedBox, imageElement } from "./image-element.js";
import { toPicture, type Picture } from "./picture.js";
import { fittingText, themeOf, xmlText, type ThemeName } from "./theme.js";
import { rangeOf, shareIn, valueMap } from "./value-map.js";

export interface AttributedImage {
  /** The image's name, and what stands below it: `boot.png`, `Ankle boot 98 %`. */
  readonly label: string;
  readonly caption: string;
  /** `[h, w, 1 | 3]` from 0 to 1. */
  readonly pixels: NdArray<"f32">;
  /** `[h', w']`, 0 or more, as `gradCam` and `saliency` give it. */
  readonly map: NdArray<"f32">;
}

export interface AttributionMapsOptions {
  readonly title: string;
  readonly images: readonly AttributedImage[];
  /** "inferno" when not given. */
  readonly colours?: ColourMapName | undefined;
  readonly theme?: ThemeName | undefined;
}

/** The map at a place of an image of another size: bilinear between the middles of its cells, as tf.image.resize has it. */
const enlarged = ({ shape, data }: NdArray<"f32">, height: number, width: number): NdArray<"f32"> => {
  const [h = 1, w = 1] = shape;
  const at = (row: number, column: number): number =>
    data[Math.min(Math.max(row, 0), h - 1) * w + Math.min(Math.max(column, 0), w - 1)] ?? 0;
  return f32(
    [height, width],
    Float32Array.from({ length: height * width }, (_, i) => {
      const y = ((Math.floor(i / width) + 0.5) * h) / height - 0.5;
      const x = (((i % width) + 0.5) * w) / width - 0.5;
      const [row, column] = [Math.floor(y), Math.floor(x)];
      const [down, right] = [y - row, x - column];
      const upper = at(row, column) * (1 - right) + at(row, column + 1) * right;
      const lower = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right;
      return upper * (1 - down) + lower * down;
    }),
  );
};

/** The image in grey, and over it the map's colours, the stronger the more it says. */
const overlay = (pixels: NdArray<"f32">, map: NdArray<"f32">, colours: ColourMap): Either<SvertkaError, Picture> => {
  const [height = 1, width = 1, channels = 1] = pixels.shape;
  const range = { ...rangeOf([map.data]), low: 0 };
  const bytes = new Uint8Array(height * width * 3);
  for (let place = 0; place < height * width; place++) {
    const share = shareIn(map.data[place] ?? 0, range);
    const shown = pixels.data.subarray(place * channels, place * channels + Math.min(channels, 3));
    const grey = (255 * shown.reduce((sum, value) => sum + value, 0)) / shown.length;
    const cover = 0.25 + 0.5 * share;
    colours(share).forEach((part, k) => (bytes[3 * place + k] = Math.round((1 - cover) * grey + cover * part)));
  }
  return toPicture(u8([height, width, 3], bytes));
};

interface Row {
  readonly image: AttributedImage;
  readonly pictures: readonly Picture[];
}

const rowOf =
  (colours: ColourMap) =>
  (image: AttributedImage): Either<SvertkaError, Row> => {
    const { pixels, map, label } = image;
    const [height = 1, width = 1] = pixels.shape;
    const [h = 0, w = 0] = map.shape;
    if (map.shape.length !== 2 || h < 1 || w < 1 || h > height * 4 || w > width * 4)
      return fail(
        "BadData",
        label,
        `attribution: map [${map.shape.slice(0, 6).join(", ")}] for an image of ${height} × ${width}: give [h, w], as gradCam gives it`,
      );
    const range = { ...rangeOf([map.data]), low: 0 };
    const plane = { height: h, width: w, at: (row: number, column: number) => map.data[row * w + column] ?? 0 };
    return pipe(
      E.Do,
      E.bind("picture", () => toPicture(pixels)),
      E.bind("heat", () => valueMap(plane, range, colours)),
      E.bind("both", () => overlay(pixels, enlarged(map, height, width), colours)),
      E.map(({ picture, heat, both }) => ({ image, pictures: [picture, heat, both] })),
    );
  };

/** Pixels. */
const SIDE = 176;
const GAP = 12;
const HEAD = 22;
const FOOT = 44;
/** Triples beside one another before the next row of them begins. */
const perLine = 2;

/**
 * Each image, its map, and the map over the image; black to light is from 0 to the map's greatest value.
 *
 * Errors  BadData for no image, and for a map that is none of the image.
 *
 * @example
 * const drawing = attributionMaps({ title: "Grad-CAM", images: [{ label: "boot", caption: "Ankle boot", pixels, map }] })
 */
export const attributionMaps = ({
  title,
  images,
  colours = "inferno",
  theme,
}: AttributionMapsOptions): Either<SvertkaError, Drawing> => {
  if (images.length === 0) return fail("BadData", title, "attribution: 0 images, at least 1 is needed: give some");
  const { text, faint } = themeOf(theme);
  return pipe(
    images,
    E.traverseArray(rowOf(colourMap(colours))),
    E.map((rows) => {
      const width = 3 * (SIDE + GAP) - GAP;
      const columns = Math.min(perLine, rows.length);
      const heads = Array.from({ length: columns * 3 }, (_, i) => {
        const x = Math.floor(i / 3) * (width + 3 * GAP) + (i % 3) * (SIDE + GAP) + SIDE / 2;
        return `<text x="${x}" y="12" font-size="12" text-anchor="middle" fill="${faint}">${["image", "map", "both"][i % 3]}</text>`;
      });
      const body = rows.map(({ image: { label, caption }, pictures }, i) => {
        const x = (i % perLine) * (width + 3 * GAP);
        const y = HEAD + Math.floor(i / perLine) * (SIDE + FOOT);
        const shown = pictures.map((picture, k) =>
          imageElement(picture, fittedBox(picture, { x: x + k * (SIDE + GAP), y, width: SIDE, height: SIDE })),
        );
        return [
          ...shown,
          `<text x="${x}" y="${y + SIDE + 16}" font-size="12" fill="${text}">${xmlText(fittingText(label, 12, width / 2))}<tspan dx="12" fill="${faint}">${xmlText(fittingText(caption, 12, width / 2))}</tspan></text>`,
        ].join("\n");
      });
      return page({
        title,
        notes: [`${colours}: from 0 (dark) to the map's greatest value (light)`],
        theme,
        width: columns * (width + 3 * GAP) - 3 * GAP,
        height: HEAD + Math.ceil(rows.length / perLine) * (SIDE + FOOT) - 18,
        body: [...heads, ...body].join("\n"),
      });
    }),
  );
};
