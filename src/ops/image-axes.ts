/** Height, width and channels of a value in NHWC, where a layer becomes operators. */
import type { Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";

/** The sizes of an image; shapes are known to fit when a layer is built. */
export const imageAxes = ({ type }: Value): { readonly size: readonly [number, number]; readonly channels: number } => {
  const [, h, w, channels] = type.shape;
  invariant(
    type.shape.length === 4 && typeof h === "number" && typeof w === "number" && typeof channels === "number",
    `an image in NHWC is needed, got [${type.shape.join(", ")}]`,
  );
  return { size: [h, w], channels };
};

/** The size of the last axis, on which dense kernels and normalisations depend. */
export const lastAxis = ({ type }: Value): number => {
  const size = type.shape.at(-1);
  invariant(typeof size === "number", `a last axis with a number is needed, got [${type.shape.join(", ")}]`);
  return size;
};
