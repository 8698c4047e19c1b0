/** ResNet-18 (He et al. 2015) from the blocks library: torchvision's, whose 11,689,512 parameters have no moving statistics. */
import {
  basicBlock,
  batchNormalization,
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

const stem = pipe(
  input([224, 224, 3]),
  conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: 3, useBias: false }),
  batchNormalization(),
  relu,
  maxPool2d({ poolSize: 3, strides: 2, padding: 1 }),
);
const stage2 = pipe(stem, basicBlock({ filters: 64 }), basicBlock({ filters: 64 }));
const stage3 = pipe(stage2, basicBlock({ filters: 128, strides: 2 }), basicBlock({ filters: 128 }));
const stage4 = pipe(stage3, basicBlock({ filters: 256, strides: 2 }), basicBlock({ filters: 256 }));
const stage5 = pipe(stage4, basicBlock({ filters: 512, strides: 2 }), basicBlock({ filters: 512 }));
export const resnet18 = pipe(stage5, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type ResNet18 = [
  Holds<Same<typeof stem, Expr<[56, 56, 64]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 64]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 128]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 256]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 512]>>>,
  Holds<Same<typeof resnet18, Probabilities<[1000]>>>,
];
