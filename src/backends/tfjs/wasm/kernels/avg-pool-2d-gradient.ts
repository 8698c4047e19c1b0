/**
 * `avgPool2dGradient`: input dy (NHWC), attributes inputSize, poolSize, strides, pads; gives dx.
 *
 * Law     each pixel of a window receives dy / count, where count leaves out padding (TensorFlow's AvgPoolGrad).
 */
import { f32x4, i32, i32x4, wasmFunction, type WasmFunction } from "../assembler/index.js";
import {
  addressOf,
  bytesOf,
  compile,
  inputAt,
  makeOutput,
  planner,
  pairAttribute,
  sizeOf,
  type OwnKernel,
} from "./kernel.js";
import { windowLoops } from "./window/loops.js";
import { overlaps, tiles, windowShape, type WindowShape } from "./window/shape.js";

const source = (shape: WindowShape): WasmFunction =>
  wasmFunction("avgPool2dGradient", ["batch", "dy", "dx"], ({ batch, dy, dx }, locals) => {
    const count = locals.v128("count");
    const share = locals.v128("share");
    return windowLoops(shape, locals, {
      image: dx,
      out: dy,
      batch,
      enter: (rows, columns) => [count.set(f32x4.convert_i32x4_s(i32x4.splat(i32.mul(rows, columns))))],
      start: (at, { load }) => [share.set(f32x4.div(load(at), count))],
      pixel: (at, offset, { load, store }) => [
        store(at, overlaps(shape) ? f32x4.add(load(at, offset), share) : share, offset),
      ],
    });
  });

const planOf = planner((call) => {
  const shape = windowShape(call, pairAttribute(call, "inputSize"), inputAt(call, 0));
  const run = compile(call.backend, `avgPool2dGradient ${JSON.stringify(shape)}`, () => source(shape));
  return { run, covered: tiles(shape) };
});

export const avgPool2dGradient: OwnKernel = {
  name: "avgPool2dGradient",
  run: (call) => {
    const { backend } = call;
    const dy = inputAt(call, 0);
    const { run, covered } = planOf(call);
    const output = makeOutput(backend, call.output);
    const dx = addressOf(backend, output);
    if (!covered) bytesOf(backend).fill(0, dx, dx + 4 * sizeOf(call.output.shape));
    run(dy.shape[0] ?? 0, addressOf(backend, dy), dx);
    return output;
  },
};
