/** The SVG of blocks in columns: frames, boxes, arrows, shapes on the arrows. */
import type { Content } from "../drawing.js";
import { fittingText, textWidth, xmlText, type Theme, type ThemeName, themeOf } from "../theme.js";
import { FRAME_PADDING, LINE, TEXT, type Block, type PlacedEdge, type PlacedUnit } from "./blocks.js";
import { BLOCK_GAP, COLUMN_GAP, type Columns, type PlacedBlock } from "./columns.js";
import type { Family } from "./layer-nodes.js";
import type { Point } from "./layered.js";

/** Okabe & Ito 2008. */
const hues: Readonly<Record<Family, string>> = {
  input: "#999999",
  weights: "#0072b2",
  join: "#cc79a7",
  window: "#009e73",
  elementwise: "#e69f00",
  other: "#999999",
};

const grouped = new Intl.NumberFormat("en-GB");
const round = (value: number): number => Math.round(value * 10) / 10;

const box = ({ unit, x, y, width, height }: PlacedUnit, { ground, text, faint }: Theme): string => {
  const room = width - 22;
  const lines = unit.lines.map(
    (line, i) =>
      `<text x="${x + 14}" y="${y + 17 + i * LINE}"${i === 0 ? ' font-weight="bold"' : ""} fill="${text}">${xmlText(fittingText(line, i === 0 ? 13.2 : 11, room))}</text>`,
  );
  const count = unit.parameters === 0 ? "" : grouped.format(unit.parameters);
  const foot = y + 17 + unit.lines.length * LINE;
  const nameRoom = room - textWidth(count, 10.5);
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${ground}" stroke="${faint}" stroke-opacity="0.6"/>`,
    `<path d="M${x + 5} ${y + 5}V${y + height - 5}" stroke="${hues[unit.family]}" stroke-width="4" stroke-linecap="round"/>`,
    ...lines,
    `<text x="${x + 14}" y="${foot}" font-size="10.5" fill="${faint}">${xmlText(fittingText(unit.name, 10, nameRoom))}</text>`,
    count === ""
      ? ""
      : `<text x="${x + width - 8}" y="${foot}" font-size="10.5" text-anchor="end" fill="${faint}">${count}</text>`,
  ].join("");
};

/** A smooth way through points that dagre gives as corners. */
const curve = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = rest.map(({ x, y }, i) => {
    const next = rest[i + 1];
    if (next === undefined) return `L${round(x)} ${round(y)}`;
    return `Q${round(x)} ${round(y)} ${round((x + next.x) / 2)} ${round((y + next.y) / 2)}`;
  });
  return `M${round(first.x)} ${round(first.y)}${parts.join("")}`;
};

const arrow = (path: string, { faint }: Theme, hasTip = true): string =>
  `<path d="${path}" fill="none" stroke="${faint}" stroke-width="1.2"${hasTip ? ' marker-end="url(#tip)"' : ""}/>`;

/** A shape beside an arrow, on a ground of its own, so that no line runs through it. */
const shapeLabel = (label: string, { x, y }: Point, ground: string, { faint }: Theme): string =>
  label === ""
    ? ""
    : `<rect x="${round(x - 2)}" y="${round(y - 8)}" width="${round(textWidth(label, 10) * 0.97 + 4)}" height="12" fill="${ground}"/><text x="${round(x)}" y="${round(y + 2)}" font-size="10" fill="${faint}">${xmlText(label)}</text>`;

const edge = ({ points, label, at }: PlacedEdge, theme: Theme): readonly [string, string] => [
  arrow(curve(points), theme),
  shapeLabel(label, { x: at.x - textWidth(label, 10) / 2, y: at.y }, theme.panel, theme),
];

const badge = (times: number, right: number, { text, ground, faint }: Theme): string => {
  const label = `× ${times}`;
  const width = textWidth(label, 13) + 14;
  return `<rect x="${right - width}" y="-11" width="${width}" height="22" rx="11" fill="${ground}" stroke="${faint}"/><text x="${right - width / 2}" y="5" font-size="13" font-weight="bold" text-anchor="middle" fill="${text}">${label}</text>`;
};

/** The layers that it stands for, beside the way that comes in from above. */
const caption = ({ group, width, entry, isForked }: Block, { faint }: Theme): string => {
  const names = group.units.map(({ name }) => name);
  const [first = ""] = names;
  const last = names.at(-1) ?? "";
  const right = width - (group.times > 1 ? 58 : 8);
  const spaces = isForked
    ? [
        { x: FRAME_PADDING, room: entry.x - 8 - FRAME_PADDING },
        { x: entry.x + 8, room: right - entry.x - 8 },
      ]
    : [{ x: FRAME_PADDING, room: right - FRAME_PADDING }];
  const space = spaces.reduce((best, one) => (one.room > best.room * 1.25 ? one : best));
  const whole = first === last ? first : `${first} … ${last}`;
  const text = textWidth(whole, 10.4) <= space.room ? whole : first;
  return `<text x="${round(space.x)}" y="17" font-size="11" fill="${faint}">${xmlText(fittingText(text, 10.4, space.room))}</text>`;
};

