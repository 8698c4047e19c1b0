/**
 * `packFilter`: a kernel [..., k, filters] as panels [filters / 8][k][8], filled up with zeros: what the tiles read without gaps.
 * Programs do it once where the kernel is stable.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { packTiles } from "../filter-gradient/pack.js";
import { addressOf, bytesOf, compile, inputAt, makeOutput, sizeOf, type OwnKernel } from "../kernel.js";
import { tileBytes, tileFilters } from "./tiles.js";

/** Elements of the panels of a kernel with `inner` elements a filter. */
export const packedSize = (inner: number, filters: number): number =>
  inner * tileFilters * Math.ceil(filters / tileFilters);

/** Packs a matrix [inner, filters] at `from`. */
export const packFilterAt = (
  backend: BackendWasm,
  { from, to, inner, filters }: { readonly from: number; readonly to: number; readonly inner: number; readonly filters: number },
): void => {
  if (filters % tileFilters !== 0) bytesOf(backend).fill(0, to, to + 4 * packedSize(inner, filters));
  const pack = compile(backend, `packTiles ${filters} ${filters}`, () => packTiles(filters, 4 * filters));
  pack(from, to, inner, inner * tileBytes);
};

export const packFilter: OwnKernel = {
  name: "packFilter",
  run: (call) => {
    const { backend } = call;
    const kernel = inputAt(call, 0);
    const output = makeOutput(backend, call.output);
    const filters = kernel.shape.at(-1) ?? 1;
    packFilterAt(backend, {
      from: addressOf(backend, kernel),
      to: addressOf(backend, output),
      inner: sizeOf(kernel.shape.slice(0, -1)),
      filters,
    });
    return output;
  },
};
