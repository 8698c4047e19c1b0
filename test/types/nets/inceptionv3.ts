/** Inception-v3 (Szegedy et al. 2015), table 1, in Keras's form: branches of n x 1 and 1 x n convolutions. */
import {
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  relu,
  sequential,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

type Kernel = number | readonly [number, number];
const normalize = batchNormalization({ scale: false });
const conv = <F extends number, const K extends Kernel>(filters: F, kernelSize: K) =>
  sequential(conv2d({ filters, kernelSize, padding: "same", useBias: false }), normalize, relu);
const reduce = <F extends number>(filters: F) =>
  sequential(conv2d({ filters, kernelSize: 3, strides: 2, useBias: false }), normalize, relu);
const valid = <F extends number, K extends number>(filters: F, kernelSize: K) =>
  sequential(conv2d({ filters, kernelSize, useBias: false }), normalize, relu);
const pooled = <F extends number>(filters: F) =>
  sequential(avgPool2d({ poolSize: 3, strides: 1, padding: "same" }), conv(filters, 1));
const pool = maxPool2d({ poolSize: 3, strides: 2 });

const fine =
  <P extends number>(filters: P) =>
  <S extends Shape>(x: Expr<S>) =>
    concatenate([
      pipe(x, conv(64, 1)),
      pipe(x, conv(48, 1), conv(64, 5)),
      pipe(x, conv(64, 1), conv(96, 3), conv(96, 3)),
      pipe(x, pooled(filters)),
    ]);
const middle =
  <F extends number>(filters: F) =>
  <S extends Shape>(x: Expr<S>) =>
    concatenate([
      pipe(x, conv(192, 1)),
      pipe(x, conv(filters, 1), conv(filters, [1, 7]), conv(192, [7, 1])),
      pipe(x, conv(filters, 1), conv(filters, [7, 1]), conv(filters, [1, 7]), conv(filters, [7, 1]), conv(192, [1, 7])),
      pipe(x, pooled(192)),
    ]);
const coarse = <S extends Shape>(x: Expr<S>) => {
  const three = pipe(x, conv(384, 1));
  const double = pipe(x, conv(448, 1), conv(384, 3));
  return concatenate([
    pipe(x, conv(320, 1)),
    pipe(three, conv(384, [1, 3])),
    pipe(three, conv(384, [3, 1])),
    pipe(double, conv(384, [1, 3])),
    pipe(double, conv(384, [3, 1])),
    pipe(x, pooled(192)),
  ]);
};

const stem = pipe(input([299, 299, 3]), reduce(32), valid(32, 3), conv(64, 3), pool, valid(80, 1), valid(192, 3), pool);
const mixed0 = pipe(stem, fine(32));
const mixed2 = pipe(mixed0, fine(64), fine(64));
const mixed3 = concatenate([
  pipe(mixed2, reduce(384)),
  pipe(mixed2, conv(64, 1), conv(96, 3), reduce(96)),
  pipe(mixed2, pool),
]);
const mixed7 = pipe(mixed3, middle(128), middle(160), middle(160), middle(192));
const mixed8 = concatenate([
  pipe(mixed7, conv(192, 1), reduce(320)),
  pipe(mixed7, conv(192, 1), conv(192, [1, 7]), conv(192, [7, 1]), reduce(192)),
  pipe(mixed7, pool),
]);
const mixed10 = pipe(mixed8, coarse, coarse);
export const inceptionv3 = pipe(mixed10, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type InceptionV3 = [
  Holds<Same<typeof stem, Expr<[35, 35, 192]>>>,
  Holds<Same<typeof mixed0, Expr<[35, 35, 256]>>>,
  Holds<Same<typeof mixed2, Expr<[35, 35, 288]>>>,
  Holds<Same<typeof mixed3, Expr<[17, 17, 768]>>>,
  Holds<Same<typeof mixed7, Expr<[17, 17, 768]>>>,
  Holds<Same<typeof mixed8, Expr<[8, 8, 1280]>>>,
  Holds<Same<typeof mixed10, Expr<[8, 8, 2048]>>>,
  Holds<Same<typeof inceptionv3, Probabilities<[1000]>>>,
];
