/** ResNet-20 for CIFAR-10 (He et al. 2015, §4.2), with projections where the channels change (option B). */
import {
  basicBlock,
  batchNormalization,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  pipe,
  relu,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

const stem = pipe(
  input([32, 32, 3]),
  conv2d({ filters: 16, kernelSize: 3, padding: "same", useBias: false }),
  batchNormalization(),
  relu,
);
const stage1 = pipe(stem, basicBlock({ filters: 16 }), basicBlock({ filters: 16 }), basicBlock({ filters: 16 }));
const stage2 = pipe(
  stage1,
  basicBlock({ filters: 32, strides: 2 }),
  basicBlock({ filters: 32 }),
  basicBlock({ filters: 32 }),
);
const stage3 = pipe(
  stage2,
  basicBlock({ filters: 64, strides: 2 }),
  basicBlock({ filters: 64 }),
  basicBlock({ filters: 64 }),
);
export const resnet20 = pipe(stage3, globalAvgPool2d, dense({ units: 10, activation: "softmax" }));
export type ResNet20 = [
  Holds<Same<typeof stem, Expr<[32, 32, 16]>>>,
  Holds<Same<typeof stage1, Expr<[32, 32, 16]>>>,
  Holds<Same<typeof stage2, Expr<[16, 16, 32]>>>,
  Holds<Same<typeof stage3, Expr<[8, 8, 64]>>>,
  Holds<Same<typeof resnet20, Probabilities<[10]>>>,
];
