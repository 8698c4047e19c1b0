/** Kernels of convolutions drawn: small ones as grids of their numbers, large or many ones as pictures. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { hex, inkOn, signedColourMap } from "./colour-map.js";
import { page, type Content, type Drawing } from "./drawing.js";
import { fittedBox, imageElement } from "./image-element.js";
import { toPicture, type Picture } from "./picture.js";
import { themeOf, type Theme, type ThemeName } from "./theme.js";
import { shareIn, valueMap, type Range } from "./value-map.js";

export interface KernelGridOptions {
  readonly title: string;
  /**
   * `[kh, kw]`, or `[kh, kw, cIn, filters]` as convolutions have it, `[k, cIn, filters]` of a 1-D one; a dense layer's
   * `[inputs, units]` is drawn like one `[kh, kw]`.
   */
  readonly kernel: NdArray<"f32">;
  readonly theme?: ThemeName | undefined;
}

/** Kernels of several channels as planes: a row a filter, a column an input channel. */
interface Planes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly at: (row: number, column: number, channel: number, filter: number) => number;
}

/** Above these, numbers would be too many to read. */
const mostPlanes = 48;
const mostCells = 64;
const mostAcross = 10;
/** Filters and channels that are drawn as pictures. */
const mostFilters = 64;
const mostChannels = 16;

const planesOf = ({ kernel, title }: KernelGridOptions): Either<SvertkaError, Planes> => {
  const { shape, data } = kernel;
  const [height = 0, width = 0, channels = 1, filters = 1] = shape.length === 3 ? [1, ...shape] : shape;
  if (shape.length < 2 || shape.length > 4 || shape.includes(0))
    return fail(
      "BadData",
      title,
      `kernels: shape [${shape.slice(0, 6).join(", ")}], [kh, kw] or [kh, kw, channels, filters] is needed: choose a 2-D layer`,
    );
  if (data.some((value) => !Number.isFinite(value)))
    return fail("BadData", title, "kernels: a weight is NaN or infinite, which has no colour: train again from before");
  const at: Planes["at"] = (row, column, channel, filter) =>
    data[((row * width + column) * channels + channel) * filters + filter] ?? 0;
  return E.right({ height, width, channels, filters, at });
};

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

/** White is 0, the strongest colours are the weight that is farthest from it. */
const symmetric = ({ data }: NdArray<"f32">): Range => {
  const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return { low: -most, high: most };
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

const numbered = (planes: Planes, range: Range, theme: Theme): Content => {
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

/** Filters on images of three channels are images themselves: grey is 0. */
const colourPicture = ({ height, width, at }: Planes, filter: number, range: Range): Either<SvertkaError, Picture> => {
  const data = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const place = Math.floor(i / 3);
    return shareIn(at(Math.floor(place / width), place % width, i % 3, filter), range);
  });
  return toPicture(f32([height, width, 3], data));
};

interface Row {
  readonly label: string;
  readonly pictures: readonly Picture[];
}

const pictured = (planes: Planes, range: Range, theme: Theme): Either<SvertkaError, Content & { note: string }> => {
  const { channels, height, width } = planes;
  const filters = Math.min(planes.filters, mostFilters);
  const shown = Math.min(channels, mostChannels);
  const isColour = channels === 3 && height > 1;
  const indices = Array.from({ length: filters }, (_, i) => i);
  const plane = (filter: number, channel: number) =>
    valueMap({ height, width, at: (row, column) => planes.at(row, column, channel, filter) }, range, signedColourMap());
  const rows = pipe(
    indices,
    E.traverseArray((filter) =>
      pipe(
        isColour
          ? E.map((picture: Picture) => [picture])(colourPicture(planes, filter, range))
          : pipe(
              Array.from({ length: shown }, (_, channel) => channel),
              E.traverseArray((channel) => plane(filter, channel)),
            ),
        E.map((pictures): Row => ({ label: String(filter), pictures })),
      ),
    ),
  );
  const some = (part: number, all: number, what: string): string =>
    part === all ? `${all} ${what}${all === 1 ? "" : "s"}` : `the first ${part} of ${all} ${what}s`;
  const kinds = isColour
    ? "each as the image that it answers most, grey is 0"
    : channels === 1
      ? "white is 0"
      : `${some(shown, channels, "input channel")} from left to right, white is 0`;
  return E.map((all: readonly Row[]) => ({
    ...rowsContent(all, { width, height }, theme),
    note: planes.filters * channels === 1 ? "white is 0" : `${some(filters, planes.filters, "filter")}; ${kinds}`,
  }))(rows);
};

