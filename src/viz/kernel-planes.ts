/** A kernel as planes of weights: one for each filter and each of its input channels. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { NdArray } from "../data/nd-array.js";

/** Kernels of several channels as planes: a row a filter, a column an input channel. */
export interface Planes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly at: (row: number, column: number, channel: number, filter: number) => number;
}

interface TitledKernel {
  readonly title: string;
  readonly kernel: NdArray<"f32">;
}

export const planesOf = ({ kernel, title }: TitledKernel): Either<SvertkaError, Planes> => {
  const { shape, data } = kernel;
  const [height = 0, width = 0, channels = 1, filters = 1] = shape.length === 3 ? [1, ...shape] : shape;
  if (shape.length < 2 || shape.length > 4 || shape.includes(0))
    return fail(
      "BadData",
      title,
      `kernels: shape [${shape.slice(0, 6).join(", ")}], [kh, kw] or [kh, kw, channels, filters] is needed: choose a 2-D layer`,
    );
  if (data.some((value) => !Number.isFinite(value)))
    return fail("BadData", title, "kernels: a weight is NaN or infinite, which has no colour: train again from before");
  const at: Planes["at"] = (row, column, channel, filter) =>
    data[((row * width + column) * channels + channel) * filters + filter] ?? 0;
  return E.right({ height, width, channels, filters, at });
};
