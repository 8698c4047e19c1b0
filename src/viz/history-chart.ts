/** Draws a training history: a panel a metric, in each a line for training and one for validation. Vega-Lite draws. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { failTask, mistake, type SvertkaError } from "../errors.js";
import { TE, type TaskEither } from "../fp.js";
import type { Panel } from "./history-panels.js";
import { Drawing } from "./drawing.js";
import { fontFamily, themeOf, type ThemeName } from "./theme.js";

export type HistoryChartOptions = {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** What the values count along; "epoch" by default. */
  readonly xLabel?: string;
  /** "light" when not given. */
  readonly theme?: ThemeName | undefined;
};

/** Pixels of a panel's plot. */
const WIDTH = 360;
const HEIGHT = 240;

type Row = { readonly series: string; readonly x: number; readonly y: number | null };

/** NaN and infinite values become null, which leaves a gap in the line. */
const rowsOf = ({ series }: Panel): readonly Row[] =>
  series.flatMap(({ name, values }) =>
    values.map((value, i) => ({ series: name, x: i + 1, y: Number.isFinite(value) ? value : null })),
  );

/** The values' range with some room about it, but none beyond 0 or 1 where they keep to these, as losses and rates do. */
const yScale = (rows: readonly Row[]): { domain: [number, number]; nice: true } => {
  const values = rows.flatMap(({ y }) => (y === null ? [] : [y]));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = low < high ? (high - low) / 25 : Math.max(Math.abs(low) / 10, 0.01);
  const bottom = low >= 0 ? Math.max(0, low - room) : low - room;
  return { domain: [bottom, high <= 1 ? Math.min(1, high + room) : high + room], nice: true };
};

/** Whole numbers at steps of 1, 2 or 5 times a power of ten, so that at most ten stand under a panel. */
const epochTicks = (last: number): readonly number[] => {
  const rough = 10 ** Math.floor(Math.log10(Math.max(1, last / 10)));
  const step = [1, 2, 5, 10].map((factor) => factor * rough).find((size) => last / size <= 10) ?? last;
  const multiples = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return step === 1 ? multiples : [1, ...multiples];
};

/** Vega-Lite's own type of a spec inside a `concat`. */
type PanelSpec = Extract<TopLevelSpec, { readonly concat: unknown }>["concat"][number];

type Axis = {
  readonly last: number;
  readonly xLabel: string;
  readonly names: readonly string[];
  readonly theme: ThemeName | undefined;
};

const panelSpec = (panel: Panel, { last, xLabel, names, theme }: Axis): PanelSpec => {
  const colours = themeOf(theme);
  const range = names.map((_, i) => [colours.train, colours.validation][i] ?? colours.faint);
  const rows = rowsOf(panel);
  const isLong = last > 40;
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values: [...rows] },
    mark: { type: "line", strokeWidth: isLong ? 1.5 : 2.5, point: isLong ? false : { size: 45, filled: true } },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale: { domain: last === 1 ? [0.5, 1.5] : [1, last], nice: false, padding: 8 },
        // Vega leaves ticks out by the domain's whole steps, which it counts one too few.
        axis: { title: xLabel, values: [...epochTicks(last)], tickMinStep: 0.5, format: "d", grid: false },
      },
      y: {
        field: "y",
        type: "quantitative",
        scale: yScale(rows),
        axis: { title: panel.label, tickCount: 6 },
      },
      color: { field: "series", type: "nominal", scale: { domain: [...names], range }, legend: { title: null } },
    },
  };
};

const chartSpec = ({ title, panels, xLabel = "epoch", theme }: HistoryChartOptions): TopLevelSpec => {
  const colours = themeOf(theme);
  const last = Math.max(...panels.flatMap(({ series }) => series.map(({ values }) => values.length)));
  // One list of names for all panels, so that they share the colours and the legend.
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: colours.ground,
    padding: 16,
    title: { text: title, anchor: "start", fontSize: 16, offset: 14, color: colours.text },
    columns: 2,
    spacing: 36,
    concat: panels.map((panel) => panelSpec(panel, { last, xLabel, names, theme })),
    config: {
      font: fontFamily,
      view: { stroke: null },
      axis: {
        labelColor: colours.text,
        titleColor: colours.text,
        labelFontSize: 12,
        titleFontSize: 13,
        titleFontWeight: "normal",
        titlePadding: 8,
        gridColor: colours.rule,
        domainColor: colours.faint,
        tickColor: colours.faint,
      },
      legend: {
        orient: "top",
        direction: "horizontal",
        labelFontSize: 12,
        labelColor: colours.text,
        symbolSize: 70,
        columnPadding: 14,
      },
    },
  };
};

/** Vega says the size in the head of its SVG. */
const sized = (svg: string): Drawing => {
  const [, width = "0", height = "0"] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return new Drawing(svg, Number(width), Number(height));
};

/** The chart; a history without a single value is BadData. */
export const historyChart = (options: HistoryChartOptions): TaskEither<SvertkaError, Drawing> => {
  const hasValues = options.panels.some((panel) => rowsOf(panel).some(({ y }) => y !== null));
  if (!hasValues)
    return failTask("BadData", options.title, "history: no finite value to draw: train for an epoch at least");
  return TE.tryCatch(
    async () => sized(await new View(parse(compile(chartSpec(options)).spec), { renderer: "none" }).toSVG()),
    (cause) =>
      mistake("BadData", options.title, `history: the chart could not be drawn: ${String(cause).slice(0, 100)}`),
  );
};
