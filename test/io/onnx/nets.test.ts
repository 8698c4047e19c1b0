/** What our own writer writes is read back: random nets and the lessons' nets give the same outputs, with their weights' names. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { reference } from "../../../src/backends/reference/index.js";
import type { Device } from "../../../src/backends/backend.js";
import { sourceName, type Graph } from "../../../src/compiler/ir/graph.js";
import { f32, type NdArray } from "../../../src/data/nd-array.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { onnxOf } from "../../../src/io/onnx/of-model.js";
import { readOnnx, type OnnxModel } from "../../../src/io/onnx/read/index.js";
import { inferenceGraph } from "../../../src/run/inference-graph.js";
import type { Weights } from "../../../src/run/initial-weights.js";
import type { Model } from "../../../src/index.js";
import { lessonNets } from "../../models/lesson-nets.js";
import { randomBatch, randomWeights } from "../../nets/random-data.js";
import { randomNet, recipes, type Recipe } from "../../nets/random-net.js";
import { relativeError } from "../../support/run-graph.js";
import { runNamed } from "../../support/run-named.js";

let device: Device;
beforeAll(async () => {
  device = await orReject(reference.load);
});

interface Written {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly again: OnnxModel;
}

const thereAndBack = (net: Model<unknown, unknown>, seed: number): Written => {
  const { graph, model: description } = orThrow(inferenceGraph(net));
  const weights = randomWeights(description.weights, seed);
  return { graph, weights, again: orThrow(readOnnx(orThrow(onnxOf(graph, weights)).bytes)) };
};

type Feeds = Readonly<Record<string, NdArray<"f32">>>;

const givesTheSame = async ({ graph, weights, again }: Written, x: Feeds, batch: number): Promise<void> => {
  const run = (one: Graph, own: Weights): ReturnType<typeof runNamed> =>
    runNamed(one, device, { batch, feeds: new Map([...Object.entries(x), ...own]), stableWeights: true });
  const wanted = await run(graph, weights);
  const got = await run(again.graph, again.weights);
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  for (const [name, values] of wanted) expect(relativeError(got.get(name) ?? [], values), name).toBeLessThan(1e-5);
};

test("random nets", async () => {
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe: Recipe) => {
      const net = randomNet(recipe);
      const { x } = randomBatch(net, recipe);
      await givesTheSame(thereAndBack(net.model, recipe.seed), x, recipe.batch);
    }),
    { numRuns: 60, seed: 20_261_122 },
  );
});

/** Numbers that do not repeat, for each input of a graph. */
const someInputs = (graph: Graph, batch: number): Feeds =>
  Object.fromEntries(
    graph.nodes
      .filter(({ op }) => op === "input")
      .map((node) => {
        const shape = [batch, ...node.type.shape.slice(1).map(Number)];
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
        return [sourceName(node), f32(shape, data)];
      }),
  );

test.each(Object.entries(lessonNets))("the lesson's net %s, whose weights keep their names", async (_, net) => {
  const written = thereAndBack(net.model, 7);
  const names = (weights: Weights): readonly string[] => [...weights.keys()].toSorted();
  const isRead = new Set(written.graph.nodes.filter(({ op }) => op === "parameter" || op === "state").map(sourceName));
  expect(names(written.again.weights)).toEqual(names(written.weights).filter((name) => isRead.has(name)));
  await givesTheSame(written, someInputs(written.graph, 2), 2);
});

test("a convnet of ours comes back without a transpose: the file's are renamings", () => {
  const { again } = thereAndBack(lessonNets.a3.model, 1);
  const turned = again.graph.nodes.filter(({ op }) => op === "transpose");
  expect(turned).toEqual([]);
  expect(again.graph.nodes.find(({ op }) => op === "input")?.type.shape).toEqual(["n", 28, 28, 1]);
});
