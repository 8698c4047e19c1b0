/** Convolution as a matrix product ("im2col"): a row for each output cell, with the inputs that the kernel's taps meet there. */
import { forEachMeeting, type ConvolutionSlide, type Pair } from "./conv-window.js";
import { rowMajor, type Matrix, type ProductSize } from "./matrix-product.js";

/** The sizes of a convolution y = conv2d(x, kernel), by which its oracle and those of its gradients are written. */
export interface PatchPlan {
  readonly input: Pair;
  readonly kernel: Pair;
  readonly output: Pair;
  readonly slide: ConvolutionSlide;
  readonly cIn: number;
  readonly filters: number;
}

/** What one image and one group bring together. */
export interface PatchBlock {
  /** The patches [h' w', kh kw cIn / groups]. */
  readonly patches: Float64Array;
  /** Where the group's columns stand in y or dy. */
  readonly output: (data: Float64Array) => Matrix;
  /** Where the group's columns stand in the kernel [kh kw cIn / groups, filters]. */
  readonly kernel: (data: Float64Array) => Matrix;
  readonly size: { readonly cells: number; readonly taps: number; readonly filters: number };
  /** Copies the patches from x. */
  readonly gather: (x: Float64Array) => void;
  /** Adds the patches to dx. */
  readonly scatter: (dx: Float64Array) => void;
}

/** Visits every image and group; the patches are reused, zeros at first. */
export const forEachBlock = (images: number, plan: PatchPlan, visit: (block: PatchBlock) => void): void => {
  const { slide, cIn, filters } = plan;
  const [[h, w], [kh, kw], [oh, ow]] = [plan.input, plan.kernel, plan.output];
  const channels = cIn / slide.groups;
  const columns = filters / slide.groups;
  const cells = oh * ow;
  const taps = kh * kw * channels;
  const patches = new Float64Array(cells * taps);
  for (let image = 0; image < images; image++)
    for (let group = 0; group < slide.groups; group++) {
      const first = image * h * w * cIn + group * channels;
      visit({
        patches: patches.fill(0),
        output: (data) => rowMajor(data, filters, image * cells * filters + group * columns),
        kernel: (data) => rowMajor(data, filters, group * columns),
        size: { cells, taps, filters: columns },
        gather: (x) =>
          forEachMeeting(plan, (i, k, o) => {
            const from = first + i * cIn;
            const to = o * taps + k * channels;
            for (let c = 0; c < channels; c++) patches[to + c] = x[from + c] ?? 0;
          }),
        scatter: (dx) =>
          forEachMeeting(plan, (i, k, o) => {
            const to = first + i * cIn;
            const from = o * taps + k * channels;
            for (let c = 0; c < channels; c++) dx[to + c] = (dx[to + c] ?? 0) + (patches[from + c] ?? 0);
          }),
      });
    }
};

/** The sizes of patches · kernel = output. */
export const forwardSize = ({ cells, taps, filters }: PatchBlock["size"]): ProductSize => ({
  rows: cells,
  inner: taps,
  columns: filters,
});
