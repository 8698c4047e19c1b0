/** Draws images in a grid, each with a caption: what a net sees, and what it takes it for. */
import { fail, type SvertkaError } from "../errors.js";
import type { NdArray } from "../data/nd-array.js";
import { E, pipe, type Either } from "../fp.js";
import { toPicture, type Picture } from "./picture.js";
import { colours, fontFamily, textWidth, xmlText } from "./theme.js";

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
};

/** Pixels. */
const SIDE = 96;
const FONT = 11;
const LINE = 15;
const GAP = 18;
const MARGIN = 20;
const TITLE = 40;

type Tile = { readonly picture: Picture; readonly lines: readonly string[]; readonly tone: Tone };

const toTile = ({ pixels, caption, tone }: CaptionedImage): Either<SvertkaError, Tile> =>
  pipe(
    toPicture(pixels),
    E.map((picture) => ({ picture, lines: caption.split("\n"), tone })),
  );

/** Small images are enlarged with hard edges ("optimizeSpeed": resvg knows no "pixelated"), so that their pixels are seen; wide or high ones keep their proportions. */
const drawTile = ({ picture, lines, tone }: Tile, left: number, top: number, width: number): string => {
  const scale = SIDE / Math.max(picture.width, picture.height);
  const w = picture.width * scale;
  const h = picture.height * scale;
  const x = left + (width - w) / 2;
  const y = top + (SIDE - h) / 2;
  const smoothing = scale > 1 ? ' image-rendering="optimizeSpeed"' : "";
  const texts = lines.map(
    (line, i) => `<text x="${left + width / 2}" y="${top + SIDE + (i + 1) * LINE}">${xmlText(line)}</text>`,
  );
  return [
    `<image x="${x}" y="${y}" width="${w}" height="${h}" href="${picture.uri}"${smoothing}/>`,
    tone === "bad"
      ? `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="none" stroke="${colours.bad}" stroke-width="2"/>`
      : "",
    `<g fill="${tone === "bad" ? colours.bad : colours.text}">${texts.join("")}</g>`,
  ].join("");
};

const drawGrid = (title: string, tiles: readonly Tile[], columns: number): string => {
  const widest = Math.max(...tiles.flatMap(({ lines }) => lines.map((line) => textWidth(line, FONT))));
  const width = Math.ceil(Math.max(SIDE, widest));
  const height = SIDE + LINE * Math.max(...tiles.map(({ lines }) => lines.length)) + 6;
  const used = Math.min(columns, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const pageWidth = Math.max(2 * MARGIN + used * (width + GAP) - GAP, 2 * MARGIN + Math.ceil(textWidth(title, 16)));
  const pageHeight = TITLE + MARGIN + rows * (height + GAP) - GAP;
  const drawn = tiles.map((tile, i) =>
    drawTile(tile, MARGIN + (i % columns) * (width + GAP), TITLE + 8 + Math.floor(i / columns) * (height + GAP), width),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pageWidth}" height="${pageHeight}" viewBox="0 0 ${pageWidth} ${pageHeight}" font-family="${fontFamily}">`,
    `<rect width="100%" height="100%" fill="${colours.ground}"/>`,
    `<text x="${MARGIN}" y="30" font-size="16" font-weight="bold" fill="${colours.text}">${xmlText(title)}</text>`,
    `<g font-size="${FONT}" text-anchor="middle">${drawn.join("\n")}</g>`,
    "</svg>",
  ].join("\n");
};

/** The grid as SVG text with the pictures inside it; no image, or one that is no image, is BadData. */
export const imageGrid = ({ title, images, columns }: ImageGridOptions): Either<SvertkaError, string> => {
  if (images.length === 0) return fail("BadData", title, "image grid: 0 images, at least 1 is needed: give some");
  if (!Number.isInteger(columns) || columns < 1)
    return fail("BadOption", title, `image grid: ${columns} columns, a whole number from 1 is needed: give another`);
  return pipe(
    images,
    E.traverseArray(toTile),
    E.map((tiles) => drawGrid(title, tiles, columns)),
  );
};
