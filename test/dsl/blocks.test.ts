/** The blocks library: published parameter counts, values, gradients, exact types. */
import { describe, expect, test } from "vitest";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import type { Output, Value } from "../../src/compiler/ir/graph.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  avgPool2d,
  basicBlock,
  batchNormalization,
  bottleneckBlock,
  chain,
  conv2d,
  dense,
  denseBlock,
  globalAvgPool2d,
  inceptionBlock,
  input,
  invertedResidual,
  maxPool2d,
  multiply,
  operators,
  pipe,
  relu,
  relu6,
  reshape,
  sequential,
  squeezeExcite,
  strict,
  uNetStep,
  type Expr,
} from "../../src/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { randomInput } from "../support/random-inputs.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";

const graphOf = (x: AnyExpr, y: AnyExpr) =>
  orThrow(toGraph({ inputs: { x }, outputs: { y } }, { registry: operators, mode: "training", seed: 1 }));

const trainable = (x: AnyExpr, y: AnyExpr): number =>
  graphOf(x, y)
    .weights.filter(({ kind }) => kind === "parameter")
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

const image = input([224, 224, 3]);
const stem = sequential(
  conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: "same", useBias: false }),
  batchNormalization(),
  relu,
  maxPool2d({ poolSize: 3, strides: 2, padding: 1 }),
);
const head = sequential(globalAvgPool2d, dense({ units: 1000 }));

// The counts are those of torchvision's models; moving statistics are no parameters there either.
describe("published networks have their published number of parameters", () => {
  test("ResNet-18", () => {
    const stages = sequential(
      sequential(basicBlock({ filters: 64 }), basicBlock({ filters: 64 })),
      sequential(basicBlock({ filters: 128, strides: 2 }), basicBlock({ filters: 128 })),
      sequential(basicBlock({ filters: 256, strides: 2 }), basicBlock({ filters: 256 })),
      sequential(basicBlock({ filters: 512, strides: 2 }), basicBlock({ filters: 512 })),
    );
    const features: Expr<[7, 7, 512]> = pipe(image, stem, stages);
    expect(trainable(image, head(features))).toBe(11_689_512);
  });

  test("ResNet-50", () => {
    const stage = <F extends number, St extends number>(filters: F, strides: St) =>
      sequential(bottleneckBlock({ filters, strides }), bottleneckBlock({ filters }), bottleneckBlock({ filters }));
    const features: Expr<[7, 7, 2048]> = chain(
      image,
      stem,
      stage(64, 1),
      stage(128, 2),
      bottleneckBlock({ filters: 128 }),
      stage(256, 2),
      stage(256, 1),
      stage(512, 2),
    );
    expect(trainable(image, head(features))).toBe(25_557_032);
  });

  test("ResNeXt-50 32x4d", () => {
    const block = <F extends number, St extends number = 1>(filters: F, strides?: St) =>
      bottleneckBlock({ filters, strides, expansion: 2, groups: 32 });
    const features: Expr<[7, 7, 2048]> = chain(
      image,
      stem,
      sequential(block(128), block(128), block(128)),
      sequential(block(256, 2), block(256), block(256), block(256)),
      sequential(block(512, 2), block(512), block(512), block(512), block(512), block(512)),
      sequential(block(1024, 2), block(1024), block(1024)),
    );
    expect(trainable(image, head(features))).toBe(25_028_904);
  });

  test("MobileNetV2", () => {
    const features: Expr<[7, 7, 320]> = chain(
      image,
      conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", useBias: false }),
      batchNormalization(),
      relu6,
      invertedResidual({ filters: 16, expansion: 1 }),
      sequential(invertedResidual({ filters: 24, strides: 2 }), invertedResidual({ filters: 24 })),
      sequential(
        invertedResidual({ filters: 32, strides: 2 }),
        invertedResidual({ filters: 32 }),
        invertedResidual({ filters: 32 }),
      ),
      sequential(
        invertedResidual({ filters: 64, strides: 2 }),
        invertedResidual({ filters: 64 }),
        invertedResidual({ filters: 64 }),
        invertedResidual({ filters: 64 }),
      ),
      sequential(
        invertedResidual({ filters: 96 }),
        invertedResidual({ filters: 96 }),
        invertedResidual({ filters: 96 }),
      ),
      sequential(
        invertedResidual({ filters: 160, strides: 2 }),
        invertedResidual({ filters: 160 }),
        invertedResidual({ filters: 160 }),
      ),
      invertedResidual({ filters: 320 }),
    );
    const last = sequential(conv2d({ filters: 1280, kernelSize: 1, useBias: false }), batchNormalization(), relu6);
    expect(trainable(image, head(last(features)))).toBe(3_504_872);
  });

  test("DenseNet-121", () => {
    const transition = <F extends number>(filters: F) =>
      sequential(
        batchNormalization(),
        relu,
        conv2d({ filters, kernelSize: 1, useBias: false }),
        avgPool2d({ poolSize: 2 }),
      );
    const features: Expr<[7, 7, 1024]> = chain(
      image,
      stem,
      denseBlock({ layers: 6, growthRate: 32 }),
      transition(128),
      denseBlock({ layers: 12, growthRate: 32 }),
      transition(256),
      denseBlock({ layers: 24, growthRate: 32 }),
      transition(512),
      denseBlock({ layers: 16, growthRate: 32 }),
    );
    expect(trainable(image, pipe(features, batchNormalization(), relu, head))).toBe(7_978_856);
  });

  test("an inception block has the 163,696 weights of inception (3a) (GoogLeNet, table 1: 159 K)", () => {
    const x = input([28, 28, 192]);
    const block = inceptionBlock({ filters: 64, filters3x3: [96, 128], filters5x5: [16, 32], filtersPool: 32 });
    const y: Expr<[28, 28, 256]> = pipe(x, block);
    const kernels = 192 * 64 + 192 * 96 + 9 * 96 * 128 + 192 * 16 + 25 * 16 * 32 + 192 * 32;
    expect(trainable(x, y)).toBe(kernels + 64 + 96 + 128 + 16 + 32 + 32);
  });
});

