/** Every pass on random nets, in inference and training: sound after each; on some of them the numbers too. 1,000 nets: `npm run long -- passes`. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { KernelDevice } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Target } from "../../src/compiler/target.js";
import { orReject } from "../../src/errors.js";
import {
  distinctPasses,
  legalFor,
  passesKeepTheLaws,
  passesKeepTheNumbers,
  pipelineIsSettled,
  targetsOf,
} from "./pass-laws.js";
import { recipes, type Recipe } from "./random-net.js";
import { randomSubjects } from "./subjects.js";

const seed = Number(process.env["SEED"] ?? 20_261_122);

describe("on random nets", () => {
  let oracle: KernelDevice;
  let targets: readonly Target[];
  beforeAll(async () => {
    oracle = await orReject(reference.load);
    targets = targetsOf(oracle.target, (await orReject(wasm.load)).target);
  });

  /** Each net for one of the targets: over all nets every target has its share. */
  const targetFor = (recipe: Recipe): Target => {
    const target = targets[recipe.seed % targets.length];
    if (target === undefined) throw new Error("there are targets");
    return target;
  };

  test("every pass leaves a sound graph: 150 nets", { timeout: 120_000 }, () => {
    const law = fc.property(recipes, (recipe) => {
      const target = targetFor(recipe);
      // Half of the nets as they come, half with what the target lacks rewritten.
      const isLegal = Math.floor(recipe.seed / targets.length) % 2 === 0;
      for (const { graph } of randomSubjects(recipe))
        passesKeepTheLaws(isLegal ? legalFor(graph, target) : graph, target);
    });
    fc.assert(law, { numRuns: 150, seed });
  });

  test("the pipeline is deterministic and idempotent, in training too: 50 nets", () => {
    const law = fc.property(recipes, (recipe) => {
      for (const { graph, mode } of randomSubjects(recipe)) pipelineIsSettled(graph, targetFor(recipe), mode);
    });
    fc.assert(law, { numRuns: 50, seed });
  });

  test("optimised equals not optimised, each pass alone and all together: 20 nets", async () => {
    const law = fc.asyncProperty(recipes, async (recipe) => {
      const { batch } = recipe;
      for (const subject of randomSubjects(recipe))
        await passesKeepTheNumbers(subject, targetFor(recipe), {
          oracle,
          batch,
          seed: recipe.seed,
          alone: distinctPasses,
        });
    });
    await fc.assert(law, { numRuns: 20, seed });
    expect(oracle.memory().buffers).toBe(0);
  });
});
