/** The models on which layer graphs, raising and typed source are tried: known architectures, lesson nets, and one for each way of writing. */
import { pipe } from "fp-ts/lib/function.js";
import { compose } from "../../../src/dsl/compose.js";
import { ensemble } from "../../../src/dsl/ensemble.js";
import type { AnyExpr, Expr } from "../../../src/dsl/expr.js";
import { frozen } from "../../../src/dsl/frozen.js";
import { input } from "../../../src/dsl/input.js";
import { model, type Model } from "../../../src/dsl/model.js";
import { named } from "../../../src/dsl/named.js";
import * as ops from "../../../src/dsl/operations.js";
import { parameter, tensor } from "../../../src/dsl/param.js";
import { residual } from "../../../src/dsl/residual.js";
import { sequential } from "../../../src/dsl/sequential.js";
import { share } from "../../../src/dsl/share.js";
import * as f from "../../../src/formula/formula.js";
import {
  activation,
  add,
  addOf,
  average,
  batchNormalization,
  concatenate,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  globalAvgPool2d,
  globalMaxPool1d,
  groupNormalization,
  layerNormalization,
  leakyRelu,
  maximum,
  maxPool2d,
  multiply,
  permute,
  prelu,
  relu,
  reshape,
  separableConv2d,
  sigmoid,
  softmax,
  subtract,
  tanh,
  upSampling2d,
  zeroPadding2d,
} from "../../../src/ops/index.js";
import { constant, fromArray, heNormal, ones } from "../../../src/ops/initializers.js";
import * as lessons from "../../models/lesson-nets.js";

export type AnyModel = Model<unknown, unknown>;

const isExpr = (value: unknown): value is AnyExpr =>
  typeof value === "object" && value !== null && "~node" in value && "shape" in value;
const isModel = (value: unknown): value is AnyModel => typeof value === "object" && value !== null && "~model" in value;

/** The models and expressions that a module exports, by name. */
const exported = (prefix: string, module: object): readonly (readonly [string, AnyModel])[] =>
  Object.entries(module).flatMap(([name, value]: [string, unknown]) =>
    isModel(value)
      ? [[`${prefix}${name}`, value] as const]
      : isExpr(value)
        ? [[`${prefix}${name}`, model(value)] as const]
        : [],
  );

/** Known architectures, from their files in test/types/nets. */
export const architectures = async (): Promise<readonly (readonly [string, AnyModel])[]> => {
  const modules = await Promise.all([
    import("../../types/nets/densenet121.js"),
    import("../../types/nets/efficientnetb0.js"),
    import("../../types/nets/googlenet.js"),
    import("../../types/nets/inceptionv3.js"),
    import("../../types/nets/lenet.js"),
    import("../../types/nets/lesson.js"),
    import("../../types/nets/mobilenetv2.js"),
    import("../../types/nets/mobilenetv3.js"),
    import("../../types/nets/resnet18.js"),
    import("../../types/nets/resnet20.js"),
    import("../../types/nets/resnet50.js"),
    import("../../types/nets/resnet101.js"),
    import("../../types/nets/resnext50.js"),
    import("../../types/nets/unet.js"),
    import("../../types/nets/vgg16.js"),
    import("../../types/nets/xception.js"),
  ]);
  return modules.flatMap((module) => exported("", module));
};

export const lessonNets: readonly (readonly [string, AnyModel])[] = exported("lesson ", lessons);

const tower = share(sequential(conv2d({ filters: 3, kernelSize: 3, padding: "same" }), batchNormalization(), tanh));
const left = input([6, 6, 3], { name: "left" });
const right = input([6, 6, 3], { name: "right" });
const seen = [tower(left), tower(right), tower(tower(left))] as const;
const joined = concatenate([...seen]);
const stem = named("stem", sequential(conv2d({ filters: 4, kernelSize: 3, kernelInitializer: heNormal }), relu));
const layerScale = compose("layerScale", <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
  ops.multiply(x, parameter([x.shape[2]], { name: "gamma", initializer: constant(0.5) })),
);
const image = input([8, 8, 3]);
const noisy = dropout({ rate: 0.25 })(image);
const small = (): AnyModel => model(pipe(input([5]), dense({ units: 4, activation: "relu" }), dense({ units: 2 })));

