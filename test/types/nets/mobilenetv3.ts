/** MobileNetV3-Large (Howard et al. 2019), table 1: widths are given, gates squeeze by about four. */
import {
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  flow,
  globalAvgPool2d,
  hardSwish,
  input,
  multiply,
  pipe,
  relu,
  reshape,
  residual,
  residualOf,
  sequential,
  type AnyLayer,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const conv = <F extends number, K extends number = 1, St extends number = 1>(filters: F, kernelSize: K, strides?: St) =>
  sequential(conv2d({ filters, kernelSize, strides, padding: "same", useBias: false }), batchNormalization());
const depthwise = <K extends number, St extends number = 1>(kernelSize: K, strides?: St) =>
  sequential(depthwiseConv2d({ kernelSize, strides, padding: "same", useBias: false }), batchNormalization());
const gate =
  <W extends number>(wide: W, squeezed: number) =>
  <S extends Shape>(x: Expr<S>) =>
    multiply(
      x,
      pipe(
        x,
        globalAvgPool2d,
        dense({ units: squeezed, activation: "relu" }),
        dense({ units: wide, activation: "hardSigmoid" }),
        reshape({ targetShape: [1, 1, wide] }),
      ),
    );

/** Without a gate. */
const block = <W extends number, F extends number, A extends AnyLayer, St extends number = 1>(
  wide: W,
  filters: F,
  activation: A,
  strides?: St,
) => sequential(conv(wide, 1), activation, depthwise(3, strides), activation, conv(filters, 1));
const widen = <W extends number, K extends number, A extends AnyLayer, St extends number = 1>(
  wide: W,
  kernelSize: K,
  activation: A,
  strides?: St,
) => sequential(conv(wide, 1), activation, depthwise(kernelSize, strides), activation);

const stem = pipe(input([224, 224, 3]), conv(16, 3, 2), hardSwish, residual(depthwise(3), relu, conv(16, 1)));
const stage2 = pipe(stem, block(64, 24, relu, 2), residual(block(72, 24, relu)));
const down3 = pipe(stage2, widen(72, 5, relu, 2), gate(72, 24), conv(40, 1));
const unit3 = flow(widen(120, 5, relu), gate(120, 32), conv(40, 1));
const stage3 = pipe(down3, residualOf(unit3), residualOf(unit3));
const wide4 = pipe(stage3, block(240, 80, hardSwish, 2), residual(block(200, 80, hardSwish)));
const stage4 = pipe(wide4, residual(block(184, 80, hardSwish)), residual(block(184, 80, hardSwish)));
const unit5 = flow(widen(672, 3, hardSwish), gate(672, 168), conv(112, 1));
const stage5 = pipe(stage4, widen(480, 3, hardSwish), gate(480, 120), conv(112, 1), residualOf(unit5));
const unit6 = flow(widen(960, 5, hardSwish), gate(960, 240), conv(160, 1));
const down6 = pipe(stage5, widen(672, 5, hardSwish, 2), gate(672, 168), conv(160, 1));
const stage6 = pipe(down6, residualOf(unit6), residualOf(unit6));
const features = pipe(stage6, conv(960, 1), hardSwish);
export const mobilenetv3 = pipe(
  features,
  globalAvgPool2d,
  dense({ units: 1280, activation: "hardSwish" }),
  dense({ units: 1000, activation: "softmax" }),
);
export type MobileNetV3 = [
  Holds<Same<typeof stem, Expr<[112, 112, 16]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 24]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 40]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 80]>>>,
  Holds<Same<typeof stage5, Expr<[14, 14, 112]>>>,
  Holds<Same<typeof stage6, Expr<[7, 7, 160]>>>,
  Holds<Same<typeof features, Expr<[7, 7, 960]>>>,
  Holds<Same<typeof mobilenetv3, Probabilities<[1000]>>>,
];
