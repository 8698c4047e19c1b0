/** What the separable convolutions share: their two kernels, and the convolution of a single cell. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { SeparableOptions } from "./convolution-options.js";
import { glorotUniform } from "./initializers.js";
import type { LayerBuilder } from "./layer.js";

type Request = Pick<
  SeparableOptions<number, unknown, unknown, unknown, unknown, number, unknown>,
  | "filters"
  | "depthMultiplier"
  | "depthwiseInitializer"
  | "depthwiseRegularizer"
  | "pointwiseInitializer"
  | "pointwiseRegularizer"
> & { readonly window: readonly number[]; readonly channels: number };

/** The weights `depthwiseKernel` [...window, c, m] and `pointwiseKernel` [1 …, c · m, filters]. */
export const separableKernels = (
  { parameter }: LayerBuilder,
  { window, channels, filters, depthMultiplier = 1, ...options }: Request,
): { readonly depthwise: Value; readonly pointwise: Value } => ({
  depthwise: parameter("depthwiseKernel", [...window, channels, depthMultiplier], {
    initializer: options.depthwiseInitializer ?? glorotUniform,
    regularizer: options.depthwiseRegularizer,
  }),
  pointwise: parameter("pointwiseKernel", [...window.map(() => 1), channels * depthMultiplier, filters], {
    initializer: options.pointwiseInitializer ?? glorotUniform,
    regularizer: options.pointwiseRegularizer,
  }),
});

/** A convolution of a single cell: the channels of each cell mixed. */
export const pointwise = (emit: Emit, x: Value, kernel: Value): Value =>
  emit("conv2d", [x, kernel], {
    strides: [1, 1],
    pads: [
      [0, 0],
      [0, 0],
    ],
    dilations: [1, 1],
    groups: 1,
  });
