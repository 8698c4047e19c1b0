/** Groups as blocks with a place for each box: dagre lays out what is inside one. */
import { textWidth } from "../theme.js";
import type { Group } from "./fold.js";
import { layered, type Point, type Size } from "./layered.js";
import type { Unit } from "./units.js";

export interface PlacedUnit {
  readonly unit: Unit;
  /** The upper left corner, in the block. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly points: readonly Point[];
  /** The shape of what goes along it, and where that stands. */
  readonly label: string;
  readonly at: Point;
}

/** A group laid out; framed where it stands for several layers or for several times. */
export interface Block {
  readonly group: Group;
  readonly units: readonly PlacedUnit[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
  readonly isFramed: boolean;
  /** Where the way to it ends, and where its own begins. */
  readonly entry: Point;
  readonly exit: Point;
  /** Whether its ways to several boxes begin at the entry, which then is no box. */
  readonly isForked: boolean;
}

/** Pixels. */
export const TEXT = 12;
export const LINE = 16;
const PADDING = 10;
export const FRAME_PADDING = 14;
export const FRAME_HEAD = 26;

/** Bold letters are wider by an eighth. */
const lineWidth = (line: string, index: number): number => textWidth(line, TEXT) * (index === 0 ? 1.12 : 0.94);

export const unitSize = ({ lines, name, parameters }: Unit): Size => {
  const foot = textWidth(name, TEXT) * 0.86 + (parameters === 0 ? 0 : textWidth(String(parameters), TEXT) + 20);
  const widest = Math.max(84, foot, ...lines.map(lineWidth));
  return { width: Math.min(320, Math.ceil(widest + 24)), height: (lines.length + 1) * LINE + PADDING };
};

const framedCaption = ({ units, times }: Group): number =>
  textWidth(units[0]?.name ?? "", TEXT) + (times > 1 ? 70 : 0) + 2 * FRAME_PADDING;

const single = (group: Group, unit: Unit): Block => {
  const { width, height } = unitSize(unit);
  return {
    group,
    width,
    height,
    edges: [],
    isFramed: false,
    isForked: false,
    entry: { x: width / 2, y: 0 },
    exit: { x: width / 2, y: height },
    units: [{ unit, x: 0, y: 0, width, height }],
  };
};

/** The node for what the block reads, a point at its top. */
const ENTRY = "entry";

export const blockOf = (group: Group): Block => {
  const units = group.segments.flat();
  const [first] = units;
  if (first !== undefined && units.length === 1 && group.times === 1) return single(group, first);
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const isEntered = units.some(({ inputs }) => inputs.some((input) => !byId.has(input)));
  const boxes = new Map<string, Size>(units.map((unit) => [String(unit.id), unitSize(unit)]));
  if (isEntered) boxes.set(ENTRY, { width: 1, height: 1 });
  const shapeAt = (id: string): string => byId.get(Number(id))?.shape ?? "";
  const arrows = units.flatMap(({ id, inputs }) =>
    [...new Set(inputs.map((input) => (byId.has(input) ? String(input) : ENTRY)))].map((from) => ({
      from,
      to: String(id),
      label: from === ENTRY ? { width: 0, height: 0 } : { width: textWidth(shapeAt(from), 10) + 8, height: 12 },
    })),
  );
  const laid = layered(boxes, arrows);
  const inner = Math.max(laid.width, framedCaption(group) - 2 * FRAME_PADDING);
  const left = FRAME_PADDING + (inner - laid.width) / 2;
  const moved = ({ x, y }: Point): Point => ({ x: left + x, y: FRAME_HEAD + y });
  const placed = units.map((unit): PlacedUnit => {
    const { width, height } = unitSize(unit);
    const { x, y } = moved(laid.at(String(unit.id)));
    return { unit, x: x - width / 2, y: y - height / 2, width, height };
  });
  const last = placed.at(-1);
  const width = inner + 2 * FRAME_PADDING;
  return {
    group,
    units: placed,
    isFramed: true,
    width,
    height: laid.height + FRAME_HEAD + FRAME_PADDING,
    edges: laid.arrows.map(({ arrow: { from }, points, label }) => ({
      points: points.map(moved),
      label: shapeAt(from),
      at: moved(label),
    })),
    isForked: isEntered,
    entry: isEntered ? moved(laid.at(ENTRY)) : { x: width / 2, y: 0 },
    exit: last === undefined ? { x: width / 2, y: 0 } : { x: last.x + last.width / 2, y: last.y + last.height },
  };
};
