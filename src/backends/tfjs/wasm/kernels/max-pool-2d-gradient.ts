/**
 * `maxPool2dGradient`: inputs x, y, dy (NHWC), attributes poolSize, strides, pads; gives dx.
 *
 * Law     dy goes to the first pixel of each window, in row-major order, that equals its maximum y (TensorFlow's MaxPoolGrad).
 *         A window whose maximum is NaN gives its dy to nobody.
 */
import { i32, v128, i32x4, f32x4, wasmFunction, type WasmFunction } from "../assembler/index.js";
import { addressOf, bytesOf, compile, inputAt, makeOutput, planner, shape4, sizeOf, type OwnKernel } from "./kernel.js";
import { windowLoops } from "./window/loops.js";
import { overlaps, tiles, windowShape, type WindowShape } from "./window/shape.js";

const source = (shape: WindowShape): WasmFunction =>
  wasmFunction("maxPool2dGradient", ["batch", "x", "y", "dy", "dx"], ({ batch, x, y, dy, dx }, locals) => {
    const [maximum, gradient, open, mask] = ["maximum", "gradient", "open", "mask"].map((name) => locals.v128(name));
    if (maximum === undefined || gradient === undefined || open === undefined || mask === undefined) return [];
    const none = locals.v128("none");
    const [toDy, toDx] = [locals.i32("toDy"), locals.i32("toDx")];
    return [
      none.set(i32x4.const(-1)),
      toDy.set(i32.sub(dy, y)),
      toDx.set(i32.sub(dx, x)),
      ...windowLoops(shape, locals, {
        image: x,
        out: y,
        batch,
        start: (at, { load }) => [maximum.set(load(at)), gradient.set(load(i32.add(at, toDy))), open.set(none)],
        pixel: (at, offset, { load, store }) => {
          const target = i32.add(at, toDx);
          const share = v128.and(gradient, mask);
          return [
            mask.set(v128.and(f32x4.eq(load(at, offset), maximum), open)),
            store(target, overlaps(shape) ? f32x4.add(load(target, offset), share) : share, offset),
            open.set(v128.andnot(open, mask)),
          ];
        },
      }),
    ];
  });

const planOf = planner((call) => {
  const [, height, width] = shape4(inputAt(call, 0).shape);
  const shape = windowShape(call, [height, width], inputAt(call, 1));
  const run = compile(call.backend, `maxPool2dGradient ${JSON.stringify(shape)}`, () => source(shape));
  return { run, covered: tiles(shape) };
});

export const maxPool2dGradient: OwnKernel = {
  name: "maxPool2dGradient",
  run: (call) => {
    const { backend } = call;
    const [x, y, dy] = [inputAt(call, 0), inputAt(call, 1), inputAt(call, 2)];
    const { run, covered } = planOf(call);
    const output = makeOutput(backend, call.output);
    const dx = addressOf(backend, output);
    if (!covered) bytesOf(backend).fill(0, dx, dx + 4 * sizeOf(x.shape));
    run(x.shape[0] ?? 0, addressOf(backend, x), addressOf(backend, y), addressOf(backend, dy), dx);
    return output;
  },
};
