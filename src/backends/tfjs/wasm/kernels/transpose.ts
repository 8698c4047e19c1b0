/**
 * `transpose`: any permutation of axes, attribute perm.
 *
 * Axes that stay side by side become one. Then either the last axis stays, and runs are copied; or it moves, and it and the axis that
 * becomes the last are transposed 4 × 4 elements at a time, once for each place of the other axes.
 */
import { invariant } from "../../../../errors.js";
import { copyRows } from "./copy-rows.js";
import { addressOf, makeOutput, inputAt, sizeOf, type OwnKernel } from "./kernel.js";
import { stridedTranspose } from "./transpose-2d.js";

/** One axis of the output: its size, and the elements from one place to the next in the input and in the output. */
interface Axis {
  size: number;
  from: number;
  readonly to: number;
}

/** The axes of the output, outermost first, merged where both sides step through them as one. */
export const axesOf = (shape: readonly number[], perm: readonly number[]): readonly Readonly<Axis>[] => {
  const step = (sizes: readonly number[], axis: number): number => sizeOf(sizes.slice(axis + 1));
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  const merged: Axis[] = [];
  perm.forEach((axis, place) => {
    const next = { size: sizes[place] ?? 1, from: step(shape, axis), to: step(sizes, place) };
    if (next.size === 1) return;
    const last = merged.at(-1);
    if (last !== undefined && last.from === next.from * next.size)
      merged[merged.length - 1] = { ...next, size: last.size * next.size };
    else merged.push(next);
  });
  return merged.length === 0 ? [{ size: 1, from: 1, to: 1 }] : merged;
};

/** Calls `visit` with the byte offsets of every place of the axes. */
const eachPlace = (axes: readonly Readonly<Axis>[], visit: (from: number, to: number) => void): void => {
  const walk = (axis: number, from: number, to: number): void => {
    const here = axes[axis];
    if (here === undefined) return visit(from, to);
    for (let k = 0; k < here.size; k++) walk(axis + 1, from + 4 * k * here.from, to + 4 * k * here.to);
  };
  walk(0, 0, 0);
};

export const transpose: OwnKernel = {
  name: "transpose",
  run: (call) => {
    const { backend } = call;
    const { perm } = call.attributes;
    invariant(
      Array.isArray(perm) && perm.every((axis) => typeof axis === "number"),
      "attribute perm is a list of axes",
    );
    const x = inputAt(call, 0);
    const output = makeOutput(backend, call.output);
    const axes = axesOf(x.shape, perm);
    const [start, target] = [addressOf(backend, x), addressOf(backend, output)];
    const last = axes.at(-1);
    invariant(last, "at least one axis");
    if (last.from === 1) {
      const rows = axes.at(-2) ?? { size: 1, from: 0, to: 0 };
      const copy = copyRows(backend);
      eachPlace(axes.slice(0, -2), (from, to) =>
        copy(start + from, target + to, rows.size, 4 * last.size, 4 * rows.from, 4 * rows.to),
      );
      return output;
    }
    const moved = axes.find(({ from }) => from === 1);
    if (moved === undefined) return output; // no elements
    const run = stridedTranspose(backend);
    const others = axes.filter((axis) => axis !== last && axis !== moved);
    eachPlace(others, (from, to) => run(start + from, target + to, last.size, moved.size, 4 * last.from, 4 * moved.to));
    return output;
  },
};
