/** How many cells of the input each window of a pooling holds: what turns means into sums. */
import { mul } from "../formula/formula.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { PoolWindow } from "./pool-layer.js";

/** The counts along one axis, for each position of the window. */
const countsOf = (size: number, axis: number, { poolSize, strides, pads }: PoolWindow): readonly number[] => {
  const [pool = 1, stride = 1, [before, after] = [0, 0]] = [poolSize[axis], strides[axis], pads[axis]];
  const steps = Math.floor((size + before + after - pool) / stride) + 1;
  return Array.from({ length: steps }, (_, step) => {
    const start = step * stride - before;
    return Math.min(start + pool, size) - Math.max(start, 0);
  });
};

/** Each mean times the number of its cells; a window is a box, so that its count is the product of the counts by axis. */
export const timesCells = (emit: Emit, means: Value, axes: readonly number[], window: PoolWindow): Value => {
  const counts = axes.map((size, axis) => countsOf(size, axis, window));
  const all = counts.reduce(
    (products, next) => products.flatMap((product) => next.map((count) => product * count)),
    [1],
  );
  const [first = 1] = all;
  if (all.every((count) => count === first)) return emit("elementwise", [means], { formula: mul("x0", first) });
  const cells = emit("constant", [], { dtype: "f32", shape: [...counts.map(({ length }) => length), 1], value: all });
  return emit("multiply", [means, cells]);
};
