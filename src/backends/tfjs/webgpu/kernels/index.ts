/** The own kernels of the webgpu backend by name. */
import { avgPool2dGradient } from "./avg-pool-2d-gradient.js";
import { elementwise } from "./elementwise.js";
import { fill } from "./fill.js";
import type { WebgpuKernel } from "./kernel.js";
import { threefryUniform } from "./threefry-uniform.js";

export const webgpuKernels: Readonly<Record<string, WebgpuKernel>> = {
  elementwise,
  fill,
  threefryUniform,
  avgPool2dGradient,
};
