/** ResNet-50 (He et al. 2015; strides as in torchvision) as one `sequential`, and the names and shapes of its weights. */
import {
  batchNormalization,
  bottleneckBlock,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  maxPool2d,
  model,
  named,
  relu,
  sequential,
  zeroPadding2d,
  type Holds,
  type Params,
  type Same,
} from "../vocabulary.js";

const stage2 = sequential(
  bottleneckBlock({ filters: 64 }),
  bottleneckBlock({ filters: 64 }),
  bottleneckBlock({ filters: 64 }),
);
const resnet50 = sequential(
  zeroPadding2d({ padding: 3 }),
  conv2d({ filters: 64, kernelSize: 7, strides: 2, useBias: false }),
  batchNormalization(),
  relu,
  zeroPadding2d(),
  maxPool2d({ poolSize: 3, strides: 2 }),
  stage2,
  bottleneckBlock({ filters: 128, strides: 2 }),
  bottleneckBlock({ filters: 128 }),
  bottleneckBlock({ filters: 128 }),
  bottleneckBlock({ filters: 128 }),
  bottleneckBlock({ filters: 256, strides: 2 }),
  bottleneckBlock({ filters: 256 }),
  bottleneckBlock({ filters: 256 }),
  bottleneckBlock({ filters: 256 }),
  bottleneckBlock({ filters: 256 }),
  bottleneckBlock({ filters: 256 }),
  named("stage5", sequential(bottleneckBlock({ filters: 512, strides: 2 }), bottleneckBlock({ filters: 512 }))),
  bottleneckBlock({ filters: 512 }),
  globalAvgPool2d,
  dense({ units: 1000, activation: "softmax" }),
);
export const net = model(input([224, 224, 3]), resnet50);
type Weights = Params<typeof net>;
export type ResNet50 = [
  Holds<Same<Weights["conv2d/kernel"], [7, 7, 3, 64]>>,
  Holds<Same<Weights["batchNormalization_45/movingVariance"], [2048]>>,
  Holds<Same<Weights["conv2d_45/kernel"], [1, 1, 512, 2048]>>,
  Holds<Same<Weights["stage5/conv2d_3/kernel"], [1, 1, 1024, 2048]>>,
  Holds<Same<Weights["dense/bias"], [1000]>>,
];
