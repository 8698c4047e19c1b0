/** The windows that hold a cell: what the gradient of average pooling sums over, on every GPU. */
import { invariant } from "../../../errors.js";
import type { Attributes } from "../../../compiler/ir/graph.js";

export interface AxisWindows {
  readonly size: number;
  readonly pool: number;
  readonly stride: number;
  /** Cells of padding before the first. */
  readonly before: number;
  readonly windows: number;
}

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === "number");

/** Rows, then columns. */
export const axisWindows = (
  dy: readonly number[],
  { poolSize, strides, pads, inputSize }: Attributes,
): readonly [AxisWindows, AxisWindows] => {
  invariant(isPair(poolSize) && isPair(strides) && isPair(inputSize), "a pooling gradient has sizes and strides");
  invariant(Array.isArray(pads), "a pooling gradient has pads");
  const axis = (at: 0 | 1): AxisWindows => {
    const pair: unknown = pads[at];
    invariant(isPair(pair), "pads are pairs");
    return {
      size: inputSize[at],
      pool: poolSize[at],
      stride: strides[at],
      before: pair[0],
      windows: dy[1 + at] ?? 0,
    };
  };
  return [axis(0), axis(1)];
};
