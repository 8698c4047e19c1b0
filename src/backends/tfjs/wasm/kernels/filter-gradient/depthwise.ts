/** The filter gradient of a depthwise convolution: dW[tap, channel] += Σ x[position + offset of tap, channel] · dy[position, channel]. */
import { countUp, i32, wasmFunction, type Statement, type WasmFunction } from "../../assembler/index.js";
import { four, single, type Lanes } from "../lanes.js";
import { multiplyAdd } from "./multiply-add.js";
import { blockParameters, positionLoop } from "./positions.js";

/** Taps summed at once: with dy and one product they fill the vector registers of x86-64. */
const tapsAtOnce = 12;

export interface DepthwiseSource {
  /** Bytes from the corner of a position to each tap. */
  readonly offsets: readonly number[];
  readonly channels: number;
  /** Bytes from a position to the next in its row. */
  readonly xStep: number;
}

/** Parameters: addresses of x, dy and dW, then the block. Four channels at a time go over all positions. */
export const depthwiseModule = ({ offsets, channels, xStep }: DepthwiseSource): WasmFunction =>
  wasmFunction("depthwiseFilterGradient", ["x", "dy", "dw", ...blockParameters], ({ x, dy, dw, ...block }, locals) => {
    const sums = Array.from({ length: Math.min(tapsAtOnce, offsets.length) }, (_, k) => locals.v128(`sum${k}`));
    const gradient = locals.v128("gradient");
    const channel = locals.i32("channel");
    const pixel = 4 * channels;
    const positions = positionLoop(locals, { block, xStep, dyStep: pixel });
    const taps = (first: number, lanes: Lanes): readonly Statement[] => {
      const used = sums.slice(0, offsets.length - first);
      const place = i32.add(dw, channel);
      return [
        ...used.map((sum, k) => sum.set(lanes.load(place, (first + k) * pixel))),
        ...positions({ x: i32.add(x, channel), dy: i32.add(dy, channel) }, (xAt, dyAt) => [
          gradient.set(lanes.load(dyAt)),
          ...used.map((sum, k) => sum.set(multiplyAdd(lanes.load(xAt, offsets[first + k]), gradient, sum))),
        ]),
        ...used.map((sum, k) => lanes.store(place, sum, (first + k) * pixel)),
      ];
    };
    const starts = Array.from({ length: Math.ceil(offsets.length / tapsAtOnce) }, (_, k) => k * tapsAtOnce);
    const channelLoop = (from: number, to: number, lanes: Lanes): readonly Statement[] =>
      from === to
        ? []
        : [
            countUp(
              channel,
              { from, to, step: lanes.bytes },
              starts.flatMap((first) => taps(first, lanes)),
            ),
          ];
    const whole = 16 * Math.floor(channels / 4);
    return [...channelLoop(0, whole, four), ...channelLoop(whole, pixel, single)];
  });
