/**
 * Augmentation of a batch of 128×128 pictures as data maps and as layers, in turns in one process: least milliseconds per picture.
 *
 *     npx rolldown bench/augmentation.ts -d node_modules/.bench --platform node --external "@tensorflow/*" && node node_modules/.bench/augmentation.js
 *
 * Bundled, since a loader's indirection between modules slows the maps down ten times. The argument `node` (by `npx jiti
 * bench/augmentation.ts node`) runs the layers on TensorFlow.
 */
import * as maps from "../src/data/augment/index.js";
import type { Example, Image, Place } from "../src/data/dataset.js";
import { node } from "../src/backends/node/index.js";
import { wasm } from "../src/backends/tfjs/wasm/index.js";
import { defaultPasses } from "../src/compiler/pipeline.js";
import { toGraph } from "../src/dsl/to-graph.js";
import type { AnyExpr } from "../src/dsl/expr.js";
import { orReject, orThrow } from "../src/errors.js";
import * as layers from "../src/index.js";
import { foldIn, keyOf } from "../src/random/index.js";
import { compileGraph } from "../src/run/compiled-graph.js";

const rounds = 8;
const count = 32;
const shape = [128, 128, 3] as const;
const size = 128 * 128 * 3;
const numbers = Float32Array.from({ length: count * size }, (_, i) => (Math.sin(i * 0.37) + 1) / 2);

type PictureMap = (example: Example<Image, undefined>, place: Place) => Example<Image, undefined>;
interface Line {
  readonly map: PictureMap;
  readonly layer: (x: layers.Expr<typeof shape>) => AnyExpr;
}

const lines: Readonly<Record<string, Line>> = {
  randomFlip: { map: maps.randomFlip(), layer: layers.randomFlip() },
  "randomRotation (bilinear)": {
    map: maps.randomRotation({ factor: 0.1 }),
    layer: layers.randomRotation({ factor: 0.1 }),
  },
  "randomZoom (nearest)": {
    map: maps.randomZoom({ heightFactor: 0.2, interpolation: "nearest" }),
    layer: layers.randomZoom({ heightFactor: 0.2, interpolation: "nearest" }),
  },
  randomContrast: { map: maps.randomContrast({ factor: 0.2 }), layer: layers.randomContrast({ factor: 0.2 }) },
  randomHue: { map: maps.randomHue({ factor: 0.2 }), layer: layers.randomHue({ factor: 0.2 }) },
  "randomErasing (a number)": {
    map: maps.randomErasing({ factor: [1, 1], fillValue: 0.5 }),
    layer: layers.randomErasing({ factor: [1, 1], fillValue: 0.5 }),
  },
};

const device = await (process.argv[2] === "node" ? orReject(node.load) : orReject(wasm.load));

/** A run of the layer in training on the whole batch. */
const layerRun = (layer: Line["layer"]): (() => Promise<void>) => {
  const x = layers.input(shape);
  const registry = layers.operators;
  const made = orThrow(toGraph({ inputs: { x }, outputs: { y: layer(x) } }, { registry, mode: "training", seed: 1 }));
  const [output] = made.outputs;
  if (output === undefined) throw new Error("a layer has an output");
  const graph = made.builder.finish([{ kind: "result", name: "y", value: output.value.id }]);
  const compiled = compileGraph(graph, { registry, device, stableWeights: false, passes: defaultPasses });
  const image = device.upload(numbers, { dtype: "f32", shape: [count, ...shape] });
  const step = device.upload(Int32Array.of(0), { dtype: "i32", shape: [] });
  return async () => {
    const results = orThrow(
      await compiled.run(count, { input: () => image, parameter: () => image, state: () => step }),
    );
    for (const result of results) {
      await device.read(result);
      device.release(result);
    }
  };
};

/** The map on each picture of the batch. */
const mapRun = (map: PictureMap) => async (): Promise<void> => {
  for (let index = 0; index < count; index++)
    map(
      { x: { dtype: "f32", shape, data: numbers.subarray(index * size, (index + 1) * size) }, y: undefined },
      { seed: 1, epoch: 0, index, key: foldIn(keyOf(1), index) },
    );
};

const timed = async (run: () => Promise<void>): Promise<number> => {
  const begin = performance.now();
  await run();
  return (performance.now() - begin) / count;
};

console.log(`| ms per picture of 128×128×3 | data map | layer on ${process.argv[2] ?? "wasm"} |\n|---|---|---|`);
for (const [name, { map, layer }] of Object.entries(lines)) {
  const [ofMap, ofLayer] = [mapRun(map), layerRun(layer)];
  const least = { map: Infinity, layer: Infinity };
  for (let round = 0; round < rounds; round++) {
    least.map = Math.min(least.map, await timed(ofMap));
    least.layer = Math.min(least.layer, await timed(ofLayer));
  }
  console.log(`| ${name} | ${least.map.toFixed(2)} | ${least.layer.toFixed(2)} |`);
}
process.exit(0);
