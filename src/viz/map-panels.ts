/** Many maps: a section a layer, in it a square of channels for each image, side by side. */
import type { Content } from "./drawing.js";
import type { DrawnLayer } from "./feature-maps.js";
import { fittedBox, imageElement } from "./image-element.js";
import type { Picture } from "./picture.js";
import { fittingText, xmlText, type Theme } from "./theme.js";

/** The maps of a layer for an image. */
export interface MapPanel {
  readonly pictures: readonly Picture[];
  readonly labels: readonly string[];
}

export interface LabelledPicture {
  readonly label: string;
  readonly picture: Picture;
}

/** Pixels. */
const GAP = 6;
const PANEL_GAP = 32;
const LABEL = 14;
const INPUT = 128;
const HEAD = 30;
/** The width of a panel that its tiles are sized for. */
const WANTED = 460;

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly side: number;
}

const gridOf = (count: number): Grid => {
  const columns = Math.ceil(Math.sqrt(count));
  const side = Math.min(112, Math.max(48, Math.floor(WANTED / columns) - GAP));
  return { columns, rows: Math.ceil(count / columns), side };
};

const panelBody = ({ pictures, labels }: MapPanel, { columns, side }: Grid, faint: string): string =>
  pictures
    .map((picture, i) => {
      const x = (i % columns) * (side + GAP);
      const y = Math.floor(i / columns) * (side + LABEL + GAP);
      const box = fittedBox(picture, { x, y, width: side, height: side });
      return `${imageElement(picture, box)}<text x="${x + side / 2}" y="${y + side + 11}" font-size="11" text-anchor="middle" fill="${faint}">${labels[i] ?? ""}</text>`;
    })
    .join("\n");

export const mapPanels = (
  images: readonly LabelledPicture[],
  layers: readonly DrawnLayer[],
  { text, faint }: Theme,
): Content => {
  const grids = layers.map(({ panels }) => gridOf(panels[0]?.pictures.length ?? 1));
  const width = Math.max(INPUT, ...grids.map(({ columns, side }) => columns * (side + GAP) - GAP));
  const heads = images.map(({ label, picture }, i) => {
    const x = i * (width + PANEL_GAP);
    const box = fittedBox(picture, { x, y: 20, width: INPUT, height: INPUT });
    return `<text x="${x}" y="12" font-size="13" fill="${text}">${xmlText(fittingText(label, 13, width))}</text>${imageElement(picture, { ...box, x })}`;
  });
  let top = INPUT + 44;
  const sections = layers.map(({ name, note, panels }, index) => {
    const grid = grids[index] ?? gridOf(1);
    const title = `<text y="${top}" font-size="13" fill="${text}"><tspan font-weight="bold">${xmlText(name)}</tspan><tspan dx="10" fill="${faint}">${note}</tspan></text>`;
    const drawn = panels.map(
      (panel, i) =>
        `<g transform="translate(${i * (width + PANEL_GAP)} ${top + 12})">${panelBody(panel, grid, faint)}</g>`,
    );
    top += 12 + grid.rows * (grid.side + LABEL + GAP) + HEAD;
    return [title, ...drawn].join("\n");
  });
  return {
    width: images.length * (width + PANEL_GAP) - PANEL_GAP,
    height: top - HEAD - 12,
    body: [...heads, ...sections].join("\n"),
  };
};
