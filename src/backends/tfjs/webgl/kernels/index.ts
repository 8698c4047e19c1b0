/** The own kernels of the webgl backend by name. */
import { argMax } from "./arg-max.js";
import { cast } from "./cast.js";
import { elementwise } from "./elementwise.js";
import { fill } from "./fill.js";
import type { WebglKernel } from "./kernel.js";
import { pad } from "./pad.js";
import { avgPool2dGradient, maxPool2dGradient } from "./pool-gradients.js";
import { avgPool2d, maxPool2d } from "./pools.js";
import { softmax } from "./softmax.js";
import { threefryUniform } from "./threefry-uniform.js";

export const webglKernels: Readonly<Record<string, WebglKernel>> = {
  argMax,
  cast,
  elementwise,
  fill,
  threefryUniform,
  avgPool2d,
  maxPool2d,
  avgPool2dGradient,
  maxPool2dGradient,
  pad,
  softmax,
};
