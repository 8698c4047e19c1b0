/** `fill`: a tensor of one number, or of the numbers given; it is uploaded when a shader first reads it. */
import type { WebgpuKernel } from "./kernel.js";

export const fill: WebgpuKernel =
  (backend) =>
  (_inputs, { dtype, shape }, { value }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = Array.isArray(value) ? value.map(Number) : Array.from({ length: size }, () => Number(value));
    return dtype === "i32"
      ? backend.makeTensorInfo([...shape], "int32", Int32Array.from(numbers))
      : backend.makeTensorInfo([...shape], "float32", Float32Array.from(numbers));
  };
