/** How a convolution is computed: as rows of x (or of windows brought side by side) times panels of the kernel, block by block. */
import { isPadded, paddedSize, type Convolution } from "../filter-gradient/shape.js";
import { tileRows } from "./tiles.js";

/** Runs shorter than this many elements are copied side by side first. */
const shortRun = 24;

/** Bytes that a block of rows may touch: they are read once for each 8 filters and should stay in the second-level cache. */
const blockBytes = 192 * 1024;

/** Images are padded in groups that have at least this many rows, where there are as many images. */
const groupRows = 256;

/** The runs of neighbouring elements in a row, in bytes. */
export interface Runs {
  readonly outerRuns: number;
  readonly outerStep: number;
  readonly innerRuns: number;
  readonly innerStep: number;
  readonly run: number;
}

export interface ConvolutionPlan {
  readonly convolution: Convolution;
  /** Even: rows follow one another in x. Table: they begin anywhere. Patches: the same, and their runs are brought side by side. */
  readonly way: "even" | "table" | "patches";
  readonly padded: boolean;
  /** Elements of a row: taps × channels. */
  readonly inner: number;
  /** The runs of a row as the product reads it; for patches `windows` are those that are brought together. */
  readonly runs: Runs;
  readonly windows: Runs;
  /** Images that are padded and computed together, and their rows. */
  readonly imagesAtOnce: number;
  readonly rowsAtOnce: number;
  /** Rows in a block, a multiple of the tile's. */
  readonly blockRows: number;
  /** Offsets in bytes of the rows of as many images, with room for whole tiles; empty for even rows. */
  readonly table: Int32Array;
}

const runsOf = (c: Convolution): Runs => {
  const pixel = 4 * c.channels;
  const [kernelHeight, kernelWidth] = c.kernelSize;
  const outerStep = c.dilations[0] * paddedSize(c)[1] * pixel;
  const joined = c.dilations[1] === 1; // the taps of a row of the kernel lie side by side in x
  return {
    outerRuns: kernelHeight,
    outerStep,
    innerRuns: joined ? 1 : kernelWidth,
    innerStep: c.dilations[1] * pixel,
    run: joined ? kernelWidth * pixel : pixel,
  };
};

const tableOf = (c: Convolution, images: number): Int32Array => {
  const [height, width] = paddedSize(c);
  const [outHeight, outWidth] = c.outSize;
  const rows = images * outHeight * outWidth;
  const table = new Int32Array(tileRows * Math.ceil(rows / tileRows));
  let row = 0;
  for (let image = 0; image < images; image++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++)
        table[row++] = 4 * c.channels * ((image * height + y * c.strides[0]) * width + x * c.strides[1]);
  return table;
};

/** Bytes of an image as the product sees it, padding included. */
export const imageBytes = (c: Convolution): number => {
  const [height, width] = paddedSize(c);
  return 4 * c.channels * height * width;
};

/**
 * Rows in a block. What they read should stay in the cache, and what they write as well, since a cache line holds two tiles' filters; but
 * not so few rows that the kernel, which each block reads once more, costs more than that: `inner` elements a filter.
 */
export const blockRowsOf = (readBytes: number, inner: number, filters: number): number => {
  const all = Math.floor(blockBytes / (readBytes + 4 * filters));
  const read = Math.floor(blockBytes / readBytes);
  return tileRows * Math.ceil(Math.max(16, all, Math.min(read, inner)) / tileRows);
};

const isPointwise = (c: Convolution): boolean =>
  [...c.kernelSize, ...c.strides].every((size) => size === 1) && !isPadded(c);

export const convolutionPlan = (c: Convolution): ConvolutionPlan => {
  const padded = isPadded(c);
  const inner = c.kernelSize[0] * c.kernelSize[1] * c.channels;
  const rowsOfImage = c.outSize[0] * c.outSize[1];
  const even = isPointwise(c);
  const windows = runsOf(c);
  const imagesAtOnce = even ? c.batch : Math.max(1, Math.min(c.batch, Math.ceil(groupRows / Math.max(1, rowsOfImage))));
  const patches = !even && windows.run < 4 * shortRun;
  const touched = patches ? 4 * inner : 4 * c.channels * c.strides[0] * c.strides[1];
  return {
    convolution: c,
    way: even ? "even" : patches ? "patches" : "table",
    padded,
    inner,
    runs: even || patches ? { outerRuns: 1, outerStep: 0, innerRuns: 1, innerStep: 0, run: 4 * inner } : windows,
    windows,
    imagesAtOnce,
    rowsAtOnce: imagesAtOnce * rowsOfImage,
    blockRows: blockRowsOf(touched, inner, c.filters),
    table: even ? new Int32Array(0) : tableOf(c, imagesAtOnce),
  };
};
