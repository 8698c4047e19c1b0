/** Random well-typed networks: a recipe of small numbers that fast-check can shrink, and the model that it describes. */
import fc from "fast-check";
import { asFunction, type AnyLayer } from "../../src/dsl/layer.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { input } from "../../src/dsl/input.js";
import { model, type Model } from "../../src/dsl/model.js";
import { named } from "../../src/dsl/named.js";
import { residual } from "../../src/dsl/residual.js";
import { sequential } from "../../src/dsl/sequential.js";
import { share } from "../../src/dsl/share.js";
import {
  add,
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  flatten,
  globalAvgPool2d,
  leakyRelu,
  maxPool2d,
  multiply,
  permute,
  relu,
  relu6,
  sigmoid,
  softmax,
  tanh,
  zeroPadding2d,
} from "../../src/ops/index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import {
  binaryCrossentropy,
  meanSquaredError,
  sparseCategoricalCrossentropy,
  type Loss,
} from "../../src/train/index.js";

/** One step of a net: what it is, and the numbers that its options are made of. */
interface Ingredient {
  readonly kind: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: number;
  readonly padding: number;
  readonly grouped: boolean;
  readonly useBias: boolean;
  readonly activation: number;
}

export interface Recipe {
  readonly size: readonly [height: number, width: number, channels: number];
  readonly inputs: number;
  readonly ingredients: readonly Ingredient[];
  readonly head: number;
  readonly units: number;
  readonly batch: number;
  readonly seed: number;
}

export interface RandomNet {
  readonly model: Model<unknown, unknown>;
  readonly loss: Loss;
  /** The shapes of the inputs by name, without the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Class numbers below this, or values when it is undefined. */
  readonly classes: number | undefined;
  readonly outputSize: number;
}

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

const ingredient: fc.Arbitrary<Ingredient> = fc.record({
  kind: between(0, 18),
  filters: between(1, 4),
  kernel: fc.tuple(between(1, 3), between(1, 3)),
  strides: fc.tuple(between(1, 3), between(1, 2)),
  dilation: between(1, 2),
  padding: between(0, 5),
  grouped: fc.boolean(),
  useBias: fc.boolean(),
  activation: between(0, 4),
});

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  size: fc.tuple(between(4, 8), between(4, 8), between(1, 4)),
  inputs: between(1, 2),
  ingredients: fc.array(ingredient, { minLength: 1, maxLength: 6 }),
  head: between(0, 3),
  units: between(2, 5),
  // The trainer refuses batch normalisation of one value.
  batch: between(2, 4),
  seed: between(1, 1_000_000),
});

const paddings = [
  "valid",
  "same",
  1,
  [1, 0],
  [
    [0, 1],
    [1, 1],
  ],
  0,
] as const;
const activations = ["linear", "relu", "relu6", "sigmoid", "tanh"] as const;
const activationLayers: readonly AnyLayer[] = [relu, relu6, sigmoid, tanh, leakyRelu({ alpha: 0.3 })];

/** One of the items; the index goes round. */
const pick = <A>(items: readonly A[], index: number): A => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};
const channelsOf = (x: AnyExpr): number => x.shape.at(-1) ?? 1;

/** A convolution of that many filters, or of a multiple of the groups. */
const convolution = (x: AnyExpr, one: Ingredient): AnyLayer => {
  const channels = channelsOf(x);
  const groups = one.grouped ? (channels % 2 === 0 && one.useBias ? 2 : channels) : 1;
  return conv2d({
    filters: one.filters * groups,
    kernelSize: one.kernel,
    strides: one.strides,
    padding: pick(paddings, one.padding),
    dilationRate: one.strides.every((stride) => stride === 1) ? one.dilation : 1,
    groups,
    useBias: one.useBias,
    activation: pick(activations, one.activation),
    kernelRegularizer: one.useBias ? { l1: 0, l2: 0.01 } : undefined,
  });
};

/** A convolution that keeps the shape. */
const sameShape = (x: AnyExpr, one: Ingredient): AnyLayer =>
  conv2d({
    filters: channelsOf(x),
    kernelSize: one.kernel,
    padding: "same",
    useBias: one.useBias,
    activation: pick(activations, one.activation),
  });

/** A convolution of one cell. */
const pointwise = (one: Ingredient, filters: number): AnyLayer =>
  conv2d({ filters, kernelSize: 1, useBias: one.useBias, activation: pick(activations, one.activation) });

