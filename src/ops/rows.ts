/** The rows of a tensor along its last axis, as ranges of flat indices. */
export const rowsOf = (shape: readonly number[]): readonly (readonly [from: number, to: number])[] => {
  const width = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return Array.from({ length: rows }, (_, row) => [row * width, (row + 1) * width]);
};
