/** Published architectures of test/types/nets, at the smallest images that suit them: full depth and width, little work. */
import type { AnyExpr } from "../../src/dsl/expr.js";
import { model, type Model } from "../../src/dsl/model.js";
import { walk } from "../../src/dsl/walk.js";
import { withShapes } from "../../src/dsl/with-shapes.js";
import { densenet121 } from "../types/nets/densenet121.js";
import { efficientnetb0 } from "../types/nets/efficientnetb0.js";
import { googlenet } from "../types/nets/googlenet.js";
import { inceptionv3 } from "../types/nets/inceptionv3.js";
import { lenet } from "../types/nets/lenet.js";
import { a3 } from "../types/nets/lesson.js";
import { mobilenetv2 } from "../types/nets/mobilenetv2.js";
import { mobilenetv3 } from "../types/nets/mobilenetv3.js";
import { resnet18 } from "../types/nets/resnet18.js";
import { resnet20 } from "../types/nets/resnet20.js";
import { resnet50 } from "../types/nets/resnet50.js";
import { resnext50 } from "../types/nets/resnext50.js";
import { unetSame } from "../types/nets/unet.js";
import { vgg16 } from "../types/nets/vgg16.js";
import { xception } from "../types/nets/xception.js";

export interface Architecture {
  readonly name: string;
  /** At the size of the paper. */
  readonly full: Model<unknown, unknown>;
  /** At the smallest size. */
  readonly small: Model<unknown, unknown>;
}

/** The same expression from an image of another size. */
const resized = (expr: AnyExpr, [height, width]: readonly [height: number, width: number]): AnyExpr => {
  const inputs = walk([expr]).filter(({ "~node": { kind } }) => kind === "input");
  const shapes = new Map(inputs.map((input) => [input, [height, width, input.shape[2] ?? null]]));
  const copy = withShapes([expr], shapes).get(expr);
  if (copy === undefined) throw new Error("the expression was not copied");
  return copy;
};

const architecture = (name: string, expr: AnyExpr, size: number): Architecture => ({
  name,
  full: model(expr),
  small: model(resized(expr, [size, size])),
});

const lessonNet = a3["~model"].outputs["output"];
if (lessonNet === undefined) throw new Error("A3 has one output");

/** Sizes: the strides multiply to 32 in most; InceptionV3 and Xception have valid convolutions before them. */
export const architectures: readonly Architecture[] = [
  architecture("A3", lessonNet, 28),
  architecture("LeNet-5", lenet, 28),
  architecture("ResNet-20", resnet20, 8),
  architecture("ResNet-18", resnet18, 32),
  architecture("ResNet-50", resnet50, 32),
  architecture("ResNeXt-50", resnext50, 32),
  architecture("VGG-16", vgg16, 32),
  architecture("GoogLeNet", googlenet, 32),
  architecture("Inception-v3", inceptionv3, 75),
  architecture("DenseNet-121", densenet121, 32),
  architecture("MobileNetV2", mobilenetv2, 32),
  architecture("MobileNetV3", mobilenetv3, 32),
  architecture("EfficientNet-B0", efficientnetb0, 32),
  architecture("Xception", xception, 71),
  architecture("U-Net", unetSame, 16),
];
