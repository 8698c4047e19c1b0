/** How far two tensors are apart, element by element: one norm over all hides a wrong element among large ones. */

/**
 * The largest |a − b| / (|b| + rms(b)) over the finite places, where rms is over b: an element near zero counts against the
 * size of its tensor. Infinity when a NaN or infinity stands in one only. A b of zeros alone is compared with `zero`.
 */
export const elementError = (a: ArrayLike<number>, b: ArrayLike<number>, zero = 1e-12): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const finite = Array.from(b).filter(Number.isFinite);
  const rms = Math.sqrt(finite.reduce((sum, y) => sum + y * y, 0) / Math.max(1, finite.length));
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (Number.isFinite(x) && Number.isFinite(y)) {
      worst = Math.max(worst, Math.abs(x - y) / Math.max(Math.abs(y) + rms, zero));
    } else if (!Object.is(x, y)) return Number.POSITIVE_INFINITY;
  }
  return worst;
};
