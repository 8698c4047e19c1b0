/** Small kernels as grids of their numbers: tiles in rows, or a table of filters and channels. */
import { hex, inkOn, signedColourMap } from "./colour-map.js";
import type { Content } from "./drawing.js";
import type { Planes } from "./kernel-planes.js";
import type { Theme } from "./theme.js";
import { shareIn, type Range } from "./value-map.js";

/** Whole numbers as they are, others by three significant digits, with a true minus. */
export const weightText = (value: number): string => {
  const size = Math.abs(value);
  const text =
    Number.isInteger(value) && size < 1e4
      ? String(value)
      : size >= 100 || (size < 0.005 && size > 0)
        ? value.toExponential(0)
        : value.toFixed(size >= 10 ? 1 : 2);
  return text.replace("-", "−");
};

/** Pixels. */
const CELL = 44;
const GAP = 16;
const LABEL = 18;
const SIDE_LABEL = 64;

interface Tile {
  readonly label: string;
  readonly channel: number;
  readonly filter: number;
}

/** Tiles with a name each, in rows; or a table whose columns and rows are named. */
interface Arrangement {
  readonly tiles: readonly Tile[];
  readonly columns: number;
  /** Of the table's columns and rows. */
  readonly heads?: { readonly top: readonly string[]; readonly side: readonly string[] };
}

const numbersTo = (end: number): readonly number[] => Array.from({ length: end }, (_, i) => i);

const arrangementOf = ({ channels, filters }: Planes): Arrangement => {
  const count = channels * filters;
  if (channels === 1 || filters === 1) {
    const word = filters === 1 ? "channel" : "filter";
    const tiles = numbersTo(count).map((i) => ({
      label: count === 1 ? "" : `${word} ${i}`,
      channel: filters === 1 ? i : 0,
      filter: filters === 1 ? 0 : i,
    }));
    return { tiles, columns: count <= 4 ? count : count <= 9 ? Math.ceil(count / 2) : 8 };
  }
  const across = filters > channels ? "filter" : "channel";
  const columns = Math.max(channels, filters);
  const rows = Math.min(channels, filters);
  const tiles = numbersTo(count).map((i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    return { label: "", filter: across === "filter" ? column : row, channel: across === "filter" ? row : column };
  });
  const named = (word: string, end: number): readonly string[] => numbersTo(end).map((i) => `${word} ${i}`);
  const heads = { top: named(across, columns), side: named(across === "filter" ? "channel" : "filter", rows) };
  return { tiles, columns, heads };
};

const numberedTile = (planes: Planes, { channel, filter }: Tile, range: Range): string => {
  const { height, width, at } = planes;
  return Array.from({ length: height * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const value = at(row, column, channel, filter);
    const colour = signedColourMap()(shareIn(value, range));
    const [x, y] = [column * CELL, row * CELL];
    return `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${hex(colour)}"/><text x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" fill="${inkOn(colour)}">${weightText(value)}</text>`;
  }).join("");
};

export const numbered = (planes: Planes, range: Range, theme: Theme): Content => {
  const { tiles, columns, heads } = arrangementOf(planes);
  const [w, h] = [planes.width * CELL, planes.height * CELL];
  const label = tiles.some((tile) => tile.label !== "") ? LABEL : 0;
  const width = Math.max(w, label === 0 && heads === undefined ? 0 : 62) + GAP;
  const height = h + label + GAP;
  const [left, top] = heads === undefined ? [0, 0] : [SIDE_LABEL, LABEL];
  const named = (text: string, x: number, y: number): string =>
    `<text x="${x}" y="${y}" text-anchor="start" fill="${theme.text}">${text}</text>`;
  const drawn = tiles.map((tile, i) => {
    const [x, y] = [left + (i % columns) * width, top + Math.floor(i / columns) * height];
    const name = tile.label === "" ? "" : named(tile.label, 0, 12);
    return `<g transform="translate(${x} ${y})">${name}<g transform="translate(0 ${label})">${numberedTile(planes, tile, range)}<rect width="${w}" height="${h}" fill="none" stroke="${theme.faint}"/></g></g>`;
  });
  const names = [
    ...(heads?.top ?? []).map((text, i) => named(text, left + i * width, 10)),
    ...(heads?.side ?? []).map((text, i) => named(text, 0, top + i * height + h / 2 + 4)),
  ];
  return {
    width: left + Math.min(columns, tiles.length) * width - GAP,
    height: top + Math.ceil(tiles.length / columns) * height - GAP,
    body: `<g font-size="12" text-anchor="middle">${[...names, ...drawn].join("\n")}</g>`,
  };
};
