/** The lesson nets against Keras: forward results, losses, gradients and the weights after ten steps (VERBOSE=1 prints the errors). */
import { afterAll, describe, expect, test, vi } from "vitest";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { gradientGraph, gradientName, labelsName } from "../../src/train/step-graph.js";
import { trainer } from "../../src/train/index.js";
import type { Backend } from "../../src/backends/backend.js";
import type { NdArray } from "../../src/data/nd-array.js";
import { backendsUnderTest, inferringBackends, passesUnderTest } from "../support/backends.js";
import { noteGolden } from "../support/golden-notes.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { goldenBatch, goldenError, goldenWeights, nameOfKeras, readGolden } from "./golden.js";
import { lessonNets, type LessonNet, type LessonNetName } from "./lesson-nets.js";

// Ten steps of a5 in float64 take 20 seconds on an idle machine.
vi.setConfig({ testTimeout: 180_000 });

const tolerance = { forward: 1e-4, loss: 1e-4, gradient: 1e-4, after: 1e-3 };
type Quantity = keyof typeof tolerance;

/** TensorFlow.js's plain JavaScript, and GPUs in software, take minutes for the larger nets. */
const slowBackends: readonly string[] = ["cpu", "webgl", "webgpu"];
const smallNets: readonly LessonNetName[] = ["a1", "bn"];

const names = Object.keys(lessonNets).filter((name): name is LessonNetName => name in lessonNets);

const table: Record<string, Record<string, string>> = {};
afterAll(() => {
  if (process.env["VERBOSE"] !== undefined) console.table(table);
});

/** Every error is within its tolerance; the worst goes to the table. */
const expectWithin = (row: string, quantity: Quantity, errors: ReadonlyMap<string, number>): void => {
  const worst = Math.max(...errors.values());
  table[row] = { ...table[row], [quantity]: worst.toExponential(1) };
  const wrong = [...errors].filter(([, error]) => !(error <= tolerance[quantity]));
  expect(errors.size, `compared tensors of ${quantity}`).toBeGreaterThan(0);
  expect(Object.fromEntries(wrong), `${quantity} of ${row} above ${tolerance[quantity]}`).toEqual({});
  const [name = "", backend] = row.split(" ");
  noteGolden({ section: "models", name, backend, errors: { [quantity === "after" ? "weights" : quantity]: worst } });
};

describe.each(names)("%s", (name) => {
  const golden = readGolden(name);
  const net: LessonNet = lessonNets[name];
  const weights = goldenWeights(golden);
  const batch = goldenBatch(golden);
  const backends = inferringBackends.filter(
    (backend) => !slowBackends.includes(backend.name) || smallNets.includes(name),
  );

  test("the formula gives the inputs and weights that Keras had", () => {
    expect(Array.from(batch.y.data)).toEqual(golden.labels);
    const errors = golden.parameters.map(({ name: keras, norm }) => {
      const { data } = weights.get(nameOfKeras(keras)) ?? { data: new Float32Array() };
      return Math.abs(Math.sqrt(data.reduce((sum, value) => sum + value * value, 0)) - norm) / norm;
    });
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  test("has Keras's weights, by name and in Keras's order", () => {
    const graph = orThrow(toGraph(net.model["~model"], { registry: operators, mode: "training", seed: 0 }));
    expect(
      graph.weights.map(({ name: own, shape, kind }) => ({ name: own, shape, trainable: kind === "parameter" })),
    ).toEqual(
      golden.parameters.map(({ name: keras, shape, trainable }) => ({ name: nameOfKeras(keras), shape, trainable })),
    );
  });

  describe.each(backends.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
    const row = `${name} ${backend.name}`;
    const trains = backendsUnderTest.includes(backend);
    const testTraining = trains ? test : (): void => undefined;

    test("gives the same forward result", async () => {
      const { output } = await forward(net, backend, batch.x);
      expectWithin(row, "forward", new Map([["forward", goldenError(golden, "forward", Float32Array.from(output))]]));
    });

    testTraining("gives the same loss and gradients", async () => {
      const request = { model: net.model["~model"], registry: operators, seed: 0, loss: net.loss, metrics: [] };
      const { graph } = orThrow(gradientGraph(request));
      const device = await orReject(backend.load);
      const feeds = new Map([["input", batch.x] as const, [labelsName, batch.y] as const, ...weights]);
      const results = await runNamed(graph, device, { batch: golden.batch, feeds, passes: passesUnderTest });
      const errors = golden.parameters.flatMap(({ name: keras, trainable }, k): [string, number][] => {
        if (!trainable) return [];
        const gradient = Float32Array.from(results.get(gradientName(nameOfKeras(keras))) ?? []);
        return [[`${keras} (gradient/${k})`, goldenError(golden, `gradient/${k}`, gradient)]];
      });
      expectWithin(row, "gradient", new Map(errors));
      expectWithin(
        row,
        "loss",
        new Map([["loss", relativeError(results.get("loss") ?? [], golden.lossPerStep.slice(0, 1))]]),
      );
    });

    testTraining("has the same losses and weights over ten steps", async () => {
      const running = await orReject(trainer({ ...net, backend, weights, passes: passesUnderTest }));
      const losses: number[] = [];
      for (const _step of golden.lossPerStep) losses.push((await orReject(running.step(batch)))["loss"] ?? Number.NaN);
      const after = await running.weights();
      running.dispose();
      expectWithin(
        row,
        "loss",
        new Map(losses.map((loss, step) => [`step ${step}`, relativeError([loss], [golden.lossPerStep[step] ?? 0])])),
      );
      const errors = golden.parameters.map(({ name: keras }, k): [string, number] => [
        `${keras} (after/${k})`,
        goldenError(golden, `after/${k}`, after.get(nameOfKeras(keras))?.data ?? new Float32Array()),
      ]);
      expectWithin(row, "after", new Map(errors));
    });

    const forward = async (
      { model }: LessonNet,
      on: Backend,
      x: NdArray<"f32">,
    ): Promise<{ readonly output: Float64Array }> => {
      const inference = orThrow(toGraph(model["~model"], { registry: operators, mode: "inference", seed: 0 }));
      const outputs = inference.outputs.map(({ name: output, value }) => ({
        kind: "result" as const,
        name: output,
        value: value.id,
      }));
      const feeds = new Map([["input", x] as const, ...weights]);
      const device = await orReject(on.load);
      const results = await runNamed(inference.builder.finish(outputs), device, {
        batch: golden.batch,
        feeds,
        passes: passesUnderTest,
        stableWeights: true,
      });
      return { output: results.get("output") ?? new Float64Array() };
    };
  });
});
