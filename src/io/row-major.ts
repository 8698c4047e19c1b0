/** Turns column-major (Fortran) data into row-major. */
import { sizeOf, zeros, type NdArray } from "../data/nd-array.js";

/** The same array, read as column-major: the first index moves fastest in `array.data`, the last in the result. */
export const toRowMajor = (array: NdArray): NdArray => {
  const { shape, data } = array;
  const out = zeros(array.dtype, shape);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const place = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out.data[to] = data[from] ?? 0;
    // Count up like an odometer, last axis first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const extent = shape[axis] ?? 1;
      from += stride;
      place[axis] = (place[axis] ?? 0) + 1;
      if (place[axis] !== extent) break;
      from -= stride * extent;
      place[axis] = 0;
    }
  }
  return out;
};
