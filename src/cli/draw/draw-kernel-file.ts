/** `svertka draw kernel.npy`: a kernel that somebody made by hand. */
import { basename } from "node:path";
import { orReject, orThrow } from "../../errors.js";
import { f32 } from "../../data/nd-array.js";
import { readBytes } from "../../io/node.js";
import { readNpy } from "../../io/npy.js";
import type { Drawing } from "../../viz/drawing.js";
import { kernelGrid } from "../../viz/kernel-grid.js";
import type { DrawCall, DrawKind } from "./kind.js";

const draw = async ({ argument, theme }: DrawCall): Promise<Drawing> => {
  const { shape, data } = orThrow(readNpy(await orReject(readBytes(argument)), argument));
  const title = `${basename(argument)} [${shape.join(", ")}]`;
  return orThrow(kernelGrid({ title, kernel: f32(shape, Float32Array.from(data)), theme }));
};

export const drawKernelFile: DrawKind = {
  name: "a kernel",
  isMeant: ({ argument }) => /\.npy$/i.test(argument),
  flags: [],
  draw,
};
