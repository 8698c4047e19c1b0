/** What must hold of every network; the short and the long test run these laws on random ones. */
import { expect } from "vitest";
import type { Backend, Device } from "../../src/backends/backend.js";
import { parseGraph } from "../../src/compiler/ir/parse.js";
import { graphText } from "../../src/compiler/ir/text.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { defaultPasses, requiredPasses } from "../../src/compiler/pipeline.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import { TE } from "../../src/fp.js";
import { operators } from "../../src/ops/registry.js";
import { gradientGraph, gradientName, labelsName, lossName } from "../../src/train/step-graph.js";
import { sgd, trainer } from "../../src/train/index.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed, type NamedRun } from "../support/run-named.js";
import { randomBatch, randomWeights } from "./random-data.js";
import { randomNet, type Recipe } from "./random-net.js";

export interface Devices {
  readonly fast: Device;
  readonly oracle: Device;
}

const request = (recipe: Recipe) => {
  const { model, loss } = randomNet(recipe);
  return { model: model["~model"], registry: operators, seed: recipe.seed, loss, metrics: [] };
};

const inferenceGraph = (recipe: Recipe): Graph => {
  const { builder, outputs } = orThrow(
    toGraph(request(recipe).model, { registry: operators, mode: "inference", seed: 0 }),
  );
  return builder.finish(outputs.map(({ name, value }) => ({ kind: "result", name, value: value.id })));
};

const feedsOf = (recipe: Recipe): NamedRun => {
  const net = randomNet(recipe);
  const { x, y } = randomBatch(net, recipe);
  const { weights } = orThrow(toGraph(net.model["~model"], { registry: operators, mode: "training", seed: 0 }));
  return {
    batch: recipe.batch,
    feeds: new Map([...Object.entries(x), [labelsName, y] as const, ...randomWeights(weights, recipe.seed)]),
  };
};

/** The operators of its training graph. */
export const operatorsOf = (recipe: Recipe): readonly string[] =>
  orThrow(gradientGraph(request(recipe))).graph.nodes.map(({ op }) => op);

/** Printing and parsing give the same graph back: in inference, in training, before and after the passes. */
export const printsAndParses = (recipe: Recipe): void => {
  for (const graph of [inferenceGraph(recipe), orThrow(gradientGraph(request(recipe))).graph])
    expect(orThrow(parseGraph(graphText(graph), operators, "test"))).toEqual(graph);
};

/** Optimised, not optimised and the oracle agree in inference; the verifier agrees after each pass. */
export const infersTheSame = async (recipe: Recipe, { fast, oracle }: Devices): Promise<void> => {
  const graph = inferenceGraph(recipe);
  const run = { ...feedsOf(recipe), stableWeights: true };
  const optimised = await runNamed(graph, fast, { ...run, passes: defaultPasses });
  const plain = await runNamed(graph, fast, { ...run, passes: requiredPasses });
  const exact = await runNamed(graph, oracle, { ...run, passes: requiredPasses });
  const folded = await runNamed(graph, oracle, { ...run, passes: defaultPasses });
  const wanted = exact.get("output") ?? [];
  expect(relativeError(folded.get("output") ?? [], wanted), "the passes keep the meaning, in float64").toBeLessThan(
    1e-9,
  );
  expect(relativeError(plain.get("output") ?? [], wanted), "not optimised").toBeLessThan(1e-4);
  expect(relativeError(optimised.get("output") ?? [], wanted), "optimised").toBeLessThan(1e-4);
};

const withDevice = (device: Device): Backend => ({ name: device.name, description: "", load: TE.right(device) });

/** One optimised step of training gives the oracle's loss and weights. */
export const trainsTheSame = async (recipe: Recipe, { fast, oracle }: Devices): Promise<void> => {
  const net = randomNet(recipe);
  const { weights: infos } = orThrow(toGraph(net.model["~model"], { registry: operators, mode: "training", seed: 0 }));
  const step = async (device: Device) => {
    const running = await orReject(
      trainer({
        ...net,
        backend: withDevice(device),
        optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
        weights: randomWeights(infos, recipe.seed),
        verifyEach: true,
      }),
    );
    const result = await orReject(running.step(randomBatch(net, recipe)));
    const after = await running.weights();
    running.dispose();
    return { loss: result[lossName] ?? Number.NaN, after };
  };
  const got = await step(fast);
  const wanted = await step(oracle);
  expect(relativeError([got.loss], [wanted.loss]), "loss").toBeLessThan(1e-4);
  for (const [name, { data }] of wanted.after)
    expect(relativeError(got.after.get(name)?.data ?? [], data), `${name} after a step`).toBeLessThan(1e-3);
};

/** Smaller ones when a larger one reaches over a kink. */
const differences = [1e-5, 1e-6, 1e-7];

/** The slope where both one-sided ones agree; undefined on a kink. */
const slopeOf = async (lossAt: (change: number) => Promise<number>, tolerance: number): Promise<number | undefined> => {
  const center = await lossAt(0);
  for (const difference of differences) {
    const above = ((await lossAt(difference)) - center) / difference;
    const below = (center - (await lossAt(-difference))) / difference;
    if (Math.abs(above - below) < tolerance) return (above + below) / 2;
  }
  return undefined;
};

/** The gradient at a few places of every weight is the slope of the loss, in float64; kinks are left out and counted. */
export const hasTheSlopesOfItsLoss = async (
  recipe: Recipe,
  { oracle }: Devices,
): Promise<{ places: number; kinks: number }> => {
  const { graph, model } = orThrow(gradientGraph(request(recipe)));
  const run = { ...feedsOf(recipe), passes: defaultPasses };
  const results = await runNamed(graph, oracle, run);
  const lossOnly = { ...graph, outputs: graph.outputs.filter(({ name }) => name === lossName) };
  const lossAt = async (name: string, place: number, change: number): Promise<number> => {
    const fed = run.feeds.get(name);
    if (fed === undefined) throw new Error(`no weight ${name}`);
    const data = Float64Array.from(fed.data);
    data[place] = (data[place] ?? 0) + change;
    const feeds = new Map(run.feeds).set(name, { dtype: "f32", shape: fed.shape, data });
    return (await runNamed(lossOnly, oracle, { ...run, feeds })).get(lossName)?.[0] ?? Number.NaN;
  };
  let places = 0;
  let kinks = 0;
  const parameters = model.weights.filter(({ kind }) => kind === "parameter");
  const first = parameters.length < 4 ? 0 : recipe.seed % parameters.length;
  for (const { name, shape } of [...parameters.slice(first), ...parameters.slice(0, first)].slice(0, 4)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const place = recipe.seed % size;
    const gradient = results.get(gradientName(name))?.[place] ?? 0;
    const tolerance = 1e-4 * (1 + Math.abs(gradient));
    const slope = await slopeOf((change) => lossAt(name, place, change), tolerance);
    places++;
    if (slope === undefined) kinks++;
    else expect(Math.abs(slope - gradient), `slope of ${name}[${place}]`).toBeLessThan(tolerance);
  }
  return { places, kinks };
};
