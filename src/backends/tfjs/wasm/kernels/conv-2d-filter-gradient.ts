/**
 * `conv2dFilterGradient`: inputs x [n, h, w, ci] and dy [n, oh, ow, co] give dW [kh, kw, ci / groups, co].
 * Attributes kernelSize, strides, pads, dilations, groups.
 *
 * Law     dW[ky, kx, c, f] = Σ x[n, oy · stride + ky · dilation - pad, …, c] · dy[n, oy, ox, f] over n, oy, ox, with zeros in the padding.
 * Way     blocks of positions; per block x is padded and dy packed where that is needed, then tiles of dW are summed in registers
 *         (filter-gradient/tiles.ts). A block adds to dW in memory, so that sums are short: rounding errors stay small.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { copyRows } from "./copy-rows.js";
import { packTiles } from "./filter-gradient/pack.js";
import { planOf, rowsOf, type Places, type Plan } from "./filter-gradient/plan.js";
import {
  convolutionOf,
  isPadded,
  paddedSize,
  positionsOf,
  type Block,
  type Convolution,
} from "./filter-gradient/shape.js";
import { tileBytes, tileFilters } from "./filter-gradient/tiles.js";
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

/** Copies the block's images into the middle of zeros; blocks of one image share the copy. */
const padBlock = (backend: BackendWasm, c: Convolution, block: Block, from: number, to: number): void => {
  if (block.row > 0 || block.column > 0) return;
  const [height, width] = paddedSize(c);
  const pixel = 4 * c.channels;
  const copy = copyRows(backend);
  for (let image = 0; image < block.images; image++) {
    const source = from + (block.image + image) * c.size[0] * c.size[1] * pixel;
    const target = to + ((image * height + c.pads[0][0]) * width + c.pads[1][0]) * pixel;
    copy(source, target, c.size[0], c.size[1] * pixel, c.size[1] * pixel, width * pixel);
  }
};

/** Addresses in scratch memory: the padded images of a block, and its packed dy. */
interface Scratch {
  readonly padded: number;
  readonly packed: number;
}

/** All blocks, all groups, into `dw` (zeros at first), which holds the groups side by side or, in scratch, one after the other. */
const sumBlocks = (backend: BackendWasm, plan: Plan, places: Places, scratch: Scratch): void => {
  const { convolution: c, groupChannels, groupFilters } = plan;
  const padded = isPadded(c);
  const pack = plan.packed
    ? compile(backend, `packTiles ${groupFilters} ${c.filters}`, () => packTiles(groupFilters, 4 * c.filters))
    : undefined;
  for (const block of plan.blocks) {
    if (padded) padBlock(backend, c, block, places.x, scratch.padded);
    const x = padded ? scratch.padded : places.x + 4 * block.image * c.channels * sizeOf(c.size);
    const position = (block.image * c.outSize[0] + block.row) * c.outSize[1] + block.column;
    for (let group = 0; group < plan.groups; group++) {
      const dy = places.dy + 4 * (position * c.filters + group * groupFilters);
      pack?.(dy, scratch.packed, positionsOf(block), plan.blockPositions * tileBytes);
      plan.sum(block, {
        x: x + 4 * group * groupChannels,
        dy: plan.packed ? scratch.packed : dy,
        dw: places.dw + group * (plan.direct ? 4 * groupFilters : rowsOf(plan) * plan.dwStep),
      });
    }
  }
};

/** Sums dW of any convolution at `places.dw`. Shared with the matrix product. */
export const filterGradient = (backend: BackendWasm, plan: Plan, places: Places): void => {
  const { convolution: c } = plan;
  const rows = rowsOf(plan);
  const most = Math.max(0, ...plan.blocks.map(({ images }) => images));
  const paddedSizes = isPadded(c) ? most * sizeOf(paddedSize(c)) * c.channels : 0;
  const packedSizes = plan.packed ? plan.filterTiles * plan.blockPositions * tileFilters : 0;
  const sumSizes = plan.direct ? 0 : (plan.groups * rows * plan.dwStep) / 4;
  withScratch(backend, paddedSizes + packedSizes + sumSizes, (padded) => {
    const packed = padded + 4 * paddedSizes;
    const sums = packed + 4 * packedSizes;
    const bytes = bytesOf(backend);
    bytes.fill(0, padded, sums + 4 * sumSizes);
    if (plan.direct) bytes.fill(0, places.dw, places.dw + 4 * rows * c.filters);
    sumBlocks(backend, plan, plan.direct ? places : { ...places, dw: sums }, { padded, packed });
    if (plan.direct) return;
    const width = 4 * plan.groupFilters;
    for (let group = 0; group < plan.groups; group++)
      copyRows(backend)(
        sums + group * rows * plan.dwStep,
        places.dw + group * width,
        rows,
        width,
        plan.dwStep,
        4 * c.filters,
      );
  });
};

const planFor = planner((call) => planOf(call.backend, convolutionOf(call, inputAt(call, 0), inputAt(call, 1))));

export const conv2dFilterGradient: OwnKernel = {
  name: "conv2dFilterGradient",
  run: (call) => {
    const { backend } = call;
    const [x, dy] = [inputAt(call, 0), inputAt(call, 1)];
    const output = makeOutput(backend, call.output);
    filterGradient(backend, planFor(call), {
      x: addressOf(backend, x),
      dy: addressOf(backend, dy),
      dw: addressOf(backend, output),
    });
    return output;
  },
};
