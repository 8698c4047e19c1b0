/** ResNeXt-50 32x4d (Xie et al. 2016): bottlenecks whose 3x3 convolution is in 32 groups; torchvision has 25,028,904 parameters. */
import {
  batchNormalization,
  bottleneckBlock,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  relu,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

const unit = <F extends number, St extends number = 1>(filters: F, strides?: St) =>
  bottleneckBlock({ filters, strides, expansion: 2, groups: 32 });

const stem = pipe(
  input([224, 224, 3]),
  conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: 3, useBias: false }),
  batchNormalization(),
  relu,
  maxPool2d({ poolSize: 3, strides: 2, padding: 1 }),
);
const stage2 = pipe(stem, unit(128), unit(128), unit(128));
const stage3 = pipe(stage2, unit(256, 2), unit(256), unit(256), unit(256));
const stage4 = pipe(stage3, unit(512, 2), unit(512), unit(512), unit(512), unit(512), unit(512));
const stage5 = pipe(stage4, unit(1024, 2), unit(1024), unit(1024));
export const resnext50 = pipe(stage5, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type ResNeXt50 = [
  Holds<Same<typeof stem, Expr<[56, 56, 64]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 256]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 512]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 1024]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 2048]>>>,
  Holds<Same<typeof resnext50, Probabilities<[1000]>>>,
];
