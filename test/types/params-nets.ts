/** Random models of an input and a layer, each as text and as a value, for the test of `Params`. */
import type { AnyLayer } from "../../src/dsl/layer.js";
import type { Dice } from "./random-options.js";
import * as words from "./vocabulary.js";

/** A layer as text of the DSL and as what the text makes. */
interface Written {
  readonly text: string;
  readonly layer: AnyLayer;
}

const vocabulary: Readonly<Record<string, unknown>> = words;

const call = (word: string, ...options: readonly unknown[]): Written => {
  const made = vocabulary[word];
  if (typeof made !== "function") throw new Error(`no word ${word}`);
  const layer: AnyLayer = made(...options);
  return { text: `${word}(${options.map((one) => JSON.stringify(one)).join(", ")})`, layer };
};

const around = (word: string, inner: readonly Written[], ...before: readonly unknown[]): Written => {
  const made = vocabulary[word];
  if (typeof made !== "function") throw new Error(`no word ${word}`);
  const layer: AnyLayer = made(...before, ...inner.map((one) => one.layer));
  const parts = [...before.map((one) => JSON.stringify(one)), ...inner.map(({ text }) => text)];
  return { text: `${word}(${parts.join(", ")})`, layer };
};

const bias = (dice: Dice): object => (dice.chance(0.4) ? { useBias: dice.chance(0.2) } : {});
const affine = (dice: Dice): object => ({
  ...(dice.chance(0.3) ? { center: false } : {}),
  ...(dice.chance(0.3) ? { scale: dice.chance(0.3) } : {}),
});
const kernel = (dice: Dice): unknown => (dice.chance(0.7) ? dice.whole(1, 3) : [dice.whole(1, 3), dice.whole(1, 3)]);
const window = (dice: Dice): object => ({ kernelSize: kernel(dice), padding: "same", ...bias(dice) });
const filters = (dice: Dice): object => ({ filters: dice.whole(1, 6) * 2, ...window(dice) });

/** Layers on images with an even number of channels, which keep it even. */
const onImages: readonly ((dice: Dice) => Written)[] = [
  (dice) => call("conv2d", filters(dice)),
  (dice) => call("conv2d", { ...filters(dice), groups: 2 }),
  (dice) => call("conv2d", { ...filters(dice), strict: true }),
  (dice) => call("depthwiseConv2d", { ...window(dice), depthMultiplier: dice.whole(1, 2) }),
  (dice) => call("separableConv2d", filters(dice)),
  (dice) => call("conv2dTranspose", filters(dice)),
  (dice) => call("batchNormalization", affine(dice)),
  (dice) => call("groupNormalization", { groups: 2, ...affine(dice) }),
  (dice) => call("instanceNormalization", affine(dice)),
  (dice) => call("layerNormalization", affine(dice)),
  (dice) =>
    call("layerNormalization", { axis: dice.pick([[1, 2], [3], 3, [-1, 1], [2, 3], [1, 2, 3]]), ...affine(dice) }),
  () => call("prelu"),
  (dice) => call("prelu", { sharedAxes: dice.pick([[1, 2], [1], [2], [-3, -2], [3], []]) }),
  (dice) => call("dense", { units: 2 * dice.whole(1, 4), axis: -1, ...bias(dice) }),
  () => call("maxPool2d", { padding: "same" }),
  () => call("dropout", { rate: 0.5 }),
  () => ({ text: "relu", layer: words.relu }),
];

const scopes = ["stem", "conv2d", "conv2d_1", "batchNormalization", "stage/a"];

const keepsShape = (dice: Dice): Written =>
  dice.chance(0.5)
    ? call("batchNormalization", affine(dice))
    : call("depthwiseConv2d", { kernelSize: 3, padding: "same", ...bias(dice) });

const many = (dice: Dice, depth: number): readonly Written[] =>
  Array.from({ length: dice.whole(0, 3) }, () => block(dice, depth));

