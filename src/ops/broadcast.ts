/** NumPy's broadcasting over types: axes are aligned at the end, and 1 stretches. */
import type { Dim, Dims } from "../compiler/ir/type.js";

/** The common shape, or undefined when two axes differ and neither is 1. */
export const broadcastShapes = (shapes: readonly Dims[]): Dims | undefined => {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let dim: Dim = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1 || own === dim) continue;
      if (dim !== 1) return undefined;
      dim = own;
    }
    result.push(dim);
  }
  return result;
};

/** The axes of `to` along which `from` was stretched: those that its gradient is summed over. */
export const stretchedAxes = (from: Dims, to: Dims): readonly number[] => {
  const offset = to.length - from.length;
  return to.flatMap((dim, axis) => (axis < offset || (from[axis - offset] === 1 && dim !== 1) ? [axis] : []));
};
