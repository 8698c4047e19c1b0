/** A small convnet as a module, and arrays for it: three classes of pictures that follow from a formula. */
import { f32, i32, u8, type NdArray } from "../../src/data/index.js";
import { writeNpy } from "../../src/io/index.js";
import type { Workspace } from "./harness.js";

export const classes = 3;

/** A bright row for each class, on uneven ground. */
export const pictures = (count: number): NdArray<"f32"> =>
  f32(
    [count, 6, 5, 1],
    Float32Array.from({ length: count * 30 }, (_, i) => {
      const picture = Math.floor(i / 30);
      return Math.floor((i % 30) / 5) === picture % classes ? 0.9 : ((i * 7919 + picture * 31) % 97) / 250;
    }),
  );

export const labelsOf = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i % classes);

/** Class numbers as NumPy writes them for `dtype=int64`. */
const int64 = (values: Int32Array): Uint8Array => {
  const file = writeNpy(i32([values.length], values));
  const text = new TextDecoder("latin1").decode(file).replace("<i4", "<i8");
  const head = Uint8Array.from(text.slice(0, file.length - values.byteLength), (letter) => letter.charCodeAt(0));
  const body = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return Uint8Array.from([...head, ...body]);
};

export interface ArrayFiles {
  readonly x: string;
  readonly y: string;
}

/** x.npy and y.npy under a name, with class numbers of that kind. */
export const writeArrays = (
  { file }: Workspace,
  name: string,
  count: number,
  kind: "u8" | "i32" | "i64" | "f32" = "u8",
): ArrayFiles => {
  const labels = labelsOf(count);
  const bytes = {
    u8: () => writeNpy(u8([count], Uint8Array.from(labels))),
    i32: () => writeNpy(i32([count, 1], labels)),
    i64: () => int64(labels),
    f32: () => writeNpy(f32([count], Float32Array.from(labels))),
  };
  return { x: file(`${name}-x.npy`, writeNpy(pictures(count))), y: file(`${name}-y.npy`, bytes[kind]()) };
};

/** `layer` stands behind the convolution, `end` is the last. */
export const netText = (layer = "relu", end = `dense({ units: ${classes} }), softmax`): string => `
import { batchNormalization, conv2d, dense, dropout, flatten, input, model, pipe, relu, softmax } from "svertka";
export default model(pipe(
  input([6, 5, 1]), conv2d({ filters: 2, kernelSize: 3 }), ${layer}, flatten, ${end},
));
`;