/** The ground of a block, under the ways that lead to it. */
const frame = ({ width, height, isFramed }: Block, { panel, rule }: Theme): string =>
  isFramed ? `<rect width="${round(width)}" height="${round(height)}" rx="8" fill="${panel}" stroke="${rule}"/>` : "";

const blockBody = (block: Block, theme: Theme): string => {
  const { width, isFramed, units, edges, group } = block;
  const drawn = edges.map((one) => edge(one, theme));
  return [
    ...drawn.map(([line]) => line),
    ...drawn.map(([, label]) => label),
    ...units.map((unit) => box(unit, theme)),
    isFramed ? caption(block, theme) : "",
    group.times > 1 ? badge(group.times, width - 10, theme) : "",
  ].join("\n");
};

const exitShape = ({ group }: Block): string => group.units.at(-1)?.shape ?? "";

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1;

/** Straight down where it can be; else over to the side between the blocks. */
const downward = (start: Point, end: Point, middle: number): string =>
  isNear(start.x, end.x)
    ? `M${round(start.x)} ${round(start.y)}V${round(end.y)}`
    : `M${round(start.x)} ${round(start.y)}V${round(middle - 14)}C${round(start.x)} ${round(middle + 3)} ${round(end.x)} ${round(middle - 3)} ${round(end.x)} ${round(middle + 14)}V${round(end.y)}`;

/** Below the block, up beside its column, and over to the head of the next. */
const upward = (start: Point, end: Point, { foot, gutter, head }: Way): string => {
  const r = 8;
  return [
    `M${round(start.x)} ${round(start.y)}V${foot - r}Q${round(start.x)} ${foot} ${round(start.x + r)} ${foot}`,
    `H${gutter - r}Q${gutter} ${foot} ${gutter} ${foot - r}V${head + r}Q${gutter} ${head} ${gutter + r} ${head}`,
    `H${round(end.x - r)}Q${round(end.x)} ${head} ${round(end.x)} ${head + r}V${round(end.y)}`,
  ].join("");
};

/** Where a way to the next column runs: two heights, and a place between the columns. */
interface Way {
  readonly foot: number;
  readonly gutter: number;
  readonly head: number;
}

/** From a block to the next. */
const between = (from: PlacedBlock, to: PlacedBlock, columnRight: number, theme: Theme): string => {
  const start = { x: from.x + from.block.exit.x, y: from.y + from.block.exit.y };
  const bottom = from.y + from.block.height;
  const { isForked, entry } = to.block;
  const end = { x: to.x + entry.x, y: to.y + entry.y - (isForked ? 0 : 1) };
  const label = exitShape(from.block);
  if (isNear(to.y - bottom, BLOCK_GAP)) {
    const middle = bottom + BLOCK_GAP / 2;
    const place = { x: Math.max(start.x, end.x) + 7, y: middle + 1 };
    return arrow(downward(start, end, middle), theme, !isForked) + shapeLabel(label, place, theme.ground, theme);
  }
  const way = { foot: bottom + 16, gutter: columnRight + COLUMN_GAP / 2, head: to.y - 20 };
  const place = { x: start.x + 10, y: way.foot + 12 };
  return arrow(upward(start, end, way), theme, !isForked) + shapeLabel(label, place, theme.ground, theme);
};

/** Room above and below the columns for the ways between them. */
const ABOVE = 24;
const BELOW = 34;

export const drawnColumns = ({ columns, width, height }: Columns, name: ThemeName | undefined): Content => {
  const theme = themeOf(name);
  const flow = columns.flatMap((column) => {
    const right = Math.max(...column.map(({ x, block }) => x + block.width));
    return column.map((placed) => ({ placed, right }));
  });
  const links = flow.flatMap(({ placed, right }, i) => {
    const next = flow[i + 1];
    return next === undefined ? [] : [between(placed, next.placed, right, theme)];
  });
  const drawnAt = (draw: (block: Block, theme: Theme) => string): readonly string[] =>
    flow.map(
      ({ placed: { block, x, y } }) => `<g transform="translate(${round(x)} ${round(y)})">${draw(block, theme)}</g>`,
    );
  const isMany = columns.length > 1;
  return {
    width,
    height: height + (isMany ? ABOVE + BELOW : 8),
    body: [
      `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.8L7.4 4L0 7.2z" fill="${theme.faint}"/></marker></defs>`,
      `<g font-size="${TEXT}" transform="translate(0 ${isMany ? ABOVE : 8})">`,
      ...drawnAt(frame),
      ...links,
      ...drawnAt(blockBody),
      "</g>",
    ].join("\n"),
  };
};
