/** Graphs of models: published nets fold as their papers count their blocks; edges follow the data, not the values. */
import { expect, test } from "vitest";
import { orThrow, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  model,
  multiply,
  named,
  pipe,
  relu,
  softmax,
} from "../../src/index.js";
import { inColumns } from "../../src/viz/graph/columns.js";
import { blockOf } from "../../src/viz/graph/blocks.js";
import { foldedGroups } from "../../src/viz/graph/fold.js";
import { layerNodes } from "../../src/viz/graph/layer-nodes.js";
import { segmentsOf } from "../../src/viz/graph/segments.js";
import { joinedUnits } from "../../src/viz/graph/units.js";
import { modelGraph } from "../../src/viz/index.js";
import { densenet121 } from "../types/nets/densenet121.js";
import { mobilenetv2 } from "../types/nets/mobilenetv2.js";
import { resnet50 } from "../types/nets/resnet50.js";
import { vgg16 } from "../types/nets/vgg16.js";

const foldOf = (net: Parameters<typeof layerNodes>[0], likeness: "same" | "similar") =>
  foldedGroups(segmentsOf(joinedUnits(orThrow(layerNodes(net)))), likeness);
const timesOf = (...of: Parameters<typeof foldOf>): readonly number[] =>
  foldOf(...of)
    .map(({ times }) => times)
    .filter((times) => times > 1);

test("ResNet-50's stages of 3, 4, 6 and 3 blocks are a block with a projection and the rest folded", () => {
  // He et al. 2015 (arXiv:1512.03385), table 1.
  expect(timesOf(model(resnet50), "same")).toEqual([3 - 1, 4 - 1, 6 - 1, 3 - 1]);
  const { svg, width, height } = orThrow(modelGraph(model(resnet50), { title: "ResNet-50" }));
  for (const text of ["25,636,712 parameters", "× 5", "conv2d 7×7, 64 /2", "batchNormalization · relu", "7×7×2048"])
    expect(svg).toContain(text);
  expect(Math.max(width, height)).toBeLessThan(2000);
});

test("DenseNet-121's blocks of 6, 12, 24 and 16 layers fold though their channels grow", () => {
  // Huang et al. 2016 (arXiv:1608.06993), table 1.
  expect(timesOf(model(densenet121), "similar")).toEqual([6, 12, 24, 16]);
});

test("VGG-16's convolutions of one size fold, MobileNetV2's inverted residuals too", () => {
  // Simonyan & Zisserman 2014, configuration D: of 3, 3, 3 the first two begin with fewer channels.
  expect(timesOf(model(vgg16), "same")).toEqual([3 - 1, 3 - 1, 3]);
  // Sandler et al. 2018, table 2: n = 2, 3, 4, 3, 3 with a first one of stride 2 or without a shortcut.
  expect(timesOf(model(mobilenetv2), "same")).toEqual([2, 3, 2, 2]);
});

test("what is folded stands for all layers, and each layer is in one group", () => {
  for (const net of [resnet50, mobilenetv2, densenet121]) {
    const nodes = orThrow(layerNodes(model(net)));
    const groups = foldedGroups(segmentsOf(joinedUnits(nodes)), "similar");
    const layers = groups.flatMap(({ units }) => units).reduce((sum, unit) => sum + unit.layers, 0);
    expect(layers).toBe(nodes.length);
  }
});

test("a layer that gives its input back in inference is drawn where it stands", () => {
  const x = input([8]);
  const y = pipe(x, dense({ units: 8 }));
  const nodes = orThrow(layerNodes(model(add(y, pipe(y, dropout({ rate: 0.5 }))))));
  expect(nodes.map(({ name, inputs }) => [name, inputs])).toEqual([
    ["input", []],
    ["dense", [0]],
    ["dropout", [1]],
    ["add", [1, 2]],
  ]);
});

test("blocks are seen through, several inputs too; what reads a branch stays apart", () => {
  const left = input([4, 4, 2]);
  const right = input([4, 4, 2]);
  const stem = named("stem", (x: typeof left) => pipe(x, conv2d({ filters: 2, kernelSize: 1 }), relu));
  const net = model({
    inputs: { left, right },
    outputs: pipe(multiply(stem(left), right), flatten, dense({ units: 2 }), softmax),
  });
  const units = joinedUnits(orThrow(layerNodes(net)));
  expect(units.map(({ name, lines }) => [name, lines])).toEqual([
    ["left", ["input"]],
    ["right", ["input"]],
    ["stem/conv2d", ["conv2d 1×1, 2", "relu"]],
    ["multiply", ["multiply"]],
    ["flatten", ["flatten"]],
    ["dense", ["dense 2", "softmax"]],
  ]);
  // Two values are read until they are multiplied: one piece.
  expect(segmentsOf(units).map((segment) => segment.map(({ name }) => name))).toEqual([
    ["left", "right", "stem/conv2d", "multiply"],
    ["flatten"],
    ["dense"],
  ]);
});

test("unfolded, every layer has a box with its name, shape and parameters", () => {
  const net = model(pipe(input([6, 6, 1]), conv2d({ filters: 3, kernelSize: 3 }), batchNormalization(), relu, flatten));
  const { svg } = orThrow(modelGraph(net, { title: "", unfold: true }));
  for (const text of [">conv2d<", ">batchNormalization<", ">relu<", ">flatten<", ">6×6×1<", ">4×4×3<", ">30<", ">12<"])
    expect(svg).toContain(text);
});

test("boxes of a block do not overlap, and lie in it", () => {
  for (const group of foldOf(model(resnet50), "same")) {
    const { units, width, height, isFramed } = blockOf(group);
    if (!isFramed) continue;
    for (const [i, a] of units.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(width);
      expect(a.y + a.height).toBeLessThanOrEqual(height);
      for (const b of units.slice(i + 1))
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
    }
  }
});

test("columns keep the order and take every block once", () => {
  const blocks = foldOf(model(resnet50), "same").map(blockOf);
  expect(
    inColumns(blocks)
      .columns.flat()
      .map(({ block }) => block),
  ).toEqual(blocks);
});

test("a model that is wrong says so, and one too large to be a picture", () => {
  const chained = (length: number) =>
    Array.from({ length }).reduce<ReturnType<typeof relu>>((x) => relu(x), relu(input([2])));
  const long = modelGraph(model(chained(1600)), { title: "long", unfold: true });
  expect(E.isLeft(long) && render(long.left)).toMatch(
    /^long: graph: 16\d\d boxes, 1 in one piece, at most 1500 and 500/,
  );
  // Folded, it is one box.
  expect(orThrow(modelGraph(model(chained(1600)), { title: "long" })).svg).toContain("relu");
});
