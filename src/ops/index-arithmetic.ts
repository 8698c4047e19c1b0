/** Flat indices and positions of row-major tensors, for the reference code of operators that move elements. */

/** Calls `visit` with each flat index and its position; the position is reused. */
export const forEachPosition = (
  shape: readonly number[],
  visit: (flat: number, position: readonly number[]) => void,
): void => {
  const position = shape.map(() => 0);
  const size = shape.reduce((a, b) => a * b, 1);
  for (let flat = 0; flat < size; flat++) {
    visit(flat, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next === shape[axis] ? 0 : next;
      if (next !== shape[axis]) break;
    }
  }
};

/** The flat index of a position. */
export const flatIndex = (shape: readonly number[], position: readonly number[]): number =>
  shape.reduce((flat, size, axis) => flat * size + (position[axis] ?? 0), 0);
