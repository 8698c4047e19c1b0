/** Colour maps for numbers: from dark to light for amounts, from red over white to blue for signed ones. d3 has the tables. */
import { interpolateInferno, interpolateMagma, interpolateRdBu, interpolateViridis } from "d3-scale-chromatic";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** From 0 to 1 to a colour. */
export type ColourMap = (value: number) => Rgb;

/** By name, those whose lightness rises evenly (van der Walt & Smith 2015), and grey. */
export const colourMapNames = ["inferno", "magma", "viridis", "grey"] as const;

export type ColourMapName = (typeof colourMapNames)[number];

const steps = 256;

/** d3 writes colours as `#rrggbb` or `rgb(r, g, b)`. */
const toRgb = (text: string): Rgb => {
  const parts = text.startsWith("#")
    ? [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
    : (text.match(/\d+/g) ?? []).map(Number);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
};

const tableOf = (colour: (value: number) => string): readonly Rgb[] =>
  Array.from({ length: steps }, (_, i) => toRgb(colour(i / (steps - 1))));

const fromTable =
  (table: readonly Rgb[]): ColourMap =>
  (value) =>
    table[Math.round(Math.min(Math.max(value, 0), 1) * (steps - 1))] ?? [0, 0, 0];

/** The table is made when it is asked for: a page of inferno needs no other. */
const lazily = (colour: (value: number) => string): (() => ColourMap) => {
  let map: ColourMap | undefined;
  return () => (map ??= fromTable(tableOf(colour)));
};

const maps: Readonly<Record<ColourMapName, () => ColourMap>> = {
  inferno: lazily(interpolateInferno),
  magma: lazily(interpolateMagma),
  viridis: lazily(interpolateViridis),
  grey: lazily((value) => `rgb(${Array.from({ length: 3 }, () => Math.round(255 * value)).join(",")})`),
};

/** The map of that name; NaN takes the colour of 0. */
export const colourMap = (name: ColourMapName): ColourMap => maps[name]();

/** For signed numbers: 0 is the strongest negative, 0.5 is zero, 1 the strongest positive. */
export const signedColourMap: () => ColourMap = lazily(interpolateRdBu);

export const hex = (colour: Rgb): string => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** Black or white, whichever is read better on the colour: relative luminance of WCAG 2.1. */
export const inkOn = (colour: Rgb): "#000000" | "#ffffff" => {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  return luminance > 0.179 ? "#000000" : "#ffffff";
};

/** From one colour to another, evenly; both as `#rrggbb`. */
export const between = (from: string, to: string): ColourMap => {
  const [start, end] = [toRgb(from), toRgb(to)];
  return (value) => {
    const share = Math.min(Math.max(value, 0), 1);
    const mixed = (part: 0 | 1 | 2): number => Math.round(start[part] + share * (end[part] - start[part]));
    return [mixed(0), mixed(1), mixed(2)];
  };
};
