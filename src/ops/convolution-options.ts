/** The options of the convolution layers, whatever the number of axes; words and defaults are Keras's. */
import type { Initializer } from "./initializers.js";
import type { Regularizer } from "./layer.js";
import type { BiasOptions } from "./with-bias.js";

interface WindowOptions<K, St, P, D, A, B> extends BiasOptions<A, B> {
  readonly kernelSize: K;
  readonly strides?: St | undefined;
  readonly padding?: P | undefined;
  readonly dilationRate?: D | undefined;
}

interface StrictOption<X> {
  /** Whether cells that no window holds are an error; see `strict`. */
  readonly strict?: X | undefined;
}

interface KernelOptions {
  readonly kernelInitializer?: Initializer | undefined;
  readonly kernelRegularizer?: Regularizer | undefined;
}

/** Options of conv1d and conv3d. */
export interface ConvolutionOptions<F, K, St, P, D, G, A, X = boolean, B = boolean>
  extends WindowOptions<K, St, P, D, A, B>, KernelOptions, StrictOption<X> {
  readonly filters: F;
  readonly groups?: G | undefined;
}

/** Options of depthwiseConv1d and depthwiseConv2d. */
export interface DepthwiseOptions<K, St, P, D, M, A, X = boolean, B = boolean>
  extends WindowOptions<K, St, P, D, A, B>, StrictOption<X> {
  /** Output channels for each input channel. */
  readonly depthMultiplier?: M | undefined;
  readonly depthwiseInitializer?: Initializer | undefined;
  readonly depthwiseRegularizer?: Regularizer | undefined;
}

/** Options of separableConv1d and separableConv2d. */
export interface SeparableOptions<F, K, St, P, D, M, A, X = boolean, B = boolean> extends DepthwiseOptions<
  K,
  St,
  P,
  D,
  M,
  A,
  X,
  B
> {
  readonly filters: F;
  readonly pointwiseInitializer?: Initializer | undefined;
  readonly pointwiseRegularizer?: Regularizer | undefined;
}

/** Options of conv1dTranspose, conv2dTranspose and conv3dTranspose. */
export interface TransposedOptions<F, K, St, P, O, D, A, B = boolean>
  extends WindowOptions<K, St, P, D, A, B>, KernelOptions {
  readonly filters: F;
  /** Cells added after the result, fewer than the stride; null keeps the stride's rest. */
  readonly outputPadding?: O | undefined;
}
