/** Known nets have as many parameters as their publishers count. */
import { describe, expect, test } from "vitest";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { model } from "../../src/dsl/model.js";
import { orThrow } from "../../src/errors.js";
import { summarize } from "../../src/run/summary.js";
import { densenet121 } from "./nets/densenet121.js";
import { efficientnetb0 } from "./nets/efficientnetb0.js";
import { googlenet } from "./nets/googlenet.js";
import { inceptionv3 } from "./nets/inceptionv3.js";
import { lenet } from "./nets/lenet.js";
import { mobilenetv2 } from "./nets/mobilenetv2.js";
import { mobilenetv3 } from "./nets/mobilenetv3.js";
import { resnet101 } from "./nets/resnet101.js";
import { resnet18 } from "./nets/resnet18.js";
import { resnet20 } from "./nets/resnet20.js";
import { resnet50 as resnet50Sequential } from "./nets/resnet50-sequential.js";
import { resnet50 } from "./nets/resnet50.js";
import { resnext50 } from "./nets/resnext50.js";
import { unet } from "./nets/unet.js";
import { vgg16 } from "./nets/vgg16.js";
import { xception } from "./nets/xception.js";

/** Numbers of convolution biases that Keras's ResNet-50 has, and ours with `sequential` has not. */
const biasesOfResNet50 = 26_560;
/** Statistics of the input that Keras's EfficientNet-B0 begins with: means, variances and a count. */
const normalizationOfInput = 7;

/** Parameters and moving statistics, as keras.applications counts them. */
const kerasCounts: readonly (readonly [name: string, net: AnyExpr, count: number])[] = [
  ["VGG16", vgg16, 138_357_544],
  ["ResNet-50", resnet50, 25_636_712],
  ["ResNet-50 without bias", resnet50Sequential, 25_636_712 - biasesOfResNet50],
  ["ResNet-101", resnet101, 44_707_176],
  ["MobileNetV2", mobilenetv2, 3_538_984],
  ["MobileNetV3", mobilenetv3, 5_507_432],
  ["DenseNet-121", densenet121, 8_062_504],
  ["Inception-v3", inceptionv3, 23_851_784],
  ["Xception", xception, 22_910_480],
  ["EfficientNet-B0", efficientnetb0, 5_330_571 - normalizationOfInput],
];
/** Trained parameters only: torchvision's; Caffe's bvlc_googlenet; the papers' architectures, counted by hand. */
const trainedCounts: readonly (readonly [name: string, net: AnyExpr, count: number])[] = [
  ["ResNet-18", resnet18, 11_689_512],
  ["ResNeXt-50", resnext50, 25_028_904],
  ["GoogLeNet", googlenet, 6_998_552],
  ["LeNet-5", lenet, 61_706],
  ["ResNet-20", resnet20, 272_474],
  ["U-Net", unet, 31_030_658],
];

describe("parameters of nets", () => {
  test.each(kerasCounts)("%s as in Keras", (_, net, count) => {
    expect(orThrow(summarize(model(net))).parameters).toBe(count);
  });
  test.each(trainedCounts)("%s", (_, net, count) => {
    expect(orThrow(summarize(model(net))).trainable).toBe(count);
  });
});
