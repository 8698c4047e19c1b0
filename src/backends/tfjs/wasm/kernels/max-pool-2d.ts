/**
 * `maxPool2d`: input x (NHWC), attributes poolSize, strides, pads; gives the largest pixel of each window, channel by channel.
 *
 * Law     pixels outside the image count as -∞; a NaN in a window is its maximum. Of 0 and −0 it is the first.
 * Way     V8 makes eight instructions of `max` on x86-64, one of `pmax`, which passes over NaN: that is watched for apart.
 */
import { f32x4, v128, wasmFunction, type WasmFunction } from "../assembler/index.js";
import { addressOf, compile, inputAt, makeOutput, planner, shape4, sizeOf, type OwnKernel } from "./kernel.js";
import { windowLoops } from "./window/loops.js";
import { windowShape, type WindowShape } from "./window/shape.js";

const source = (shape: WindowShape): WasmFunction =>
  wasmFunction("maxPool2d", ["batch", "x", "y"], ({ batch, x, y }, locals) => {
    const [maximum, value, nan] = [locals.v128("maximum"), locals.v128("value"), locals.v128("nan")];
    return windowLoops(shape, locals, {
      image: x,
      out: y,
      batch,
      start: () => [maximum.set(f32x4.const(-Infinity)), nan.set(f32x4.const(0))],
      pixel: (at, offset, { load }) => [
        value.set(load(at, offset)),
        maximum.set(f32x4.pmax(maximum, value)),
        nan.set(v128.or(nan, f32x4.ne(value, value))),
      ],
      // All bits set is a NaN.
      end: (at, { store }) => [store(at, v128.or(maximum, nan))],
    });
  });

const planOf = planner((call) => {
  const [, height, width] = shape4(inputAt(call, 0).shape);
  const shape = windowShape(call, [height, width], call.output);
  return compile(call.backend, `maxPool2d ${JSON.stringify(shape)}`, () => source(shape));
});

export const maxPool2d: OwnKernel = {
  name: "maxPool2d",
  run: (call) => {
    const { backend, output } = call;
    const x = inputAt(call, 0);
    const made = makeOutput(backend, output);
    if (sizeOf(output.shape) > 0) planOf(call)(x.shape[0] ?? 0, addressOf(backend, x), addressOf(backend, made));
    return made;
  },
};
