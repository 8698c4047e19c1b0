/** Large or many kernels as pictures, a row a filter. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32 } from "../data/nd-array.js";
import { signedColourMap } from "./colour-map.js";
import type { Content } from "./drawing.js";
import { fittedBox, imageElement } from "./image-element.js";
import type { Planes } from "./kernel-planes.js";
import { toPicture, type Picture } from "./picture.js";
import type { Theme } from "./theme.js";
import { shareIn, valueMap, type Range } from "./value-map.js";

/** Filters and channels that are drawn as pictures. */
const mostFilters = 64;
const mostChannels = 16;

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

export const pictured = (
  planes: Planes,
  range: Range,
  theme: Theme,
): Either<SvertkaError, Content & { note: string }> => {
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
