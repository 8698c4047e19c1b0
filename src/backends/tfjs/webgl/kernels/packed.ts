/**
 * Packed textures: a texel holds 2 × 2 elements of the last two axes, and is addressed by any of them.
 * Lanes: x (row, column), y (row, column + 1), z (row + 1, column), w (row + 1, column + 1).
 */
const coordinates = ["int", "int", "ivec2", "ivec3", "ivec4", "ivec5", "ivec6"];

/** The type of a shader's coordinates of that rank. */
export const coordinatesOf = (rank: number): string => coordinates[rank] ?? "ivec6";

/** The coordinate along an axis. */
export const placeOf = (rank: number, axis: number): string =>
  rank < 2 ? "coords" : `coords.${"xyzwuv"[axis] ?? "x"}`;

/** Lanes of a texel beyond the tensor's edge must hold 0: TensorFlow.js's packed sums and products read them. */
export const clearedBeyond = (shape: readonly number[]): string => {
  const rank = shape.length;
  if (rank === 0) return "result.yzw = vec3(0.);";
  const [columns, rows] = [shape.at(-1) ?? 1, shape.at(-2) ?? 1];
  return `
    bool isLastColumn = ${placeOf(rank, rank - 1)} + 1 >= ${columns};
    bool isLastRow = ${rank === 1 ? "true" : `${placeOf(rank, rank - 2)} + 1 >= ${rows}`};
    if (isLastColumn) result.yw = vec2(0.);
    if (isLastRow) result.zw = vec2(0.);`;
};
