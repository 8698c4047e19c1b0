/** Liveness: every buffer that a program makes is freed exactly once, after its last reader, or outlives the program. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeFrees } from "../../../src/compiler/lowering/liveness.js";
import { lower } from "../../../src/compiler/lowering/lower.js";
import { fillsOf, readsOf, type Program, type Step } from "../../../src/compiler/lowering/program.js";
import { runPasses } from "../../../src/compiler/pipeline.js";
import { orThrow } from "../../../src/errors.js";
import { operators } from "../../../src/ops/registry.js";
import { sgd } from "../../../src/train/index.js";
import { trainingGraph } from "../../../src/train/step-graph.js";
import { randomNet, recipes } from "../../nets/random-net.js";
import { anyTarget, ir, parsed, source } from "../ir-text.js";

const type = { dtype: "f32", shape: [1] } as const;
const call = (output: number, inputs: readonly number[]): Step => ({
  kind: "call",
  call: { kernel: "k", inputs: inputs.map((_, index) => index), attrs: {} },
  inputs,
  output,
  type,
  node: output,
});
const free = (slot: number): Step => ({ kind: "free", slot });

describe("placeFrees", () => {
  test("frees after the last reader", () => {
    const steps = [call(1, [0]), call(2, [1]), call(3, [1, 2]), call(4, [3])];
    expect(placeFrees(steps, new Set([0, 4]))).toEqual([
      call(1, [0]),
      call(2, [1]),
      call(3, [1, 2]),
      free(1),
      free(2),
      call(4, [3]),
      free(3),
    ]);
  });

  test("frees once what one step reads twice, and at once what nobody reads", () => {
    expect(placeFrees([call(1, [0]), call(2, [1, 1])], new Set([0]))).toEqual([
      call(1, [0]),
      call(2, [1, 1]),
      free(1),
      free(2),
    ]);
  });

  test("does not free what is fed", () => {
    expect(placeFrees([call(1, [0])], new Set([1]))).toEqual([call(1, [0])]);
  });
});

/** Runs the steps in thought: what is filled, what is freed. */
const expectSoundSteps = (steps: readonly Step[], filled: Set<number>, borrowed: ReadonlySet<number>): void => {
  for (const step of steps) {
    for (const slot of readsOf(step)) expect(filled.has(slot), `slot ${slot} is read while it is filled`).toBe(true);
    if (step.kind === "free") {
      expect(filled.delete(step.slot), `slot ${step.slot} is freed while it is filled`).toBe(true);
      expect(borrowed.has(step.slot), `slot ${step.slot} is not the program's to free`).toBe(false);
    } else {
      for (const slot of fillsOf(step)) {
        expect(filled.has(slot), `slot ${slot} is filled once`).toBe(false);
        filled.add(slot);
      }
    }
  }
};

const expectSound = ({ feeds, prepare, prepared, steps, outputs }: Program): void => {
  const weights = new Set(feeds.filter(({ kind }) => kind !== "input").map(({ slot }) => slot));
  const kept = new Set(weights);
  expectSoundSteps(prepare, kept, weights);
  expect(kept, "after preparing, only what the steps read is left").toEqual(new Set([...weights, ...prepared]));
  const fed = new Set([...feeds.map(({ slot }) => slot), ...prepared]);
  const filled = new Set(fed);
  expectSoundSteps(steps, filled, fed);
  expect(filled, "after the steps, only results are left").toEqual(
    new Set([...fed, ...outputs.map(({ slot }) => slot)]),
  );
};

test.each([true, false])("programs of random training steps are sound (weights stable: %s)", (stableWeights) => {
  fc.assert(
    fc.property(recipes, fc.integer({ min: 1, max: 4 }), (recipe, batch) => {
      const { model, loss } = randomNet(recipe);
      const request = {
        model: model["~model"],
        registry: operators,
        seed: 0,
        loss,
        metrics: [],
        optimizer: sgd({ momentum: 0.9 }),
      };
      const { graph } = runPasses(orThrow(trainingGraph(request)).graph, {
        registry: operators,
        target: anyTarget,
        verifyEach: true,
      });
      expectSound(orThrow(lower(graph, { registry: operators, target: anyTarget, batch, stableWeights })));
    }),
    { numRuns: 50, seed: 8 },
  );
});

const oddities: Readonly<Record<string, string>> = {
  "a result that is an input": ir(source(0, "input", "x", ["n", 4]), 'result "y" = %0'),
  "one node under two names": ir(
    source(0, "input", "x", ["n", 4]),
    "%1 = relu(%0) : f32[n, 4]",
    'result "a" = %1',
    'result "b" = %1',
  ),
  "a result that others read": ir(
    source(0, "input", "x", ["n", 4]),
    "%1 = relu(%0) : f32[n, 4]",
    "%2 = sigmoid(%1) : f32[n, 4]",
    'result "a" = %1',
    'result "b" = %2',
  ),
  "a view of a result": ir(
    source(0, "input", "x", ["n", 4]),
    "%1 = relu(%0) : f32[n, 4]",
    '%2 = reshape(%1) {shape: ["4n"]} : f32[4n]',
    'result "a" = %1',
    'result "b" = %2',
  ),
  "a result made of weights alone": ir(
    source(0, "parameter", "w", [4]),
    "%1 = relu(%0) : f32[4]",
    "%2 = sigmoid(%1) : f32[4]",
    'result "y" = %2',
  ),
  "a constant as a result": ir('%0 = constant() {dtype: "f32", shape: [], value: 1} : f32[]', 'result "y" = %0'),
  "a dead node": ir(source(0, "input", "x", ["n", 4]), "%1 = relu(%0) : f32[n, 4]", 'result "y" = %0'),
};

test.each(Object.entries(oddities))("the program of %s is sound", (_, text) => {
  for (const stableWeights of [true, false])
    expectSound(orThrow(lower(parsed(text), { registry: operators, target: anyTarget, batch: 2, stableWeights })));
});
