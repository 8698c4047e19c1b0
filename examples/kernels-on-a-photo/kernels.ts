/** Kernels of 3x3 that need no training: each answers another question about a pixel and its neighbours. */
type Row = readonly [number, number, number];
export type Kernel = readonly [Row, Row, Row];

const ninth: Row = [1 / 9, 1 / 9, 1 / 9];

export const kernels: Readonly<Record<string, Kernel>> = {
  /** How much brighter than its eight neighbours? */
  edge: [
    [-1, -1, -1],
    [-1, 8, -1],
    [-1, -1, -1],
  ],
  /** Itself, and what sets it off from its neighbours once more. */
  sharpen: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  /** The mean of all nine. */
  blur: [ninth, ninth, ninth],
  /** Sobel & Feldman 1968: brighter to the right? */
  "sobel-x": [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
  /** Brighter below? */
  "sobel-y": [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ],
};
