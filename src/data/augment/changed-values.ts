/** Pictures with other numbers in the same places. */
import type { Picture } from "./picture-map.js";

/** The picture with other numbers. */
export const withData = (picture: Picture, data: Float32Array): Picture => ({ ...picture, data });

/** A number inside a range. */
export const clip = (value: number, least: number, greatest: number): number =>
  value < least ? least : value > greatest ? greatest : value;
