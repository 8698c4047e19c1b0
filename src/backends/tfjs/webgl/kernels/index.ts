/** The own kernels of the webgl backend by name. */
import { avgPool2dGradient } from "./avg-pool-2d-gradient.js";
import { elementwise } from "./elementwise.js";
import { fill } from "./fill.js";
import type { WebglKernel } from "./kernel.js";
import { threefryUniform } from "./threefry-uniform.js";

export const webglKernels: Readonly<Record<string, WebglKernel>> = {
  elementwise,
  fill,
  threefryUniform,
  avgPool2dGradient,
};
