/** A picture as an element of an SVG. */
import type { Picture } from "./picture.js";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The largest box of a picture's proportions in the middle of another. */
export const fittedBox = ({ width, height }: Pick<Picture, "width" | "height">, box: Box): Box => {
  const scale = Math.min(box.width / width, box.height / height);
  const [w, h] = [width * scale, height * scale];
  return { x: box.x + (box.width - w) / 2, y: box.y + (box.height - h) / 2, width: w, height: h };
};

/** Small pictures are enlarged with hard edges ("optimizeSpeed": resvg knows no "pixelated"), so that their pixels are seen. */
export const imageElement = ({ uri, width }: Picture, box: Box): string => {
  const smoothing = box.width > width ? ' image-rendering="optimizeSpeed"' : "";
  return `<image x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" href="${uri}"${smoothing}/>`;
};