/** What each kind of ingredient makes of an image. */
const makers: readonly Maker[] = [
  (x, one) => asFunction(convolution(x, one))(x),
  (x, one) => asFunction(sequential(convolution(x, { ...one, activation: 0 }), batchNormalization(), relu))(x),
  (x, one) =>
    asFunction(maxPool2d({ poolSize: one.kernel, strides: one.strides, padding: pick(paddings, one.padding) }))(x),
  (x, one) =>
    asFunction(avgPool2d({ poolSize: one.kernel, strides: one.strides, padding: pick(paddings, one.padding) }))(x),
  (x) => asFunction(batchNormalization())(x),
  (x, one) => asFunction(activationLayers[one.activation] ?? relu)(x),
  (x, one) =>
    asFunction(residual(sameShape(x, one), batchNormalization({ scale: one.useBias, center: one.grouped })))(x),
  (x, one) => concatenate([x, asFunction(sameShape(x, one))(x)]),
  (x, one) => {
    const shared = asFunction(share(sequential(sameShape(x, one), tanh)));
    return shared(shared(x));
  },
  (x, one, place) => asFunction(named(`block${place}`, sequential(convolution(x, one), leakyRelu())))(x),
  (x, one) => asFunction(zeroPadding2d({ padding: [one.kernel, one.strides] }))(x),
  (x, one) => (one.grouped ? add : multiply)(x, asFunction(sameShape(x, one))(x)),
  // What passes look for: normalised before a convolution, with or without padding.
  (x, one) =>
    asFunction(sequential(batchNormalization({ center: one.grouped }), convolution(x, { ...one, activation: 0 })))(x),
  // A sum and its activation.
  (x, one) => relu(add(x, asFunction(sameShape(x, { ...one, activation: 0 }))(x))),
  // Convolutions of the same image side by side, and joined.
  (x, one) => concatenate([0, 1].map((more) => asFunction(pointwise(one, one.filters + more))(x))),
  // Turned axes, and elementwise work between them.
  (x, one) => {
    const [there, back] = one.grouped
      ? ([
          [3, 1, 2],
          [2, 3, 1],
        ] as const)
      : ([
          [2, 1, 3],
          [2, 1, 3],
        ] as const);
    const turned = asFunction(sequential(permute({ dims: there }), activationLayers[one.activation] ?? relu))(x);
    return asFunction(permute({ dims: back }))(turned);
  },
  // A product over channels before a mean, an activation before or behind a maximum.
  (x, one) => asFunction(sequential(pointwise(one, one.filters), avgPool2d({ poolSize: 2 })))(x),
  (x, one) => {
    const act = activationLayers[one.activation] ?? relu;
    const pool = maxPool2d({ poolSize: one.kernel, strides: 1 });
    return asFunction(
      one.grouped ? sequential(convolution(x, { ...one, activation: 0 }), pool, act) : sequential(act, pool),
    )(x);
  },
  // Borders before a window, and activations of activations.
  (x, one) =>
    asFunction(
      sequential(
        activationLayers[one.activation] ?? relu,
        zeroPadding2d({ padding: 1 }),
        one.grouped ? maxPool2d({ poolSize: 3, strides: one.strides }) : convolution(x, { ...one, padding: 0 }),
        relu6,
        relu,
      ),
    )(x),
];
type Maker = (x: AnyExpr, one: Ingredient, place: number) => AnyExpr;

/** Steps of the ingredients that fit the image at their place; others are left out, and the image stays small. */
export const stepsFrom = (start: AnyExpr, ingredients: readonly Ingredient[]): readonly Step[] => {
  let x = start;
  return ingredients.flatMap((one, place) => {
    const step: Step = (image) => pick(makers, one.kind)(image, one, place);
    const next = step(x);
    if (isPoisoned(next.shape) || channelsOf(next) > 16) return [];
    x = next;
    return [step];
  });
};
export type Step = (x: AnyExpr) => AnyExpr;

const bodyOf = (start: AnyExpr, ingredients: readonly Ingredient[]): AnyExpr =>
  stepsFrom(start, ingredients).reduce((x, step) => step(x), start);

interface Head {
  readonly layers: (units: number) => readonly AnyLayer[];
  readonly loss: Loss;
  readonly classified: boolean;
}

const heads: readonly Head[] = [
  {
    layers: (units) => [globalAvgPool2d, dense({ units }), softmax],
    loss: sparseCategoricalCrossentropy(),
    classified: true,
  },
  {
    layers: (units) => [flatten, dense({ units: 4, activation: "relu" }), dense({ units })],
    loss: sparseCategoricalCrossentropy({ fromLogits: true }),
    classified: true,
  },
  {
    layers: (units) => [flatten, dense({ units, useBias: false, activation: "tanh" })],
    loss: meanSquaredError(),
    classified: false,
  },
  {
    layers: (units) => [flatten, dense({ units: 3 }), batchNormalization(), dense({ units }), sigmoid],
    loss: binaryCrossentropy(),
    classified: false,
  },
];

export const randomNet = (recipe: Recipe): RandomNet => {
  const { size, units } = recipe;
  const [left, right]: readonly AnyExpr[] = [input(size, { name: "left" }), input(size, { name: "right" })];
  if (left === undefined || right === undefined) throw new Error("two inputs were made");
  const single = recipe.inputs === 1;
  const start = single ? left : recipe.seed % 2 === 0 ? concatenate([left, right]) : add(left, right);
  const { layers, loss, classified } = pick(heads, recipe.head);
  const output = layers(units).reduce((x, layer) => asFunction(layer)(x), bodyOf(start, recipe.ingredients));
  return {
    model: model({ inputs: single ? { left } : { left, right }, outputs: output }),
    loss,
    inputs: single ? { left: size } : { left: size, right: size },
    classes: classified ? units : undefined,
    outputSize: units,
  };
};
