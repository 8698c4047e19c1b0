/** Kernels of convolutions drawn: small ones as grids of their numbers, large or many ones as pictures. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { NdArray } from "../data/nd-array.js";
import { page, type Drawing } from "./drawing.js";
import { planesOf } from "./kernel-planes.js";
import { numbered, weightText } from "./numbered-kernels.js";
import { pictured } from "./pictured-kernels.js";
import { themeOf, type ThemeName } from "./theme.js";
import type { Range } from "./value-map.js";

export interface KernelGridOptions {
  readonly title: string;
  /**
   * `[kh, kw]`, or `[kh, kw, cIn, filters]` as convolutions have it, `[k, cIn, filters]` of a 1-D one; a dense layer's
   * `[inputs, units]` is drawn like one `[kh, kw]`.
   */
  readonly kernel: NdArray<"f32">;
  readonly theme?: ThemeName | undefined;
}

/** Above these, numbers would be too many to read. */
const mostPlanes = 48;
const mostCells = 64;
const mostAcross = 10;

/** White is 0, the strongest colours are the weight that is farthest from it. */
const symmetric = ({ data }: NdArray<"f32">): Range => {
  const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return { low: -most, high: most };
};

/**
 * Kernels as they are: up to 48 small ones with their numbers, more or larger ones as pictures; red is negative, blue positive.
 * The first 64 filters and 16 input channels are drawn.
 *
 * Errors  BadData for another shape, and for weights that are NaN or infinite.
 *
 * @example
 * const edges = f32([3, 3], Float32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1))
 * const drawing = kernelGrid({ title: "Edges", kernel: edges })
 */
export const kernelGrid = (options: KernelGridOptions): Either<SvertkaError, Drawing> => {
  const { title, kernel, theme } = options;
  const range = symmetric(kernel);
  const sides = `red is −${weightText(range.high)}, blue is ${weightText(range.high)}`;
  return pipe(
    planesOf(options),
    E.flatMap((planes) => {
      const { height, width, channels, filters } = planes;
      const isNarrow = channels === 1 || filters === 1 || Math.max(channels, filters) <= mostAcross;
      if (channels * filters <= mostPlanes && height * width <= mostCells && isNarrow)
        return E.right({ ...numbered(planes, range, themeOf(theme)), note: "white is 0" });
      return pictured(planes, range, themeOf(theme));
    }),
    E.map(({ note, ...content }) => {
      const isColour = note.includes("grey is 0");
      return page({ title, notes: [isColour ? note : `${note}, ${sides}`], theme, ...content });
    }),
  );
};
