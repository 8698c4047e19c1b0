/**
 * `packFilter`: a kernel [..., k, filters] as panels [filters / 8][k][8], filled up with zeros: what the tiles read without gaps.
 * Programs do it once where the kernel is stable. Attribute `transpose`: the kernel is a matrix [filters, k].
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { packTiles } from "../filter-gradient/pack.js";
import { addressOf, bytesOf, compile, inputAt, makeOutput, sizeOf, withScratch, type OwnKernel } from "../kernel.js";
import { transposeMatrices } from "../transpose-2d.js";
import { tileBytes, tileFilters } from "./tiles.js";

/** Elements of the panels of a kernel with `inner` elements a filter. */
export const packedSize = (inner: number, filters: number): number =>
  inner * tileFilters * Math.ceil(filters / tileFilters);

/** Packs a matrix [inner, filters] at `from`. */
const pack = (backend: BackendWasm, from: number, to: number, inner: number, filters: number): void => {
  if (filters % tileFilters !== 0) bytesOf(backend).fill(0, to, to + 4 * packedSize(inner, filters));
  const run = compile(backend, `packTiles ${filters} ${filters}`, () => packTiles(filters, 4 * filters));
  run(from, to, inner, inner * tileBytes);
};

export const packFilter: OwnKernel = {
  name: "packFilter",
  run: (call) => {
    const { backend } = call;
    const kernel = inputAt(call, 0);
    const output = makeOutput(backend, call.output);
    const [from, to] = [addressOf(backend, kernel), addressOf(backend, output)];
    const last = kernel.shape.at(-1) ?? 1;
    const others = sizeOf(kernel.shape.slice(0, -1));
    if (call.attributes["transpose"] !== true) pack(backend, from, to, others, last);
    else
      withScratch(backend, others * last, (turned) => {
        transposeMatrices(backend, { from, to: turned, count: 1, rows: others, columns: last });
        pack(backend, turned, to, last, others);
      });
    return output;
  },
};
