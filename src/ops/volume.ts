/** Volumes as so many images: convolutions over three axes are sums, over the depth of the kernel, of those over two. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { concreteDim, multiplyDims } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";
import { perAxis, type TripleOption } from "../shape/axis-options.js";
import { sliceAxis } from "./axis-steps.js";

export type Triple = readonly [depth: number, height: number, width: number];

/** A number for each axis of a volume. */
export const tripleOf = (value: TripleOption): Triple => {
  const [d = 1, h = 1, w = 1] = perAxis(value, 3);
  return [d, h, w];
};

/** Depth, height, width and channels of a value in NDHWC; shapes are known to fit when a layer is built. */
export const volumeAxes = ({ type: { shape } }: Value): { readonly size: Triple; readonly channels: number } => {
  const [, d, h, w, channels] = shape;
  const known = typeof d === "number" && typeof h === "number" && typeof w === "number" && typeof channels === "number";
  invariant(shape.length === 5 && known, `a volume in NDHWC is needed, got [${shape.join(", ")}]`);
  return { size: [d, h, w], channels };
};

/** [n, d, h, w, c] -> [n · d, h, w, c]. */
export const asImages = (emit: Emit, volume: Value): Value => {
  const [n = "n", d = 1, ...image] = volume.type.shape;
  return emit("reshape", [volume], { shape: [multiplyDims(n, d), ...image] });
};

/** [n · d, h, w, c] -> [n, d, h, w, c], with the batch axis of `like`. */
export const asVolume = (emit: Emit, images: Value, like: Value): Value => {
  const [n = "n"] = like.type.shape;
  const [all = "n", ...image] = images.type.shape;
  return emit("reshape", [images], { shape: [n, concreteDim(all, 1) / concreteDim(n, 1), ...image] });
};

/** The kernel over two axes at one place of its depth. */
export const kernelAt = (emit: Emit, kernel: Value, place: number): Value =>
  emit("reshape", [sliceAxis(emit, kernel, 0, [place, 1])], { shape: kernel.type.shape.slice(1) });

/** The sum of as many terms as there are places. */
export const sumOver = (emit: Emit, places: number, term: (place: number) => Value): Value => {
  let sum = term(0);
  for (let place = 1; place < places; place++) sum = emit("add", [sum, term(place)]);
  return sum;
};
