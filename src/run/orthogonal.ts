/** Random matrices with orthonormal columns. */
import { fillNormal, type Key } from "../random/index.js";

/** v − (v · q) q, in place. */
const removeDirection = (v: Float64Array, q: Float64Array): void => {
  const dot = v.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0);
  for (let i = 0; i < v.length; i++) v[i] = (v[i] ?? 0) - dot * (q[i] ?? 0);
};

/**
 * Orthonormal vectors from normal ones by Gram & Schmidt, each direction removed twice: then they are orthogonal to
 * rounding (Giraud, Langou & Rozložník 2005, "twice is enough"). This is the Q of a QR decomposition whose R has a positive
 * diagonal, so Q is uniform among orthogonal matrices (Mezzadri 2007), as Keras's sign correction makes it.
 */
const orthonormalVectors = (count: number, length: number, key: Key): readonly Float64Array[] => {
  const numbers = new Float64Array(count * length);
  fillNormal(numbers, key);
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const v = numbers.slice(index * length, (index + 1) * length);
    for (let pass = 0; pass < 2; pass++) for (const q of vectors) removeDirection(v, q);
    const norm = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    vectors.push(v.map((value) => value / norm));
  }
  return vectors;
};

/** A matrix rows × columns in row-major order, times gain: orthonormal columns, or rows where there are fewer. */
export const orthogonalMatrix = (
  rows: number,
  columns: number,
  { key, gain }: { key: Key; gain: number },
): Float32Array => {
  const tall = rows >= columns;
  const vectors = orthonormalVectors(Math.min(rows, columns), Math.max(rows, columns), key);
  return Float32Array.from({ length: rows * columns }, (_, flat) => {
    const [row, column] = [Math.floor(flat / columns), flat % columns];
    return gain * (vectors[tall ? column : row]?.[tall ? row : column] ?? 0);
  });
};
