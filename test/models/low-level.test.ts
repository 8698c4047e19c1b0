/** The lesson's nets in the low-level style: with Keras's initial weights the same losses as the layers, and Keras's. */
import { describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import {
  biasAdd,
  conv2dOp,
  flatten,
  heNormal,
  input,
  matMul,
  model,
  ops,
  parameter,
  zeros,
  type Expr,
} from "../../src/index.js";
import { trainer } from "../../src/train/index.js";
import { relativeError } from "../support/run-graph.js";
import { goldenBatch, goldenWeights, readGolden } from "./golden.js";
import { lessonNets } from "./lesson-nets.js";

const weight = <const S extends readonly number[]>(name: string, shape: S) =>
  parameter<S>(shape, { name, initializer: heNormal });
const bias = <N extends number>(name: string, size: N) => parameter([size], { name, initializer: zeros });

/** Flatten, a product, relu, a product: the lesson's two-layer net. */
const twoLayer = (image: Expr<[32, 32, 3]>) => {
  const hidden = ops.relu(biasAdd(matMul(flatten(image), weight("w1", [3072, 4000])), bias("b1", 4000)));
  return biasAdd(matMul(hidden, weight("w2", [4000, 10])), bias("b2", 10));
};

/** The lesson's three-layer convnet with explicit parameters. */
const threeLayer = (image: Expr<[32, 32, 3]>) => {
  const first = biasAdd(conv2dOp(image, weight("w1", [5, 5, 3, 32]), { padding: 2 }), bias("b1", 32));
  const second = biasAdd(conv2dOp(ops.relu(first), weight("w2", [3, 3, 32, 16]), { padding: 1 }), bias("b2", 16));
  return biasAdd(matMul(flatten(ops.relu(second)), weight("w3", [16384, 10])), bias("b3", 10));
};

const nets = {
  a6: model(twoLayer(input([32, 32, 3]))),
  a7: model(threeLayer(input([32, 32, 3]))),
  a8: model(threeLayer(input([32, 32, 3]))),
} as const;

describe.each(["a6", "a7", "a8"] as const)("%s", (name) => {
  test("has the losses of the layers, bit for bit, and Keras's", async () => {
    const golden = readGolden(name);
    const keras = goldenWeights(golden);
    const { loss, optimizer, model: layers } = lessonNets[name];
    const lossesOf = async (net: typeof layers, weights: typeof keras): Promise<number[]> => {
      const running = await orReject(trainer({ model: net, backend: wasm, loss, optimizer, weights }));
      const losses: number[] = [];
      for (let step = 0; step < 5; step++)
        losses.push((await orReject(running.step(goldenBatch(golden))))["loss"] ?? Number.NaN);
      running.dispose();
      return losses;
    };
    const own = ["w1", "b1", "w2", "b2", "w3", "b3"];
    const renamed = new Map([...keras.values()].map((array, i) => [own[i] ?? "", array]));
    const low = await lossesOf(nets[name], renamed);
    expect(low).toEqual(await lossesOf(layers, keras));
    expect(relativeError(low, golden.lossPerStep.slice(0, 5))).toBeLessThan(1e-4);
  });
});
