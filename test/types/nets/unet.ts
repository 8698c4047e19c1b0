/** U-Net (Ronneberger et al. 2015), fig. 1: valid convolutions, features cropped before they are joined; and with "same". */
import {
  concatenate,
  conv2d,
  conv2dTranspose,
  cropping2d,
  input,
  maxPool2d,
  pipe,
  sequential,
  softmax,
  uNetStep,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const twice = <F extends number>(filters: F) =>
  sequential(
    conv2d({ filters, kernelSize: 3, activation: "relu" }),
    conv2d({ filters, kernelSize: 3, activation: "relu" }),
  );
const up =
  <F extends number, C extends number, Left extends Shape>(filters: F, left: Expr<Left>, cropping: C) =>
  <S extends Shape>(x: Expr<S>) =>
    pipe(
      concatenate([
        pipe(left, cropping2d({ cropping })),
        pipe(x, conv2dTranspose({ filters, kernelSize: 2, strides: 2 })),
      ]),
      twice(filters),
    );

const left1 = pipe(input([572, 572, 1]), twice(64));
const left2 = pipe(left1, maxPool2d(), twice(128));
const left3 = pipe(left2, maxPool2d(), twice(256));
const left4 = pipe(left3, maxPool2d(), twice(512));
const bottom = pipe(left4, maxPool2d(), twice(1024));
const right4 = pipe(bottom, up(512, left4, 4));
const right3 = pipe(right4, up(256, left3, 16));
const right2 = pipe(right3, up(128, left2, 40));
const right1 = pipe(right2, up(64, left1, 88));
export const unet = pipe(right1, conv2d({ filters: 2, kernelSize: 1, activation: "softmax" }));

const deepest = sequential(
  conv2d({ filters: 1024, kernelSize: 3, padding: "same", activation: "relu" }),
  conv2d({ filters: 1024, kernelSize: 3, padding: "same", activation: "relu" }),
);
const steps = uNetStep(
  { filters: 64 },
  uNetStep({ filters: 128 }, uNetStep({ filters: 256 }, uNetStep({ filters: 512 }, deepest))),
);
export const unetSame = pipe(input([256, 256, 1]), steps, conv2d({ filters: 2, kernelSize: 1 }), softmax);
export type UNet = [
  Holds<Same<typeof left1, Expr<[568, 568, 64]>>>,
  Holds<Same<typeof left2, Expr<[280, 280, 128]>>>,
  Holds<Same<typeof left3, Expr<[136, 136, 256]>>>,
  Holds<Same<typeof left4, Expr<[64, 64, 512]>>>,
  Holds<Same<typeof bottom, Expr<[28, 28, 1024]>>>,
  Holds<Same<typeof right4, Expr<[52, 52, 512]>>>,
  Holds<Same<typeof right3, Expr<[100, 100, 256]>>>,
  Holds<Same<typeof right2, Expr<[196, 196, 128]>>>,
  Holds<Same<typeof right1, Expr<[388, 388, 64]>>>,
  Holds<Same<typeof unet, Probabilities<[388, 388, 2]>>>,
  Holds<Same<typeof unetSame, Probabilities<[256, 256, 2]>>>,
];
