/** Pieces of SVG that the drawings are made of. Units: a picture is 100 wide and high, its middle is (0, 0). */
import type { Random } from "./random.js";

export type Point = readonly [number, number];

const short = (value: number): string => value.toFixed(1);

export const ellipse = ([x, y]: Point, [rx, ry]: Point, fill: string, turn = 0): string =>
  `<ellipse rx="${short(rx)}" ry="${short(ry)}" fill="${fill}" transform="translate(${short(x)} ${short(y)}) rotate(${short(turn)})"/>`;

export const box = ([x, y]: Point, [width, height]: Point, fill: string, round = 0): string =>
  `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" rx="${short(round)}" fill="${fill}"/>`;

export const polygon = (points: readonly Point[], fill: string): string =>
  `<polygon points="${points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ")}" fill="${fill}"/>`;

export const line = ([x1, y1]: Point, [x2, y2]: Point, stroke: string, width: number): string =>
  `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" stroke="${stroke}" stroke-width="${short(width)}" stroke-linecap="round"/>`;

/** A colour by hue (degrees), saturation and lightness (percent). */
export const hsl = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${Math.round(((hue % 360) + 360) % 360)}, ${Math.round(saturation)}%, ${Math.round(lightness)}%)`;

/** Paint, mostly bright. */
export const paint = (random: Random): string =>
  hsl(random.between(0, 360), random.between(0, 85), random.between(25, 80));

/** Fur and feathers: from black over brown to white. */
export const coat = (random: Random): string =>
  hsl(random.between(15, 45), random.between(5, 55), random.between(15, 85));

/** What stands behind: a ground of two colours with blobs on it that say nothing about what is in front. */
export const backdrop = (random: Random): string => {
  const colour = (): string => hsl(random.between(0, 360), random.between(5, 60), random.between(25, 90));
  const horizon = random.between(-15, 35);
  const blobs = Array.from({ length: 5 }, () =>
    ellipse(
      [random.between(-50, 50), random.between(-50, 50)],
      [random.between(3, 18), random.between(3, 14)],
      colour(),
      random.between(0, 180),
    ),
  );
  return box([-50, -50], [100, 100], colour()) + box([-50, horizon], [100, 100], colour()) + blobs.join("");
};

/** How the thing is held before the camera. */
export interface Pose {
  /** Degrees to either side. */
  readonly turn: number;
  /** From the middle, to each side. */
  readonly offset: number;
  readonly scale: readonly [number, number];
}

/** The thing in some pose, half of them mirrored. */
export const posed = (thing: string, random: Random, { turn, offset, scale }: Pose): string => {
  const size = random.between(...scale);
  const mirrored = random.chance(0.5) ? -size : size;
  const place = `${short(random.between(-offset, offset))} ${short(random.between(-offset, offset))}`;
  return `<g transform="translate(${place}) rotate(${short(random.between(-turn, turn))}) scale(${mirrored.toFixed(2)} ${size.toFixed(2)})">${thing}</g>`;
};
