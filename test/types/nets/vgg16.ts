/** VGG16 (Simonyan & Zisserman 2014): thirteen convolutions, five poolings, three dense layers. */
import {
  conv2d,
  dense,
  flatten,
  input,
  maxPool2d,
  pipe,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

const conv = <F extends number>(filters: F) => conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" });

const stage1 = pipe(input([224, 224, 3]), conv(64), conv(64), maxPool2d());
const stage2 = pipe(stage1, conv(128), conv(128), maxPool2d());
const stage3 = pipe(stage2, conv(256), conv(256), conv(256), maxPool2d());
const stage4 = pipe(stage3, conv(512), conv(512), conv(512), maxPool2d());
const stage5 = pipe(stage4, conv(512), conv(512), conv(512), maxPool2d());
const flat = pipe(stage5, flatten);
export const vgg16 = pipe(
  flat,
  dense({ units: 4096, activation: "relu" }),
  dense({ units: 4096, activation: "relu" }),
  dense({ units: 1000, activation: "softmax" }),
);
export type Vgg16 = [
  Holds<Same<typeof stage1, Expr<[112, 112, 64]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 128]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 256]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 512]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 512]>>>,
  Holds<Same<typeof flat, Expr<[25088]>>>,
  Holds<Same<typeof vgg16, Probabilities<[1000]>>>,
];