/** Forward and all gradients of Σ y² on a device. */
const runBlock = async (backend: typeof wasm, x: AnyExpr, y: AnyExpr): Promise<ReadonlyMap<string, Float64Array>> => {
  const device = await orReject(backend.load);
  const { builder, inputs, outputs, weights } = graphOf(x, y);
  const [output] = outputs;
  const value = output?.value as Value; // sound: the graph has the output y
  const squares = builder.emit("multiply", [value, value]);
  const loss = builder.emit("reduceSum", [squares], { axes: value.type.shape.map((_, axis) => axis), keepDims: false });
  const wanted = [...inputs, ...weights.filter(({ kind }) => kind === "parameter")];
  const nodes = builder.finish([]).nodes.slice();
  const gradients = appendGradient({ nodes, builder, registry: operators, loss, wrt: wanted.map((one) => one.value) });
  const results: Output[] = wanted.flatMap(({ name }, i) => {
    const gradient = gradients[i];
    return gradient === undefined ? [] : [{ kind: "result" as const, name: `d ${name}`, value: gradient.id }];
  });
  expect(results.length).toBe(wanted.length);
  const feeds = [...inputs, ...weights].map(({ name, value: { type } }, i) => {
    const tensor = randomInput(
      { dtype: "f32", shape: concreteShape(type.shape, 2) },
      name.endsWith("movingVariance") ? "positive" : undefined,
      i + 1,
    );
    return [
      name,
      { dtype: "f32" as const, shape: tensor.shape, data: Float64Array.from(tensor.data, (v) => v * 0.5) },
    ] as const;
  });
  return runNamed(builder.finish([{ kind: "result", name: "y", value: value.id }, ...results]), device, {
    batch: 2,
    feeds: new Map(feeds),
  });
};

describe("wasm gives the reference's values and gradients of", () => {
  const x = input([8, 8, 8]);
  test.each([
    ["basicBlock", basicBlock({ filters: 8 })(x)],
    ["basicBlock with strides", basicBlock({ filters: 12, strides: 2 })(x)],
    ["bottleneckBlock", bottleneckBlock({ filters: 4, expansion: 2, groups: 2 })(x)],
    ["invertedResidual", invertedResidual({ filters: 8, expansion: 2 })(x)],
    ["invertedResidual with strides", invertedResidual({ filters: 6, strides: 2, kernelSize: 5 })(x)],
    ["squeezeExcite", squeezeExcite({ ratio: 4, gate: "hardSigmoid" })(x)],
    ["inceptionBlock", inceptionBlock({ filters: 2, filters3x3: [2, 3], filters5x5: [1, 2], filtersPool: 1 })(x)],
    ["denseBlock", denseBlock({ layers: 2, growthRate: 3 })(x)],
    ["uNetStep", uNetStep({ filters: 3 }, uNetStep({ filters: 4 }, relu))(x)],
  ] as const)("%s", async (_, y) => {
    const [got, want] = [await runBlock(wasm, x, y), await runBlock(reference, x, y)];
    for (const [name, values] of want) expect(relativeError(got.get(name) ?? [], values), name).toBeLessThan(1e-3);
  });
});

