/** Gradients of pooling as shader code, one text for both languages: a cell sums what it gets from every window that holds it. */
import { invariant } from "../../../errors.js";
import type { Attributes } from "../../../compiler/ir/graph.js";

/** What the two shading languages write differently here. */
export interface Statements {
  readonly integer: (name: string, value: string) => string;
  readonly variable: (kind: "float" | "bool", name: string, value: string) => string;
  /** A loop over 0, 1, …, count − 1. */
  readonly loop: (name: string, count: number, body: string) => string;
  readonly float: (value: string) => string;
}

/** The windows along one axis. */
interface AxisWindows {
  readonly size: number;
  readonly pool: number;
  readonly stride: number;
  /** Cells of padding before the first. */
  readonly before: number;
  readonly windows: number;
}

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === "number");

/** The windows along the rows or the columns of an image, of which there are as many as `dy`, or the result, has. */
export const axisWindows = (
  axis: 0 | 1,
  image: readonly number[],
  dy: readonly number[],
  { poolSize, strides, pads }: Attributes,
): AxisWindows => {
  const before: unknown = Array.isArray(pads) ? pads[axis] : undefined;
  invariant(isPair(poolSize) && isPair(strides) && isPair(before), "a pooling gradient has sizes, strides and pads");
  const [size = 0, windows = 0] = [image[1 + axis], dy[1 + axis]];
  return { size, pool: poolSize[axis], stride: strides[axis], before: before[0], windows };
};

/** The windows `row` and `column` that hold the cell at `coords`, by the taps `tapRow`, `tapColumn` at which they do. */
const overWindows = (s: Statements, rows: AxisWindows, columns: AxisWindows, body: string): string => {
  const along = (
    name: string,
    tap: string,
    at: string,
    { pool, stride, before, windows }: AxisWindows,
    inner: string,
  ) =>
    s.loop(
      tap,
      pool,
      `${s.integer(`${name}Start`, `${at} + ${before} - ${tap}`)}
       if (${name}Start < 0 || ${name}Start % ${stride} != 0) { continue; }
       ${s.integer(name, `${name}Start / ${stride}`)}
       if (${name} >= ${windows}) { continue; }
       ${inner}`,
    );
  return along("row", "tapRow", "coords.y", rows, along("column", "tapColumn", "coords.z", columns, body));
};

/** How many cells of a window are no padding. */
const inside = (window: string, { size, pool, stride, before }: AxisWindows): string =>
  `(min(${size}, ${window} * ${stride} - ${before} + ${pool}) - max(0, ${window} * ${stride} - ${before}))`;

interface PoolGradient {
  /** The shape of the result and of dy. */
  readonly image: readonly number[];
  readonly dy: readonly number[];
  readonly attrs: Attributes;
}

/** Leaves in `sum` the cell's share of every window's gradient; padding is no part of a window's mean. Reads getDy. */
export const avgPoolGradientCode = (s: Statements, { image, dy, attrs }: PoolGradient): string => {
  const [rows, columns] = [axisWindows(0, image, dy, attrs), axisWindows(1, image, dy, attrs)];
  const cells = s.float(`${inside("row", rows)} * ${inside("column", columns)}`);
  return `${s.variable("float", "sum", s.float("0"))}
    ${overWindows(s, rows, columns, `sum += getDy(coords.x, row, column, coords.w) / ${cells};`)}`;
};

/** Leaves in `sum` the gradients of the windows whose first maximum the cell is. Reads getX, getY, getDy. */
export const maxPoolGradientCode = (s: Statements, { image, dy, attrs }: PoolGradient): string => {
  const [rows, columns] = [axisWindows(0, image, dy, attrs), axisWindows(1, image, dy, attrs)];
  const earlier = s.loop(
    "otherRow",
    rows.pool,
    s.loop(
      "otherColumn",
      columns.pool,
      `${s.integer("y", `row * ${rows.stride} - ${rows.before} + otherRow`)}
       ${s.integer("x", `column * ${columns.stride} - ${columns.before} + otherColumn`)}
       if (otherRow * ${columns.pool} + otherColumn >= tapRow * ${columns.pool} + tapColumn) { break; }
       if (y >= 0 && y < ${rows.size} && x >= 0 && x < ${columns.size} && getX(coords.x, y, x, coords.w) == own) {
         isFirst = false;
       }`,
    ),
  );
  return `${s.variable("float", "sum", s.float("0"))}
    ${s.variable("float", "own", "getX(coords.x, coords.y, coords.z, coords.w)")}
    ${overWindows(
      s,
      rows,
      columns,
      `if (getY(coords.x, row, column, coords.w) != own) { continue; }
       ${s.variable("bool", "isFirst", "true")}
       ${earlier}
       if (isFirst) { sum += getDy(coords.x, row, column, coords.w); }`,
    )}`;
};
