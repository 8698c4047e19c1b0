/** The net of the pages under test, and its data: formulas, so that Node and the page have the same without files. */
import { conv2d, dense, f32, flatten, i32, input, maxPool2d, model, pipe, relu, softmax, type NdArray } from "svertka";

export const net = model(
  pipe(
    input([8, 8, 1]),
    conv2d({ filters: 4, kernelSize: 3 }),
    relu,
    maxPool2d(),
    flatten,
    dense({ units: 2 }),
    softmax,
  ),
);

/** Bright pictures are class 1, dark ones class 0. */
export const pictures = (count: number): { readonly x: NdArray<"f32">; readonly y: NdArray<"i32"> } => ({
  x: f32(
    [count, 8, 8, 1],
    Float32Array.from({ length: 64 * count }, (_, i) => ((i >> 6) % 2) * 0.5 + ((i * 7) % 32) / 64),
  ),
  y: i32(
    [count],
    Int32Array.from({ length: count }, (_, i) => i % 2),
  ),
});

const sizes = { "conv2d/kernel": [3, 3, 1, 4], "conv2d/bias": [4], "dense/kernel": [36, 2], "dense/bias": [2] };

export const weights: ReadonlyMap<string, NdArray<"f32">> = new Map(
  Object.entries(sizes).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [
      name,
      f32(
        shape,
        Float32Array.from({ length: size }, (_, i) => (((i * 37) % 19) - 9) / 20),
      ),
    ];
  }),
);
