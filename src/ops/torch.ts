/** How PyTorch keeps a layer's weights: their names and the order of their axes, for reading its files. */

export interface TorchWeight {
  /** `weight`, after the module's path and a dot. */
  readonly name: string;
  /** Which of PyTorch's axes each of ours is; the same order where it is not said. */
  readonly axes?: readonly number[];
  /**
   * Where PyTorch has one axis for several of ours: its shape, and the same elements with as many axes as ours, to which
   * `axes` refers.
   */
  readonly shapes?: (ours: readonly number[]) => {
    readonly torch: readonly number[];
    readonly split: readonly number[];
  };
  /** Whether our first axis counts the elements of the layer's input: of a flattened image PyTorch has channels first. */
  readonly countsInput?: true;
}

export interface TorchMapping {
  readonly kind: "torch";
  /** The word of the layer. */
  readonly word: string;
  /** By the layer's own names. */
  readonly weights: Readonly<Record<string, TorchWeight>>;
}

// Constants, not functions: a bundler leaves out what nobody reads.

/** [k…, in, out] from [out, in, k…]. */
export const torchKernel1d: TorchWeight = { name: "weight", axes: [2, 1, 0] };
export const torchKernel2d: TorchWeight = { name: "weight", axes: [2, 3, 1, 0] };
export const torchKernel3d: TorchWeight = { name: "weight", axes: [2, 3, 4, 1, 0] };

/** [k…, channels, multiplier] from [channels · multiplier, 1, k…]. */
export const depthwiseShapes1d: NonNullable<TorchWeight["shapes"]> = ([k = 1, channels = 1, multiplier = 1]) => ({
  torch: [channels * multiplier, 1, k],
  split: [channels, multiplier, k],
});
export const depthwiseShapes2d: NonNullable<TorchWeight["shapes"]> = ([
  height = 1,
  width = 1,
  channels = 1,
  multiplier = 1,
]) => ({
  torch: [channels * multiplier, 1, height, width],
  split: [channels, multiplier, height, width],
});

export const torchDepthwiseKernel1d: TorchWeight = { name: "weight", axes: [2, 0, 1], shapes: depthwiseShapes1d };
export const torchDepthwiseKernel2d: TorchWeight = { name: "weight", axes: [2, 3, 0, 1], shapes: depthwiseShapes2d };

export const torchBias: TorchWeight = { name: "bias" };

/** The affine map of a normalisation. */
export const torchAffine: TorchMapping["weights"] = {
  gamma: { name: "weight", countsInput: true },
  beta: { name: "bias", countsInput: true },
};
