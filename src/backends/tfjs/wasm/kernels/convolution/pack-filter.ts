/**
 * `packFilter`: a kernel [..., k, filters] as panels [filters / 8][k][8], filled up with zeros: what the tiles read without gaps.
 * Programs do it once where the kernel is stable. Attribute `transpose`: the kernel is a matrix [filters, k]. Attributes
 * `swapped` and `reversed`: what is packed is the kernel [kh, kw, k, filters] with its last axes changed, its window turned round.
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

/** The taps of a window [kh, kw, rows, columns], each transposed or not, in their order or from the last to the first. */
const turnTaps = (backend: BackendWasm, shape: readonly number[], { from, to, swapped, reversed }: Turn): void => {
  const rows = shape.at(-2) ?? 1;
  const columns = shape.at(-1) ?? 1;
  const taps = sizeOf(shape.slice(0, -2));
  const bytes = 4 * rows * columns;
  for (let tap = 0; tap < taps; tap++) {
    const target = to + bytes * (reversed ? taps - 1 - tap : tap);
    const source = from + bytes * tap;
    if (swapped) transposeMatrices(backend, { from: source, to: target, count: 1, rows, columns });
    else bytesOf(backend).copyWithin(target, source, source + bytes);
  }
};

interface Turn {
  readonly from: number;
  readonly to: number;
  readonly swapped: boolean;
  readonly reversed: boolean;
}

export const packFilter: OwnKernel = {
  name: "packFilter",
  run: (call) => {
    const { backend, attributes } = call;
    const kernel = inputAt(call, 0);
    const output = makeOutput(backend, call.output);
    const [from, to] = [addressOf(backend, kernel), addressOf(backend, output)];
    const last = kernel.shape.at(-1) ?? 1;
    const others = sizeOf(kernel.shape.slice(0, -1));
    const [swapped, reversed] = [attributes["swapped"] === true, attributes["reversed"] === true];
    if (attributes["transpose"] === true)
      withScratch(backend, others * last, (turned) => {
        transposeMatrices(backend, { from, to: turned, count: 1, rows: others, columns: last });
        pack(backend, turned, to, last, others);
      });
    else if (swapped || reversed)
      withScratch(backend, others * last, (turned) => {
        turnTaps(backend, kernel.shape, { from, to: turned, swapped, reversed });
        const filters = swapped ? (kernel.shape.at(-2) ?? 1) : last;
        pack(backend, turned, to, (others * last) / filters, filters);
      });
    else pack(backend, from, to, others, last);
    return output;
  },
};
