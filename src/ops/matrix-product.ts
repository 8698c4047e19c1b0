/** Products of matrices in float64: what the oracles of convolutions and matMul have in common. */

/** Element (i, j) stands at `start + i * rowStride + j * columnStride`. */
export interface Matrix {
  readonly data: Float64Array;
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A row-major matrix that begins at `start` and whose rows are `rowStride` apart. */
export const rowMajor = (data: Float64Array, rowStride: number, start = 0): Matrix => ({
  data,
  start,
  rowStride,
  columnStride: 1,
});

export const transposed = ({ data, start, rowStride, columnStride }: Matrix): Matrix => ({
  data,
  start,
  rowStride: columnStride,
  columnStride: rowStride,
});

export interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** c += a · b. The rows of c are contiguous; those of b are made so. Four terms at a time: c is loaded and stored less often. */
export const addProduct = (c: Matrix, a: Matrix, given: Matrix, { rows, inner, columns }: ProductSize): void => {
  const b = given.columnStride === 1 ? given : contiguous(given, inner, columns);
  const out = c.data;
  const left = a.data;
  const right = b.data;
  const step = b.rowStride;
  for (let i = 0; i < rows; i++) {
    const to = c.start + i * c.rowStride;
    const from = a.start + i * a.rowStride;
    let k = 0;
    for (; k + 4 <= inner; k += 4) {
      const x0 = left[from + k * a.columnStride] ?? 0;
      const x1 = left[from + (k + 1) * a.columnStride] ?? 0;
      const x2 = left[from + (k + 2) * a.columnStride] ?? 0;
      const x3 = left[from + (k + 3) * a.columnStride] ?? 0;
      const row = b.start + k * step;
      for (let j = 0; j < columns; j++) {
        const at = row + j;
        out[to + j] =
          (out[to + j] ?? 0) +
          x0 * (right[at] ?? 0) +
          x1 * (right[at + step] ?? 0) +
          x2 * (right[at + 2 * step] ?? 0) +
          x3 * (right[at + 3 * step] ?? 0);
      }
    }
    for (; k < inner; k++) {
      const x = left[from + k * a.columnStride] ?? 0;
      const row = b.start + k * step;
      for (let j = 0; j < columns; j++) out[to + j] = (out[to + j] ?? 0) + x * (right[row + j] ?? 0);
    }
  }
};

const contiguous = ({ data, start, rowStride, columnStride }: Matrix, rows: number, columns: number): Matrix => {
  const copy = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) copy[i * columns + j] = data[start + i * rowStride + j * columnStride] ?? 0;
  return rowMajor(copy, columns);
};
