/** The graph of a model drawn: layers with shapes and parameters; what repeats is drawn once, with how often it comes. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Model } from "../dsl/model.js";
import { summarize } from "../run/summary.js";
import { page, type Drawing } from "./drawing.js";
import { blockOf } from "./graph/blocks.js";
import { inColumns } from "./graph/columns.js";
import { drawnColumns } from "./graph/drawn-columns.js";
import { foldedGroups, loneGroups, type Group } from "./graph/fold.js";
import { layerNodes, type LayerNode } from "./graph/layer-nodes.js";
import { segmentsOf } from "./graph/segments.js";
import { joinedUnits, loneUnits } from "./graph/units.js";
import type { ThemeName } from "./theme.js";

export interface ModelGraphOptions {
  readonly title: string;
  /** Whether every layer has its own box, and everything that repeats is drawn each time. */
  readonly unfold?: boolean | undefined;
  readonly theme?: ThemeName | undefined;
}

/** More boxes than this are folded though their sizes differ. */
const comfortable = 48;
/** More boxes than this in all, or in one piece, are no picture. */
const mostBoxes = 1500;
const mostInPiece = 500;

const boxes = (groups: readonly Group[]): number =>
  groups.reduce((sum, { segments }) => sum + segments.reduce((units, segment) => units + segment.length, 0), 0);

interface Folded {
  readonly groups: readonly Group[];
  /** What people must know of it. */
  readonly notes: readonly string[];
}

/** What repeats exactly; and where much is left, what repeats but for its sizes. */
const folded = (nodes: readonly LayerNode[]): Folded => {
  const segments = segmentsOf(joinedUnits(nodes));
  const groups = foldedGroups(segments, "same");
  return boxes(groups) <= comfortable
    ? { groups, notes: [] }
    : {
        groups: foldedGroups(segments, "similar"),
        notes: ["Repeated blocks may differ in filters and shapes: those of the first are shown."],
      };
};

const unfolded = (nodes: readonly LayerNode[]): Folded => ({
  groups: loneGroups(segmentsOf(loneUnits(nodes))),
  notes: [],
});

const grouped = new Intl.NumberFormat("en-GB");

const scaled = (value: number): string => {
  const units = ["", "k", "M", "G", "T"];
  const power = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  const amount = value / 1000 ** power;
  return `${power === 0 ? amount : amount.toPrecision(3)} ${units[power] ?? ""}FLOP`;
};

/**
 * A model from its inputs to its outputs. Activations and normalisations stand in the box of the layer before; pieces that
 * repeat are drawn once with their number, their names and shapes being those of the first (or, in nets of many different
 * sizes, also those that are alike but for filters and shapes). On the arrows are shapes without the batch axis, in the
 * boxes layers' names and parameters.
 *
 * Errors  those of the model; BadOption where there would be more than 1,500 boxes, or 500 in one piece.
 *
 * @example
 * const drawing = orThrow(modelGraph(net, { title: "ResNet-50" }))
 */
export const modelGraph = (
  model: Model<unknown, unknown>,
  { title, unfold = false, theme }: ModelGraphOptions,
): Either<SvertkaError, Drawing> =>
  pipe(
    E.Do,
    E.bind("nodes", () => layerNodes(model)),
    E.bind("summary", () => summarize(model)),
    E.flatMap(({ nodes, summary: { layers, parameters, flops } }) => {
      const { groups, notes } = unfold ? unfolded(nodes) : folded(nodes);
      const largest = Math.max(0, ...groups.map(({ segments }) => segments.flat().length));
      if (boxes(groups) > mostBoxes || largest > mostInPiece)
        return fail(
          "BadOption",
          title,
          `graph: ${boxes(groups)} boxes, ${largest} in one piece, at most ${mostBoxes} and ${mostInPiece} can be drawn: ${unfold ? "fold it" : "draw a part of the model"}`,
        );
      if (groups.length === 0) return fail("BadModel", title, "graph: the model has no layer: nothing is to be drawn");
      const work = flops === null ? "work depends on the input's size" : `${scaled(flops)} per example`;
      return E.right(
        page({
          title,
          notes: [`${layers.length} layers, ${grouped.format(parameters)} parameters, ${work}`, ...notes],
          theme,
          ...drawnColumns(inColumns(groups.map(blockOf)), theme),
        }),
      );
    }),
  );
