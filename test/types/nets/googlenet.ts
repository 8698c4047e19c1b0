/** GoogLeNet (Szegedy et al. 2014): a block with four branches, generic over its input. */
import {
  concatenate,
  conv2d,
  dense,
  dropout,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const conv = <F extends number, K extends number, St extends number = 1>(filters: F, kernelSize: K, strides?: St) =>
  conv2d({ filters, kernelSize, strides, padding: "same", activation: "relu" });
const pool = maxPool2d({ poolSize: 3, strides: 2, padding: "same" });
const inception =
  <A extends number, B0 extends number, B extends number, C0 extends number, C extends number, D extends number>(
    one: A,
    three: readonly [B0, B],
    five: readonly [C0, C],
    pooled: D,
  ) =>
  <S extends Shape>(x: Expr<S>) =>
    concatenate([
      pipe(x, conv(one, 1)),
      pipe(x, conv(three[0], 1), conv(three[1], 3)),
      pipe(x, conv(five[0], 1), conv(five[1], 5)),
      pipe(x, maxPool2d({ poolSize: 3, strides: 1, padding: "same" }), conv(pooled, 1)),
    ]);

const stem = pipe(input([224, 224, 3]), conv(64, 7, 2), pool, conv(64, 1), conv(192, 3), pool);
const first = pipe(stem, inception(64, [96, 128], [16, 32], 32));
const stage3 = pipe(first, inception(128, [128, 192], [32, 96], 64), pool);
const stage4 = pipe(
  stage3,
  inception(192, [96, 208], [16, 48], 64),
  inception(160, [112, 224], [24, 64], 64),
  inception(128, [128, 256], [24, 64], 64),
  inception(112, [144, 288], [32, 64], 64),
  inception(256, [160, 320], [32, 128], 128),
  pool,
);
const stage5 = pipe(stage4, inception(256, [160, 320], [32, 128], 128), inception(384, [192, 384], [48, 128], 128));
export const googlenet = pipe(
  stage5,
  globalAvgPool2d,
  dropout({ rate: 0.4 }),
  dense({ units: 1000, activation: "softmax" }),
);
export type GoogLeNet = [
  Holds<Same<typeof stem, Expr<[28, 28, 192]>>>,
  Holds<Same<typeof first, Expr<[28, 28, 256]>>>,
  Holds<Same<typeof stage3, Expr<[14, 14, 480]>>>,
  Holds<Same<typeof stage4, Expr<[7, 7, 832]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 1024]>>>,
  Holds<Same<typeof googlenet, Probabilities<[1000]>>>,
];
