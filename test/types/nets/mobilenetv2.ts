/** MobileNetV2 (Sandler et al. 2018), table 2. */
import {
  batchNormalization,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  invertedResidual,
  pipe,
  relu6,
  sequential,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

const conv = <F extends number, K extends number, St extends number = 1>(filters: F, kernelSize: K, strides?: St) =>
  sequential(conv2d({ filters, kernelSize, strides, padding: "same", useBias: false }), batchNormalization(), relu6);
const block = <F extends number, St extends number = 1>(filters: F, strides?: St) =>
  invertedResidual({ filters, strides });

const stem = pipe(input([224, 224, 3]), conv(32, 3, 2), invertedResidual({ filters: 16, expansion: 1 }));
const stage2 = pipe(stem, block(24, 2), block(24));
const stage3 = pipe(stage2, block(32, 2), block(32), block(32));
const stage4 = pipe(stage3, block(64, 2), block(64), block(64), block(64), block(96), block(96), block(96));
const stage5 = pipe(stage4, block(160, 2), block(160), block(160), block(320));
const features = pipe(stage5, conv(1280, 1));
export const mobilenetv2 = pipe(features, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type MobileNetV2 = [
  Holds<Same<typeof stem, Expr<[112, 112, 16]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 24]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 32]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 96]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 320]>>>,
  Holds<Same<typeof features, Expr<[7, 7, 1280]>>>,
  Holds<Same<typeof mobilenetv2, Probabilities<[1000]>>>,
];