test("squeeze and excite from its parts is x · σ(W₂ relu(W₁ mean x))", async () => {
  const x = input([3, 2, 4]);
  const gate = pipe(
    x,
    globalAvgPool2d,
    dense({ units: 2, activation: "relu" }),
    dense({ units: 4, activation: "sigmoid" }),
    reshape({ targetShape: [1, 1, 4] }),
  );
  const byHand: Expr<[3, 2, 4]> = multiply(x, gate);
  const block: Expr<[3, 2, 4]> = squeezeExcite({ ratio: 2 })(x);
  const [a, b] = [await runBlock(wasm, x, byHand), await runBlock(wasm, x, block)];
  expect([...b.keys()]).toEqual([...a.keys()]);
  for (const [name, values] of a) expect(b.get(name)).toEqual(values);
  const at = (name: string, i: number): number => {
    const index = ["x", "dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"].indexOf(name);
    const shape = [[2, 3, 2, 4], [4, 2], [2], [2, 4], [4]][index] ?? [];
    return 0.5 * (randomInput({ dtype: "f32", shape }, undefined, index + 1).data[i] ?? 0);
  };
  const want = Array.from({ length: 48 }, (_, flat) => {
    const [example, channel] = [Math.floor(flat / 24), flat % 4];
    const mean = (c: number): number =>
      Array.from({ length: 6 }, (__, cell) => at("x", example * 24 + cell * 4 + c)).reduce((p, q) => p + q, 0) / 6;
    const hidden = [0, 1].map((u) =>
      Math.max(
        0,
        [0, 1, 2, 3].reduce((sum, c) => sum + mean(c) * at("dense/kernel", c * 2 + u), at("dense/bias", u)),
      ),
    );
    const logit = hidden.reduce(
      (sum, h, u) => sum + h * at("dense_1/kernel", u * 4 + channel),
      at("dense_1/bias", channel),
    );
    return at("x", flat) / (1 + Math.exp(-logit));
  });
  expect(relativeError(a.get("y") ?? [], want)).toBeLessThan(1e-5);
});

describe("what does not fit", () => {
  const sentence = ({ shape }: AnyExpr): string => (isPoisoned(shape) ? shape.error : "none");
  const loosely = (layer: unknown) => layer as (x: AnyExpr) => AnyExpr; // sound: every layer takes expressions
  test("a size that does not halve shows at the join of a U-Net step", () => {
    const net = uNetStep({ filters: 8 }, relu);
    expect(sentence(loosely(net)(input([9, 8, 1])))).toMatch(/^concatenate: shapes 9x8x8 and 8x8x8 differ in height/);
    // @ts-expect-error height 9 does not halve
    expect(sentence(net(input([9, 8, 1])))).toMatch(/^concatenate/);
  });
  test("a block's own options", () => {
    const x = input([8, 8, 4]);
    expect(sentence(loosely(denseBlock({ layers: 1e9, growthRate: 2 }))(x))).toMatch(
      /^denseBlock: layers 1000000000 is no size/,
    );
    expect(sentence(loosely(denseBlock({ layers: 1000, growthRate: 2 }))(x))).toBe(
      "denseBlock: layers 1000 are too many: use at most 999",
    );
    expect(sentence(loosely(invertedResidual({ filters: 4, expansion: 0 }))(x))).toMatch(
      /^invertedResidual: expansion 0 is no size/,
    );
    expect(sentence(loosely(squeezeExcite({ ratio: 2.5 }))(x))).toMatch(/^squeezeExcite: ratio 2.5 is no size/);
  });
  test("inside strict", () => {
    const net = strict(basicBlock({ filters: 8, strides: 2 }));
    // The 1x1 convolution of the shortcut reads every second cell only.
    expect(sentence(loosely(net)(input([8, 8, 4])))).toMatch(/^conv2d: .*1x1/);
    // @ts-expect-error the same, in types
    expect(sentence(net(input([8, 8, 4])))).toMatch(/^conv2d/);
  });
});
