/**
 * `conv2d`: inputs x [n, h, w, c], the packed kernel (packFilter), then the bias [filters] and the residual, of the result's shape, where
 * the attributes `bias` and `residual` say so. Attributes kernelSize, strides, pads, dilations; `formula` of the sum with its bias, x0, and
 * the residual, x1.
 *
 * Way     a product of windows and kernel (convolution/tiles.ts): rows of x as they are for 1 × 1 kernels, else read by a table of
 *         where windows begin, in a copy with zeros around it where there is padding.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import type { Callable } from "../assembler/index.js";
import { patchesModule } from "./convolution/patches.js";
import { convolutionPlan, imageBytes, type ConvolutionPlan } from "./convolution/plan.js";
import { tileFilters, tileScratch, tilesKey, tilesModule, tileBytes } from "./convolution/tiles.js";
import { copyRows } from "./copy-rows.js";
import { paddedSize } from "./filter-gradient/shape.js";
import {
  addressOf,
  bytesOf,
  compile,
  inputAt,
  makeOutput,
  padsAttribute,
  pairAttribute,
  planner,
  shape4,
  sizeOf,
  withScratch,
  type OwnKernel,
} from "./kernel.js";

interface Plan extends ConvolutionPlan {
  readonly tiles: Callable;
  readonly patches: Callable;
}

const planFor = planner((call): Plan => {
  const { formula, residual } = call.attributes;
  invariant(isFormula(formula), "attribute formula is a formula");
  const [batch, height, width, channels] = shape4(inputAt(call, 0).shape);
  const [, outHeight, outWidth, filters] = shape4(call.output.shape);
  const plan = convolutionPlan({
    batch,
    size: [height, width],
    channels,
    outSize: [outHeight, outWidth],
    filters,
    kernelSize: pairAttribute(call, "kernelSize"),
    strides: pairAttribute(call, "strides"),
    dilations: pairAttribute(call, "dilations"),
    pads: padsAttribute(call, "pads"),
    groups: 1,
  });
  const source = {
    formula,
    residual: residual === true,
    rows: plan.way === "table" ? ("table" as const) : ("even" as const),
  };
  return {
    ...plan,
    tiles: compile(call.backend, tilesKey(source), () => tilesModule(source)),
    patches: compile(call.backend, "patches", patchesModule),
  };
});

/** Addresses of what a call reads and writes. */
interface Places {
  readonly x: number;
  readonly packed: number;
  readonly bias: number | undefined;
  readonly residual: number;
  readonly out: number;
}

/** Addresses in scratch memory. */
interface Scratch {
  readonly tile: number;
  readonly table: number;
  readonly bias: number;
  readonly padded: number;
  readonly patches: number;
}

/** Bytes of each part of the scratch memory; `patches` is the last, so that it is where the rest begins. */
const scratchBytes = (plan: ConvolutionPlan): Readonly<Record<keyof Scratch, number>> => ({
  tile: tileScratch,
  table: plan.table.byteLength,
  bias: tileBytes * Math.ceil(plan.convolution.filters / tileFilters),
  padded: plan.padded ? plan.imagesAtOnce * imageBytes(plan.convolution) : 0,
  patches: plan.way === "patches" ? Math.min(plan.blockRows, plan.rowsAtOnce) * 4 * plan.inner : 0,
});

/** Fills what does not change from image to image: the table, the bias, zeros around the images. */
const fillScratch = (backend: BackendWasm, plan: Plan, { bias }: Places, scratch: Scratch): void => {
  const bytes = bytesOf(backend);
  new Int32Array(bytes.buffer, scratch.table, plan.table.length).set(plan.table);
  const sizes = scratchBytes(plan);
  bytes.fill(0, scratch.bias, scratch.bias + sizes.bias);
  if (bias !== undefined) bytes.copyWithin(scratch.bias, bias, bias + 4 * plan.convolution.filters);
  if (plan.padded) bytes.fill(0, scratch.padded, scratch.padded + sizes.padded);
};

/** Copies images into the middle of their zeros. */
const padImages = (backend: BackendWasm, plan: Plan, from: number, to: number, images: number): void => {
  const { size, pads, channels } = plan.convolution;
  const [, width] = paddedSize(plan.convolution);
  const pixel = 4 * channels;
  const row = size[1] * pixel;
  const copy = copyRows(backend);
  for (let image = 0; image < images; image++) {
    const corner = to + image * imageBytes(plan.convolution) + (pads[0][0] * width + pads[1][0]) * pixel;
    copy(from + image * size[0] * row, corner, size[0], row, row, width * pixel);
  }
};

/** Rows of the output whose windows lie in the images at `x`. */
const multiply = (plan: Plan, places: Places, scratch: Scratch, x: number, rows: number, done: number): void => {
  const { runs, windows, way, blockRows, inner, convolution: c } = plan;
  const pitch = 4 * c.filters;
  for (let row = 0; row < rows; row += blockRows) {
    const count = Math.min(blockRows, rows - row);
    const table = scratch.table + 4 * row;
    const { outerRuns, outerStep, innerRuns, innerStep, run } = windows;
    if (way === "patches")
      plan.patches(x, table, count, scratch.patches, outerRuns, outerStep, innerRuns, innerStep, run);
    const at = (done + row) * pitch;
    plan.tiles(
      way === "patches" ? scratch.patches : way === "table" ? x : x + row * 4 * inner,
      count,
      way === "table" ? table : 4 * inner,
      places.packed,
      inner * tileBytes,
      scratch.bias,
      places.out + at,
      pitch,
      c.filters,
      runs.outerRuns,
      runs.outerStep,
      runs.innerRuns,
      runs.innerStep,
      runs.run,
      scratch.tile,
      places.residual + at,
    );
  }
};

export const conv2d: OwnKernel = {
  name: "conv2d",
  written: (call) => [planFor(call).tiles],
  run: (call) => {
    const { backend, attributes } = call;
    const output = makeOutput(backend, call.output);
    if (sizeOf(call.output.shape) === 0) return output;
    const plan = planFor(call);
    const { batch, size, channels, outSize } = plan.convolution;
    const hasBias = attributes["bias"] === true;
    const places: Places = {
      x: addressOf(backend, inputAt(call, 0)),
      packed: addressOf(backend, inputAt(call, 1)),
      bias: hasBias ? addressOf(backend, inputAt(call, 2)) : undefined,
      residual: attributes["residual"] === true ? addressOf(backend, inputAt(call, hasBias ? 3 : 2)) : 0,
      out: addressOf(backend, output),
    };
    const sizes = scratchBytes(plan);
    const total = sizes.tile + sizes.table + sizes.bias + sizes.padded + sizes.patches;
    withScratch(backend, total / 4, (tile) => {
      const table = tile + sizes.tile;
      const bias = table + sizes.table;
      const padded = bias + sizes.bias;
      const scratch: Scratch = { tile, table, bias, padded, patches: padded + sizes.padded };
      fillScratch(backend, plan, places, scratch);
      for (let image = 0; image < batch; image += plan.imagesAtOnce) {
        const images = Math.min(plan.imagesAtOnce, batch - image);
        const from = places.x + image * sizeOf(size) * 4 * channels;
        if (plan.padded) padImages(backend, plan, from, padded, images);
        const rows = sizeOf(outSize);
        multiply(plan, places, scratch, plan.padded ? padded : from, images * rows, image * rows);
      }
    });
    return output;
  },
};
