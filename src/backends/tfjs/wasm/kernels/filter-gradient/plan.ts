/** How a filter gradient is computed: the compiled tiles, the form of dy, the place of the sums. Made once per call, used for every block. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../../../errors.js";
import { compile, sizeOf } from "../kernel.js";
import { depthwiseModule } from "./depthwise.js";
import { blocksOf, paddedSize, positionsOf, type Block, type Convolution } from "./shape.js";
import { contiguousRuns, scatteredRuns, tileBytes, tileFilters, tilesModule } from "./tiles.js";

/** Filters with up to this many rows (taps × channels) are one stretch of code with all offsets constant: the module stays below 4 kB. */
const scatteredRows = 30;

/** Addresses: x is the block's first image as the kernel sees it, dy its first position. */
export interface Places {
  readonly x: number;
  readonly dy: number;
  readonly dw: number;
}

export interface Plan {
  readonly convolution: Convolution;
  readonly groups: number;
  readonly groupChannels: number;
  readonly groupFilters: number;
  /** Whether dy is packed by tiles before use. */
  readonly packed: boolean;
  /** Whether sums go to the output itself, else to scratch with rows filled up to whole tiles. */
  readonly direct: boolean;
  /** Bytes from a row of the sums to the next. */
  readonly dwStep: number;
  readonly filterTiles: number;
  readonly blocks: readonly Block[];
  readonly blockPositions: number;
  /** Adds one block of one group to the sums. */
  readonly sum: (block: Block, places: Places) => void;
}

/** Distances in x as the kernel sees it, in bytes. */
const steps = (c: Convolution) => {
  const [height, width] = paddedSize(c);
  const pixel = 4 * c.channels;
  const row = width * pixel;
  const [kernelHeight, kernelWidth] = c.kernelSize;
  return {
    xStep: c.strides[1] * pixel,
    xRow: c.strides[0] * row,
    xImage: height * row,
    tapRow: c.dilations[0] * row,
    tapColumn: c.dilations[1] * pixel,
    taps: Array.from(
      { length: kernelHeight * kernelWidth },
      (_, tap) => [Math.floor(tap / kernelWidth), tap % kernelWidth] as const,
    ),
  };
};

/** Where the block's first position has its corner in x. */
const cornerOf = ({ xRow, xStep }: ReturnType<typeof steps>, block: Block, x: number): number =>
  x + block.row * xRow + block.column * xStep;

const depthwisePlan = (backend: BackendWasm, c: Convolution): Plan => {
  const s = steps(c);
  const source = {
    offsets: s.taps.map(([ky, kx]) => ky * s.tapRow + kx * s.tapColumn),
    channels: c.channels,
    xStep: s.xStep,
  };
  const run = compile(backend, `depthwiseFilterGradient ${JSON.stringify(source)}`, () => depthwiseModule(source));
  const blocks = blocksOf(c);
  return {
    convolution: c,
    groups: 1,
    groupChannels: 1,
    groupFilters: c.filters,
    packed: false,
    direct: true,
    dwStep: 4 * c.filters,
    filterTiles: 0,
    blocks,
    blockPositions: 0,
    sum: (block, { x, dy, dw }) =>
      run(cornerOf(s, block, x), dy, dw, block.images, block.rows, block.columns, s.xImage, s.xRow),
  };
};

export const planOf = (backend: BackendWasm, c: Convolution): Plan => {
  invariant(c.channels % c.groups === 0 && c.filters % c.groups === 0, "groups divide channels and filters");
  const groupChannels = c.channels / c.groups;
  const groupFilters = c.filters / c.groups;
  if (groupChannels === 1 && groupFilters === 1) return depthwisePlan(backend, c);
  const s = steps(c);
  const filterTiles = Math.ceil(groupFilters / tileFilters);
  const direct = groupFilters % tileFilters === 0;
  const dwStep = direct ? 4 * c.filters : tileBytes * filterTiles;
  // One tile of filters is read as it is; more would be rows at a distance that is often a power of two, which share few places of the cache.
  const packed = c.filters !== tileFilters;
  const blocks = blocksOf(c);
  const blockPositions = Math.max(0, ...blocks.map(positionsOf));
  const scattered = s.taps.length * groupChannels <= scatteredRows;
  const whole = c.groups === 1 && c.dilations[1] === 1; // the taps of a row of the filter lie side by side in x
  const [kernelHeight, kernelWidth] = c.kernelSize;
  const runs = scattered
    ? scatteredRuns(
        s.taps.flatMap(([ky, kx]) =>
          Array.from({ length: groupChannels }, (_, k) => ky * s.tapRow + kx * s.tapColumn + 4 * k),
        ),
      )
    : contiguousRuns(whole ? kernelWidth * groupChannels : groupChannels);
  const source = { runs, xStep: s.xStep, dyStep: packed ? tileBytes : 4 * c.filters, dwStep };
  const run = compile(backend, `filterGradientTiles ${JSON.stringify(source)}`, () => tilesModule(source));
  const dyTile = packed ? blockPositions * tileBytes : tileBytes;
  return {
    convolution: c,
    groups: c.groups,
    groupChannels,
    groupFilters,
    packed,
    direct,
    dwStep,
    filterTiles,
    blocks,
    blockPositions,
    sum: (block, { x, dy, dw }) => {
      const corner = cornerOf(s, block, x);
      const tiles = (at: number, sums: number, count: number, distance: number): void =>
        run(
          at,
          dy,
          sums,
          block.images,
          block.rows,
          block.columns,
          s.xImage,
          s.xRow,
          filterTiles,
          dyTile,
          count,
          distance,
        );
      if (scattered) tiles(corner, dw, 1, 0);
      else if (whole) tiles(corner, dw, kernelHeight, s.tapRow);
      else
        for (let ky = 0; ky < kernelHeight; ky++)
          tiles(corner + ky * s.tapRow, dw + ky * kernelWidth * groupChannels * dwStep, kernelWidth, s.tapColumn);
    },
  };
};

/** The rows of dW of one group: taps × channels. */
export const rowsOf = ({ convolution, groupChannels }: Plan): number => sizeOf(convolution.kernelSize) * groupChannels;
