/** Cases of the layers that draw random numbers: Keras has no values for them, but their gradients have finite differences. */
import { fillNormal, keyOf } from "../../src/random/index.js";
import type { GoldenTensor, LayerFixture } from "./fixture.js";

const tensor = (shape: readonly number[], seed: number): GoldenTensor => {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  fillNormal(data, keyOf(seed));
  return { shape, data: Array.from(data) };
};

const layer = (word: string, options: Readonly<Record<string, number>>, shape: readonly number[]): LayerFixture => ({
  layer: word,
  source: "finite differences alone",
  cases: [
    {
      options,
      mode: "training",
      inputs: [tensor(shape, 1)],
      weights: [],
      output: tensor(shape, 2),
      outputGradient: tensor(shape, 3),
      inputGradients: [null],
      weightGradients: [],
      states: [],
    },
  ],
});

export const randomLayerFixtures: readonly LayerFixture[] = [
  layer("dropout", { rate: 0.4 }, [2, 3, 5]),
  layer("spatialDropout1d", { rate: 0.4 }, [2, 3, 5]),
  layer("spatialDropout2d", { rate: 0.4 }, [2, 2, 3, 4]),
  layer("spatialDropout3d", { rate: 0.4 }, [2, 2, 1, 3, 4]),
  layer("gaussianNoise", { stddev: 0.3 }, [2, 3, 5]),
  layer("gaussianDropout", { rate: 0.3 }, [2, 3, 5]),
];