const rowsContent = (
  rows: readonly Row[],
  { width, height }: { readonly width: number; readonly height: number },
  { faint }: Theme,
): Content => {
  const perRow = rows[0]?.pictures.length ?? 1;
  const isSingle = rows.length * perRow === 1;
  const scale = isSingle
    ? Math.min(16, Math.max(1, Math.floor(720 / Math.max(width, height))))
    : Math.max(1, Math.floor((perRow > 8 ? 28 : 56) / Math.max(width, height)));
  const [w, h] = isSingle
    ? [Math.min(1024, width * scale), Math.min(1024, height * scale)]
    : [width * scale, height * scale];
  const cell = { width: Math.max(w, 22) + 6, height: h + 6 };
  const room = isSingle ? 0 : 26;
  const columns = isSingle ? 1 : perRow > 4 ? (rows.length > 24 ? 2 : 1) : Math.max(1, Math.floor(8 / perRow));
  const perColumn = Math.ceil(rows.length / columns);
  const blockWidth = room + perRow * cell.width + 14;
  const drawn = rows.map(({ label, pictures }, i) => {
    const across = perRow > 4 ? Math.floor(i / perColumn) : i % columns;
    const down = perRow > 4 ? i % perColumn : Math.floor(i / columns);
    const [x, y] = [across * blockWidth, down * cell.height];
    const name =
      room === 0
        ? ""
        : `<text x="${x + room - 7}" y="${y + h / 2 + 4}" font-size="11" text-anchor="end" fill="${faint}">${label}</text>`;
    const boxes = pictures.map((picture, j) => {
      const box = fittedBox(picture, { x: x + room + j * cell.width, y, width: w, height: h });
      return `${imageElement(picture, box)}<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="${faint}" stroke-width="0.5"/>`;
    });
    return [name, ...boxes].join("");
  });
  return {
    width: columns * blockWidth - 14,
    height: perColumn * cell.height - 6,
    body: drawn.join("\n"),
  };
};

/**
 * Kernels as they are: up to 48 small ones with their numbers, more or larger ones as pictures; red is negative, blue positive.
 * The first 64 filters and 16 input channels are drawn.
 *
 * Errors  BadData for another shape, and for weights that are NaN or infinite.
 *
 * @example
 * const edges = f32([3, 3], Float32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1))
 * const drawing = kernelGrid({ title: "Edges", kernel: edges })
 */
export const kernelGrid = (options: KernelGridOptions): Either<SvertkaError, Drawing> => {
  const { title, kernel, theme } = options;
  const range = symmetric(kernel);
  const sides = `red is −${weightText(range.high)}, blue is ${weightText(range.high)}`;
  return pipe(
    planesOf(options),
    E.flatMap((planes) => {
      const { height, width, channels, filters } = planes;
      const isNarrow = channels === 1 || filters === 1 || Math.max(channels, filters) <= mostAcross;
      if (channels * filters <= mostPlanes && height * width <= mostCells && isNarrow)
        return E.right({ ...numbered(planes, range, themeOf(theme)), note: "white is 0" });
      return pictured(planes, range, themeOf(theme));
    }),
    E.map(({ note, ...content }) => {
      const isColour = note.includes("grey is 0");
      return page({ title, notes: [isColour ? note : `${note}, ${sides}`], theme, ...content });
    }),
  );
};
