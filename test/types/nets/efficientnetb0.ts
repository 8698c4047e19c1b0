/** EfficientNet-B0 (Tan & Le 2019), table 1; without the normalisation of the input that is in Keras's model. */
import {
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  flow,
  globalAvgPool2d,
  input,
  multiply,
  pipe,
  reshape,
  residualOf,
  sequential,
  silu,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const conv = <F extends number, K extends number, St extends number = 1>(filters: F, kernelSize: K, strides?: St) =>
  sequential(conv2d({ filters, kernelSize, strides, padding: "same", useBias: false }), batchNormalization());
const depthwise = <K extends number, St extends number = 1>(kernelSize: K, strides?: St) =>
  sequential(depthwiseConv2d({ kernelSize, strides, padding: "same", useBias: false }), batchNormalization(), silu);
/** Squeezed to a quarter of the channels that come into the block, not of the wide ones. */
const gate =
  <W extends number>(wide: W, squeezed: number) =>
  <S extends Shape>(x: Expr<S>) =>
    multiply(
      x,
      pipe(
        x,
        globalAvgPool2d,
        dense({ units: squeezed, activation: "silu" }),
        dense({ units: wide, activation: "sigmoid" }),
        reshape({ targetShape: [1, 1, wide] }),
      ),
    );
/** The first block of a stage. */
const down = <W extends number, F extends number, K extends number, St extends number = 1>(
  [wide, squeezed]: readonly [W, number],
  filters: F,
  kernelSize: K,
  strides?: St,
) => flow(conv(wide, 1), silu, depthwise(kernelSize, strides), gate(wide, squeezed), conv(filters, 1));
/** The others. */
const keep = <W extends number, F extends number, K extends number>(
  [wide, squeezed]: readonly [W, number],
  filters: F,
  kernelSize: K,
) => residualOf(flow(conv(wide, 1), silu, depthwise(kernelSize), gate(wide, squeezed), conv(filters, 1)));

const stem = pipe(input([224, 224, 3]), conv(32, 3, 2), silu);
const stage1 = pipe(stem, depthwise(3), gate(32, 8), conv(16, 1));
const stage2 = pipe(stage1, down([96, 4], 24, 3, 2), keep([144, 6], 24, 3));
const stage3 = pipe(stage2, down([144, 6], 40, 5, 2), keep([240, 10], 40, 5));
const stage4 = pipe(stage3, down([240, 10], 80, 3, 2), keep([480, 20], 80, 3), keep([480, 20], 80, 3));
const stage5 = pipe(stage4, down([480, 20], 112, 5), keep([672, 28], 112, 5), keep([672, 28], 112, 5));
const unit6 = keep([1152, 48], 192, 5);
const stage6 = pipe(stage5, down([672, 28], 192, 5, 2), unit6, unit6, unit6);
const stage7 = pipe(stage6, down([1152, 48], 320, 3));
const features = pipe(stage7, conv(1280, 1), silu);
export const efficientnetb0 = pipe(
  features,
  globalAvgPool2d,
  dropout({ rate: 0.2 }),
  dense({ units: 1000, activation: "softmax" }),
);
export type EfficientNetB0 = [
  Holds<Same<typeof stem, Expr<[112, 112, 32]>>>,
  Holds<Same<typeof stage1, Expr<[112, 112, 16]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 24]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 40]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 80]>>>,
  Holds<Same<typeof stage5, Expr<[14, 14, 112]>>>,
  Holds<Same<typeof stage6, Expr<[7, 7, 192]>>>,
  Holds<Same<typeof stage7, Expr<[7, 7, 320]>>>,
  Holds<Same<typeof features, Expr<[7, 7, 1280]>>>,
  Holds<Same<typeof efficientnetb0, Probabilities<[1000]>>>,
];
