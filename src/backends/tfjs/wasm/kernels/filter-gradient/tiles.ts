/**
 * The heart of the filter gradient: dW[row, filter] += Σ over positions of x[position + offset of row] · dy[position, filter].
 *
 * A row is one (tap, channel) of the filter. A tile is up to 4 rows by 8 filters, as in convolution/tiles.ts and for the same reason: with
 * 6 rows V8 spills, and the whole took 1.45 times as long. Everything that depends on the layer is a constant in the code; sizes of blocks
 * are parameters.
 */
import {
  i32,
  repeat,
  v128,
  wasmFunction,
  type Local,
  type Statement,
  type WasmFunction,
} from "../../assembler/index.js";
import { multiplyAdd } from "./multiply-add.js";
import { blockParameters, positionLoop } from "./positions.js";

/** Filters in a tile, and their bytes. */
export const tileFilters = 8;
export const tileBytes = 4 * tileFilters;
export const tileRows = 4;

/** `times` tiles, one after the other, whose rows lie at `offsets` (bytes) from the corner of a position; then x advances. */
export interface TileRun {
  readonly offsets: readonly number[];
  readonly times: number;
  readonly advance: number;
}

export interface TilesSource {
  readonly runs: readonly TileRun[];
  /** Bytes from a position to the next in its row, in x and in dy. */
  readonly xStep: number;
  readonly dyStep: number;
  /** Bytes from a row of dW to the next. */
  readonly dwStep: number;
}

/** Cuts `rows` rows into tiles as equal as can be: 10 rows are 1 tile of 4 and 2 of 3. */
export const tileSizes = (rows: number): readonly (readonly [size: number, times: number])[] => {
  const count = Math.ceil(rows / tileRows);
  const size = Math.ceil(rows / count);
  const smaller = size * count - rows;
  return [[size, count - smaller] as const, [size - 1, smaller] as const].filter(([, times]) => times > 0);
};

/** Rows that lie one after the other in x: the tiles are the same code at moving addresses. */
export const contiguousRuns = (rows: number): readonly TileRun[] =>
  tileSizes(rows).map(([size, times]) => ({
    offsets: Array.from({ length: size }, (_, k) => 4 * k),
    times,
    advance: 4 * size,
  }));

/** Rows at arbitrary offsets: each tile is its own code. */
export const scatteredRuns = (offsets: readonly number[]): readonly TileRun[] => {
  let done = 0;
  return tileSizes(offsets.length).flatMap(([size, times]) =>
    Array.from({ length: times }, () => ({ offsets: offsets.slice(done, (done += size)), times: 1, advance: 0 })),
  );
};

/**
 * Parameters: addresses of x, dy and dW; the block; the tiles of filters, with the bytes in dy from one to the next; the groups of rows, with the
 * bytes in x from one to the next.
 */
export const tilesModule = ({ runs, xStep, dyStep, dwStep }: TilesSource): WasmFunction =>
  wasmFunction(
    "filterGradientTiles",
    ["x", "dy", "dw", ...blockParameters, "filterTiles", "dyTile", "groups", "xGroup"],
    ({ x, dy, dw, filterTiles, dyTile, groups, xGroup, ...block }, locals) => {
      const int = (name: string): Local<"i32"> => locals.i32(name);
      const sums = Array.from({ length: 2 * tileRows }, (_, k) => locals.v128(`sum${k}`));
      const [left, right, splat] = [locals.v128("left"), locals.v128("right"), locals.v128("splat")];
      const [tile, group, turn] = [int("tile"), int("group"), int("turn")];
      const [place, corner, groupAt] = [int("place"), int("corner"), int("groupAt")];
      const positions = positionLoop(locals, { block, xStep, dyStep });

      const oneTile = (offsets: readonly number[]): readonly Statement[] => {
        const used = sums.slice(0, 2 * offsets.length);
        const offsetOf = (k: number): number => (k >> 1) * dwStep + (k & 1) * 16;
        return [
          ...used.map((sum, k) => sum.set(v128.load(place, offsetOf(k)))),
          ...positions({ x: corner, dy }, (xAt, dyAt) => [
            left.set(v128.load(dyAt)),
            right.set(v128.load(dyAt, 16)),
            ...offsets.flatMap((offset, row) => [
              splat.set(v128.load32_splat(xAt, offset)),
              ...used
                .slice(2 * row, 2 * row + 2)
                .map((sum, half) => sum.set(multiplyAdd(splat, half === 0 ? left : right, sum))),
            ]),
          ]),
          ...used.map((sum, k) => v128.store(place, sum, offsetOf(k))),
          place.set(i32.add(place, offsets.length * dwStep)),
        ];
      };

      return [
        repeat(tile, filterTiles, [
          place.set(dw),
          groupAt.set(x),
          repeat(group, groups, [
            corner.set(groupAt),
            ...runs.map(({ offsets, times, advance }) =>
              repeat(turn, times, [...oneTile(offsets), corner.set(i32.add(corner, advance))]),
            ),
            groupAt.set(i32.add(groupAt, xGroup)),
          ]),
          dw.set(i32.add(dw, tileBytes)),
          dy.set(i32.add(dy, dyTile)),
        ]),
      ];
    },
  );
