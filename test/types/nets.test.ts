/**
 * Known nets have exactly the shapes that their files assert, within a budget of type instantiations, and as many
 * parameters as their publishers count.
 */
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { model } from "../../src/dsl/model.js";
import { orThrow } from "../../src/errors.js";
import { summarize } from "../../src/run/summary.js";
import { compile, vocabularyPath, writeGenerated, type Verdict } from "./compiler.js";
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

const folder = join(import.meta.dirname, "nets");
const nets = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"));

/** Instantiations that a net adds to the import of the library. */
const budget = 60_000;
/** And what a net with one mistake costs at most, in terms of the right one. */
const mistakeFactor = 3;

describe("types of nets", () => {
  let ofLibrary = Number.NaN;
  const costs = new Map<string, number>();
  const check = (path: string): Verdict => {
    const verdict = compile(path);
    return { ...verdict, instantiations: verdict.instantiations - ofLibrary };
  };

  beforeAll(() => {
    const { complaints, instantiations } = compile(
      writeGenerated("library.ts", `export { input } from "${vocabularyPath}";\n`),
    );
    expect(complaints).toEqual([]);
    ofLibrary = instantiations;
  });

  test("all nets in one program", () => {
    const text = nets.map((net, i) => `export * as net${i} from "../../test/types/nets/${net}.js";\n`).join("");
    const { complaints, instantiations } = check(writeGenerated("all-nets.ts", text));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(nets.length * budget);
  });

  test.each(nets)("%s", (net) => {
    const { complaints, instantiations } = check(join(folder, `${net}.ts`));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(budget);
    costs.set(net, instantiations);
  });

  test.each([
    {
      net: "vgg16",
      mistake: "an image that is too small",
      right: "input([224, 224, 3])",
      wrong: "input([16, 16, 3])",
      line: "const stage5 =",
      sentence:
        "maxPool2d: pool 2x2 does not fit input 1x1 with padding 'valid': pad by at least 1 on each side, or use a pool of at most 1x1",
    },
    {
      net: "vgg16",
      mistake: "no channels",
      right: "input([224, 224, 3])",
      wrong: "input([224, 224])",
      line: "const stage1 =",
      sentence: "conv2d: expected a 3-D input [height, width, channels]",
    },
    {
      net: "resnet50",
      mistake: "a block of other channels at the end",
      right: "project(512, 2048, 2), identity(512, 2048)",
      wrong: "project(512, 2048, 2), identity(512, 1024)",
      line: "const stage5 =",
      sentence: "residual: shapes 7x7x1024 and 7x7x2048 differ",
    },
    {
      net: "resnet50-sequential",
      mistake: "a block of other channels at the beginning",
      right: "project(64, 256, 1), identity(64, 256)",
      wrong: "project(64, 256, 1), identity(64, 64)",
      line: "const stage2 =",
      sentence: "residual: shapes 56x56x64 and 56x56x256 differ",
    },
    {
      net: "mobilenetv2",
      mistake: "an image without channels",
      right: "input([224, 224, 3])",
      wrong: "input([224, 224])",
      line: "const stem =",
      sentence: "conv2d: expected a 3-D input [height, width, channels]",
    },
    {
      net: "mobilenetv2",
      mistake: "a forgotten pooling",
      right: "pipe(features, globalAvgPool2d, dense(",
      wrong: "pipe(features, dense(",
      line: "export const mobilenetv2 =",
      sentence: "dense: ",
    },
  ])("$net with $mistake", ({ net, right, wrong, line, sentence }) => {
    const text = readFileSync(join(folder, `${net}.ts`), "utf8").replace("../vocabulary.js", vocabularyPath);
    expect(text).toContain(right);
    const changed = text.replace(right, wrong);
    const { complaints, instantiations } = check(writeGenerated(`wrong-${net}.ts`, changed));
    const lines = changed.split("\n");
    const [first] = complaints;
    expect(first?.text).toContain(sentence);
    expect(lines.slice(0, first?.line).findLast((text) => /^(export )?const/.test(text))).toContain(line);
    expect(instantiations).toBeLessThan(mistakeFactor * (costs.get(net) ?? budget));
  });

  test("300 layers in a sequential", () => {
    const layers = Array.from({ length: 300 }, (_, i) => `conv2d({ filters: ${8 + (i % 5)}, kernelSize: 3 })`);
    const text = `import { conv2d, input, pipe, sequential, type Expr, type Holds, type Same } from "${vocabularyPath}";
export const deep = pipe(input([700, 700, 3]), sequential(${layers.join(", ")}));
export type Deep = Holds<Same<typeof deep, Expr<[100, 100, 12]>>>;
`;
    const { complaints, instantiations } = check(writeGenerated("deep.ts", text));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(300_000);
  });
});

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
