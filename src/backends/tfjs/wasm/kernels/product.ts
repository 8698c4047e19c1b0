/**
 * `product`: inputs a [rows, k], the packed b (packFilter), then the bias [columns] and the residual [rows, columns] where the attributes
 * `bias` and `residual` say so; `formula` of the sum with its bias, x0, and the residual, x1. One row has a kernel of its own.
 */
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import type { Callable } from "../assembler/index.js";
import { blockRowsOf } from "./convolution/plan.js";
import { tileBytes, tileFilters, tileScratch, tilesKey, tilesModule } from "./convolution/tiles.js";
import { vectorKey, vectorModule } from "./convolution/vector.js";
import {
  addressOf,
  bytesOf,
  compile,
  inputAt,
  makeOutput,
  planner,
  sizeOf,
  withScratch,
  type OwnKernel,
} from "./kernel.js";

interface Plan {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** The tiles, or for one row the vector kernel. */
  readonly run: Callable;
}

const planFor = planner((call): Plan => {
  const { formula, residual } = call.attributes;
  invariant(isFormula(formula), "attribute formula is a formula");
  const [rows = 0, inner = 0] = inputAt(call, 0).shape;
  const source = { formula, residual: residual === true };
  const tiles = { ...source, rows: "even" as const };
  return {
    rows,
    inner,
    columns: call.output.shape[1] ?? 0,
    run:
      rows === 1
        ? compile(call.backend, vectorKey(source), () => vectorModule(source))
        : compile(call.backend, tilesKey(tiles), () => tilesModule(tiles)),
  };
});

export const product: OwnKernel = {
  name: "product",
  written: (call) => [planFor(call).run],
  run: (call) => {
    const { backend, attributes } = call;
    const output = makeOutput(backend, call.output);
    if (sizeOf(call.output.shape) === 0) return output;
    const { rows, inner, columns, run } = planFor(call);
    const [a, b, out] = [
      addressOf(backend, inputAt(call, 0)),
      addressOf(backend, inputAt(call, 1)),
      addressOf(backend, output),
    ];
    const hasBias = attributes["bias"] === true;
    const residual = attributes["residual"] === true ? addressOf(backend, inputAt(call, hasBias ? 3 : 2)) : 0;
    const biasBytes = 2 * tileBytes * Math.ceil(columns / (2 * tileFilters));
    withScratch(backend, (tileScratch + biasBytes) / 4, (scratch) => {
      const bias = scratch + tileScratch;
      const bytes = bytesOf(backend);
      bytes.fill(0, bias, bias + biasBytes);
      if (hasBias) {
        const from = addressOf(backend, inputAt(call, 2));
        bytes.copyWithin(bias, from, from + 4 * columns);
      }
      const [row, panel, pitch] = [4 * inner, tileBytes * inner, 4 * columns];
      if (rows === 1) return run(a, row, b, panel, bias, out, columns, scratch, residual);
      const blockRows = blockRowsOf(row, inner, columns);
      for (let k = 0; k < rows; k += blockRows) {
        const [count, to] = [Math.min(blockRows, rows - k), k * pitch];
        run(a + k * row, count, row, b, panel, bias, out + to, pitch, columns, 1, 0, 1, 0, row, scratch, residual + to);
      }
    });
    return output;
  },
};
