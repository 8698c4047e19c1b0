/** dy packed by tiles of filters, so that a tile is read without gaps. */
import { i32, repeat, wasmFunction, type Statement, type WasmFunction } from "../../assembler/index.js";
import { four, single, type Lanes } from "../lanes.js";
import { tileBytes, tileFilters } from "./tiles.js";

/**
 * Packs `filters` columns of a matrix with rows of `pitch` bytes into tiles [tile][position][8].
 * The last tile's missing columns are not written: the caller keeps zeros there.
 */
export const packTiles = (filters: number, pitch: number): WasmFunction =>
  wasmFunction("packTiles", ["from", "to", "positions", "tileStep"], ({ from, to, positions, tileStep }, locals) => {
    const [position, tile, at] = [locals.i32("position"), locals.i32("tile"), locals.i32("at")];
    const copy = (count: number): readonly Statement[] => {
      const parts: readonly (readonly [number, Lanes])[] = [
        ...Array.from({ length: count >> 2 }, (_, k) => [16 * k, four] as const),
        ...Array.from({ length: count & 3 }, (_, k) => [16 * (count >> 2) + 4 * k, single] as const),
      ];
      return parts.map(([offset, { load, store }]) => store(at, load(from, offset), offset));
    };
    const whole = Math.floor(filters / tileFilters);
    const rest = filters % tileFilters;
    return [
      repeat(position, positions, [
        at.set(to),
        repeat(tile, whole, [...copy(tileFilters), from.set(i32.add(from, tileBytes)), at.set(i32.add(at, tileStep))]),
        ...copy(rest),
        from.set(i32.add(from, pitch - whole * tileBytes)),
        to.set(i32.add(to, tileBytes)),
      ]),
    ];
  });
