/** Draws images in a grid, each with a caption: what a net sees, and what it takes it for. */
import { fail, type SvertkaError } from "../errors.js";
import type { NdArray } from "../data/nd-array.js";
import { E, pipe, type Either } from "../fp.js";
import { page, type Drawing } from "./drawing.js";
import { fittedBox, imageElement } from "./image-element.js";
import { toPicture, type Picture } from "./picture.js";
import { textWidth, themeOf, xmlText, type Theme, type ThemeName } from "./theme.js";

export type Tone = "good" | "bad" | "plain";

export type CaptionedImage = {
  /** `[h, w]` or `[h, w, 1 | 3 | 4]`: f32 in [0, 1], or bytes. */
  readonly pixels: NdArray;
  /** One line or several, parted by "\n". */
  readonly caption: string;
  /** "bad" is red. */
  readonly tone: Tone;
};

export type ImageGridOptions = {
  readonly title: string;
  readonly images: readonly CaptionedImage[];
  readonly columns: number;
  /** "light" when not given. */
  readonly theme?: ThemeName | undefined;
};

/** Pixels. */
const SIDE = 96;
const FONT = 11;
const LINE = 15;
const GAP = 18;

type Tile = { readonly picture: Picture; readonly lines: readonly string[]; readonly tone: Tone };

const toTile = ({ pixels, caption, tone }: CaptionedImage): Either<SvertkaError, Tile> =>
  pipe(
    toPicture(pixels),
    E.map((picture) => ({ picture, lines: caption.split("\n"), tone })),
  );

type Place = { readonly left: number; readonly top: number; readonly width: number };

const drawTile = ({ picture, lines, tone }: Tile, { left, top, width }: Place, { bad, text }: Theme): string => {
  const box = fittedBox(picture, { x: left + (width - SIDE) / 2, y: top, width: SIDE, height: SIDE });
  const texts = lines.map(
    (line, i) => `<text x="${left + width / 2}" y="${top + SIDE + (i + 1) * LINE}">${xmlText(line)}</text>`,
  );
  return [
    imageElement(picture, box),
    tone === "bad"
      ? `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="${bad}" stroke-width="2"/>`
      : "",
    `<g fill="${tone === "bad" ? bad : text}">${texts.join("")}</g>`,
  ].join("");
};

const drawGrid = (tiles: readonly Tile[], { title, columns, theme }: ImageGridOptions): Drawing => {
  const widest = Math.max(...tiles.flatMap(({ lines }) => lines.map((line) => textWidth(line, FONT))));
  const width = Math.ceil(Math.max(SIDE, widest));
  const height = SIDE + LINE * Math.max(...tiles.map(({ lines }) => lines.length)) + 6;
  const used = Math.min(columns, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const drawn = tiles.map((tile, i) => {
    const place = { left: (i % columns) * (width + GAP), top: Math.floor(i / columns) * (height + GAP), width };
    return drawTile(tile, place, themeOf(theme));
  });
  return page({
    title,
    theme,
    width: used * (width + GAP) - GAP,
    height: rows * (height + GAP) - GAP,
    body: `<g font-size="${FONT}" text-anchor="middle">${drawn.join("\n")}</g>`,
  });
};

/** The grid as a drawing with the pictures inside it; no image, or one that is no image, is BadData. */
export const imageGrid = (options: ImageGridOptions): Either<SvertkaError, Drawing> => {
  const { title, images, columns } = options;
  if (images.length === 0) return fail("BadData", title, "image grid: 0 images, at least 1 is needed: give some");
  if (!Number.isInteger(columns) || columns < 1)
    return fail("BadOption", title, `image grid: ${columns} columns, a whole number from 1 is needed: give another`);
  return pipe(
    images,
    E.traverseArray(toTile),
    E.map((tiles) => drawGrid(tiles, options)),
  );
};