const block = (dice: Dice, depth: number): Written => {
  if (depth === 0 || dice.chance(0.45)) return dice.pick(onImages)(dice);
  const inside = (): Written => around("sequential", many(dice, depth - 1));
  return dice.pick([
    inside,
    () => around("named", [inside()], dice.pick(scopes)),
    () =>
      around("named", [around("sequential", [...many(dice, depth - 1), ...many(dice, depth - 1)])], dice.pick(scopes)),
    () => around("frozen", [inside()]),
    () => around("residual", [keepsShape(dice), ...(dice.chance(0.5) ? [keepsShape(dice)] : [])]),
    () => call("basicBlock", { filters: dice.whole(1, 3) * 2, strides: dice.whole(1, 2) }),
    () => call("squeezeExcite", { ratio: dice.whole(1, 5) }),
    () => call("denseBlock", { layers: dice.whole(1, 3), growthRate: 2 }),
    () => call("inceptionBlock", { filters: 2, filters3x3: [dice.whole(1, 3), 4], filters5x5: [1, 2], filtersPool: 2 }),
    () => call("invertedResidual", { filters: 4, expansion: dice.whole(1, 3), strides: dice.whole(1, 2) }),
    () => call("bottleneckBlock", { filters: dice.whole(1, 3) * 2, strides: dice.whole(1, 2) }),
  ])();
};

/** A layer, and the shape of the input that it is for. */
export interface Net extends Written {
  readonly shape: readonly number[];
}

/** A net on an image. One block at most is shared, since two of one type are one to types. */
export const imageNet = (dice: Dice): Net => {
  const shape = [dice.whole(4, 9), dice.whole(4, 9), dice.whole(1, 4) * 2];
  const shared = dice.chance(0.3) ? [around("share", [around("sequential", many(dice, 1))])] : [];
  const head = dice.chance(0.5)
    ? [
        { text: "flatten", layer: words.flatten },
        call("dense", { units: dice.whole(1, 9), ...bias(dice) }),
        call("dense", { units: 3 }),
      ]
    : [];
  return { shape, ...around("sequential", [...many(dice, 3), ...shared, ...many(dice, 3), ...head]) };
};

const onSequences: readonly ((dice: Dice) => Written)[] = [
  (dice) => call("conv1d", { ...alongSteps(dice), filters: 4, groups: dice.whole(1, 2) }),
  (dice) => call("conv1dTranspose", { ...alongSteps(dice), filters: 2 }),
  (dice) => call("depthwiseConv1d", { ...alongSteps(dice), depthMultiplier: dice.whole(1, 2) }),
  (dice) => call("separableConv1d", { ...alongSteps(dice), filters: 6 }),
  (dice) => call("batchNormalization", affine(dice)),
];
const alongSteps = (dice: Dice): object => ({ kernelSize: dice.whole(1, 3), padding: "same", ...bias(dice) });

const onVolumes: readonly ((dice: Dice) => Written)[] = [
  (dice) => call("conv3d", { ...alongAxes(dice), filters: 4, groups: dice.whole(1, 2) }),
  (dice) => call("conv3dTranspose", { ...alongAxes(dice), filters: 2 }),
  (dice) => call("instanceNormalization", affine(dice)),
];
const alongAxes = (dice: Dice): object => ({
  kernelSize: dice.chance(0.5) ? dice.whole(1, 3) : [dice.whole(1, 2), 2, dice.whole(1, 3)],
  padding: "same",
  ...bias(dice),
});

/** A net on a sequence or a volume. */
export const otherNet = (dice: Dice): Net => {
  const [shape, layers] = dice.pick([
    [[9, 4], onSequences],
    [[4, 3, 5, 2], onVolumes],
  ] as const);
  const all = Array.from({ length: dice.whole(1, 5) }, () => dice.pick(layers)(dice));
  return { shape, ...around(dice.pick(["sequential", "strict"]), [around("sequential", all)]) };
};
