/** The own kernels of the webgpu backend by name. */
import { elementwise } from "./elementwise.js";
import { fill } from "./fill.js";
import type { WebgpuKernel } from "./kernel.js";
import { pad } from "./pad.js";
import { avgPool2dGradient, maxPool2dGradient } from "./pool-gradients.js";
import { softmax } from "./softmax.js";
import { threefryUniform } from "./threefry-uniform.js";

export const webgpuKernels: Readonly<Record<string, WebgpuKernel>> = {
  elementwise,
  fill,
  threefryUniform,
  avgPool2dGradient,
  maxPool2dGradient,
  pad,
  softmax,
};