const merges = (): AnyModel => {
  const [a, b] = [input([4, 4, 3]), input([1, 1, 3])];
  const joint = concatenate([a, maximum(a, a)], { axis: 1 });
  return model({
    inputs: { a, b },
    outputs: {
      stretched: addOf({ broadcast: true })(a, b),
      gated: multiply(a, sigmoid(b)),
      mean: average(joint, joint),
    },
  });
};

/** One model for each way of writing. */
export const writtenNets: readonly (readonly [string, AnyModel])[] = [
  [
    "inputs, outputs and a shared tower",
    model({
      inputs: { left, right },
      outputs: {
        class: pipe(joined, flatten, dense({ units: 3 }), softmax),
        sum: add(...seen),
        same: subtract(seen[0], seen[1]),
      },
    }),
  ],
  [
    "scopes",
    model(
      pipe(
        input([10, 10, 3]),
        named("a", sequential(stem, named("inner", residual(conv2d({ filters: 4, kernelSize: 1 }), relu)))),
        named("b", stem),
        conv2d({ filters: 2, kernelSize: 2 }),
        globalAvgPool2d,
      ),
    ),
  ],
  [
    "frozen layers",
    model(
      pipe(
        input([8, 8, 2]),
        frozen(
          named(
            "stem",
            sequential(conv2d({ filters: 4, kernelSize: 3 }), batchNormalization(), dropout({ rate: 0.5 })),
          ),
        ),
        flatten,
        dense({ units: 3 }),
        softmax,
      ),
    ),
  ],
  ["dropout beside what it drops", model(pipe(multiply(add(image, noisy), noisy), globalAvgPool2d))],
  ["a composed layer", model(pipe(input([4, 4, 6]), layerScale, layerScale, flatten, dense({ units: 2 })))],
  [
    "operations",
    model(
      pipe(
        input([6, 6, 2]),
        (x) => ops.conv2d(x, parameter([3, 3, 2, 4], { name: "kernel" }), { padding: "same" }),
        (x) => ops.biasAdd(x, parameter([4], { name: "bias", initializer: ones })),
        (x) =>
          ops.pad(
            x,
            [
              [1, 2],
              [0, 1],
              [0, 0],
            ],
            { value: 0.5 },
          ),
        (x) => ops.slice(x, { begin: [1, 0, 0], size: [7, 6, 4] }),
        (x) => ops.elementwise((a, b) => f.div(a, f.add(1, f.abs(b))), x, tensor([0.5, 1, 2, 4])),
        (x) => ops.elementwise((a, b, c) => f.add(f.mul(a, b), c), x, tensor([1, 2, 3, 4]), tensor([0.5])),
        (x) => ops.transpose(x, [3, 1, 2]),
        (x) => ops.multiply(2, ops.add(x, 1)),
        (x) => ops.reduceMean(x, { axes: [2, 3] }),
        (x) =>
          ops.matMul(
            x,
            ops.reshape(parameter([8], { name: "flat", initializer: fromArray([1, 2, 3, 4, 5, 6, 7, 8]) }), [4, 2]),
          ),
        ops.sigmoid,
      ),
    ),
  ],
  [
    "many kinds of layers",
    model(
      pipe(
        input([9, 8, 4]),
        zeroPadding2d({
          padding: [
            [1, 0],
            [2, 1],
          ],
        }),
        depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2 }),
        prelu({ sharedAxes: [1, 2] }),
        separableConv2d({ filters: 5, kernelSize: 3, padding: "same" }),
        groupNormalization({ groups: 5 }),
        conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }),
        layerNormalization(),
        maxPool2d({ poolSize: [2, 3] }),
        upSampling2d({ size: 2, interpolation: "bilinear" }),
        activation({ name: "gelu", approximate: true }),
        leakyRelu({ alpha: 0.1 }),
        permute({ dims: [2, 1, 3] }),
        reshape({ targetShape: [-1, 4] }),
        conv1d({ filters: 6, kernelSize: 3, padding: "causal", activation: "tanh" }),
        dense({ units: 3, axis: -1 }),
        globalMaxPool1d,
        dense({ units: 2, activation: "sigmoid" }),
      ),
    ),
  ],
  ["merges", merges()],
  ["an ensemble", ensemble([small(), small(), small()], { weights: [1, 2, 3] })],
  ["unknown axes", model(pipe(input([null, null, 3]), conv2d({ filters: 4, kernelSize: 3 }), relu, globalAvgPool2d))],
];
