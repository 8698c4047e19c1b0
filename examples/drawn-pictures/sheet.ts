/** Drawings as pixels: many on one sheet, since the renderer's start costs more than a small picture. */
import { decode } from "fast-png";
import { pipe } from "svertka";
import { svgToPng } from "svertka/viz/node";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { SvertkaError } from "svertka";

/** Pictures in a row and in a column of a sheet. */
const across = 16;

/** A picture as bytes, height × width × 3. */
export type Pixels = Uint8Array<ArrayBuffer>;

/** The drawings, each from -50 to 50 both ways, in cells side by side. */
const sheetOf = (drawings: readonly string[], size: number): string => {
  const cells = drawings.map(
    (drawing, i) =>
      `<svg x="${(i % across) * size}" y="${Math.floor(i / across) * size}" width="${size}" height="${size}" viewBox="-50 -50 100 100">${drawing}</svg>`,
  );
  const height = Math.ceil(drawings.length / across) * size;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${across * size}" height="${height}">${cells.join("")}</svg>`;
};

/** One picture out of a sheet of RGBA bytes. */
const cut = (sheet: ArrayLike<number>, index: number, size: number): Pixels => {
  const left = (index % across) * size;
  const top = Math.floor(index / across) * size;
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const at = (top + Math.floor(pixel / size)) * across * size + left + (pixel % size);
    return sheet[4 * at + (i % 3)] ?? 0;
  });
};

/** Every drawing as size × size pixels. */
export const pixelsOf = (drawings: readonly string[], size: number): TE.TaskEither<SvertkaError, readonly Pixels[]> => {
  const sheets = Array.from({ length: Math.ceil(drawings.length / across ** 2) }, (_, i) =>
    drawings.slice(i * across ** 2, (i + 1) * across ** 2),
  );
  return pipe(
    sheets,
    TE.traverseSeqArray((some) =>
      pipe(
        svgToPng(sheetOf(some, size), { scale: 1 }),
        TE.map((png) => {
          const { data } = decode(png);
          return some.map((_, i) => cut(data, i, size));
        }),
      ),
    ),
    TE.map((parts) => parts.flat()),
  );
};
