/** An input gradient as a forward convolution with the turned kernel: what that convolution reads, and its padding. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { extentOf, type Pads, type Pair, type Slide } from "./conv-window.js";

interface Request extends Slide {
  readonly inputSize: Pair;
  readonly kernelSize: Pair;
}

/**
 * dy with stride − 1 zeros after each cell, and the padding that gives it the input's size again; undefined where every
 * window lay in the padding, so that no output depends on the input (Dumoulin & Visin 2016, relationship 14).
 */
export const turnedInput = (
  emit: Emit,
  dy: Value,
  { inputSize, kernelSize, strides, pads, dilations }: Request,
): { readonly image: Value; readonly pads: Pads } | undefined => {
  const spread = spreadCells(emit, dy, strides);
  const [n = "n", h, w, channels = 0] = spread.type.shape;
  const side = (axis: 0 | 1, size: number): Pair => {
    const reach = extentOf(kernelSize[axis], dilations[axis]) - 1;
    const before = reach - pads[axis][0];
    return [before, inputSize[axis] + reach - size - before];
  };
  const around = [side(0, Number(h)), side(1, Number(w))] as const;
  // Where a negative pad is needed, those cells of dy touch no input cell.
  const cut = (pad: number): number => Math.max(0, -pad);
  const left = [Number(h) - cut(around[0][0]) - cut(around[0][1]), Number(w) - cut(around[1][0]) - cut(around[1][1])];
  if (left.some((size) => size <= 0)) return undefined;
  const image = around.flat().some((pad) => pad < 0)
    ? emit("slice", [spread], { begin: [0, cut(around[0][0]), cut(around[1][0]), 0], size: [n, ...left, channels] })
    : spread;
  const kept = ([before, after]: Pair): Pair => [Math.max(0, before), Math.max(0, after)];
  return { image, pads: [kept(around[0]), kept(around[1])] };
};

/** Puts stride − 1 zeros after each cell, in one pass. */
const spreadCells = (emit: Emit, dy: Value, [sh, sw]: Pair): Value => {
  if (sh === 1 && sw === 1) return dy;
  const [n = "n", h = 1, w = 1, c = 1] = dy.type.shape;
  const cells = emit("reshape", [dy], { shape: [n, h, 1, w, 1, c] });
  const apart = emit("pad", [cells], {
    pads: [
      [0, 0],
      [0, 0],
      [0, sh - 1],
      [0, 0],
      [0, sw - 1],
      [0, 0],
    ],
    value: 0,
  });
  return emit("reshape", [apart], { shape: [n, Number(h) * sh, Number(w) * sw, c] });
};
