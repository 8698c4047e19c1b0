/** The laws of passes, all of them: numbers of 1,000 random nets and of every architecture, each pass alone and all together. SIZE=full, else a tenth. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { KernelDevice } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Target } from "../../src/compiler/target.js";
import { orReject } from "../../src/errors.js";
import { architectures } from "../nets/architectures.js";
import {
  distinctPasses,
  legalFor,
  passesKeepTheLaws,
  passesKeepTheNumbers,
  pipelineIsSettled,
  targetsOf,
} from "../nets/pass-laws.js";
import { recipes } from "../nets/random-net.js";
import { classifierSubjects, randomSubjects } from "../nets/subjects.js";

const count = process.env["SIZE"] === "full" ? 1000 : 100;
const seed = Number(process.env["SEED"] ?? 1);

let oracle: KernelDevice;
let targets: readonly Target[];
beforeAll(async () => {
  oracle = await orReject(reference.load);
  targets = targetsOf(oracle.target, (await orReject(wasm.load)).target);
});

test("every pass leaves a sound graph on 1,000 random nets, alone and after the others", () => {
  const law = fc.property(recipes, (recipe) => {
    const target = targets[recipe.seed % targets.length];
    if (target === undefined) throw new Error("there are targets");
    // Half of the nets as they come, half with what the target lacks rewritten.
    const isLegal = Math.floor(recipe.seed / targets.length) % 2 === 0;
    for (const { graph, mode } of randomSubjects(recipe)) {
      passesKeepTheLaws(isLegal ? legalFor(graph, target) : graph, target);
      pipelineIsSettled(graph, target, mode);
    }
  });
  fc.assert(law, { numRuns: 1000, seed });
});

test(`${count} random nets, for every target, in inference and training`, async () => {
  const law = fc.asyncProperty(recipes, async (recipe) => {
    const numeric = { oracle, batch: recipe.batch, seed: recipe.seed, alone: distinctPasses };
    for (const subject of randomSubjects(recipe))
      for (const target of targets) {
        passesKeepTheLaws(subject.graph, target);
        passesKeepTheLaws(legalFor(subject.graph, target), target);
        pipelineIsSettled(subject.graph, target, subject.mode);
        await passesKeepTheNumbers(subject, target, numeric);
      }
  });
  await fc.assert(law, { numRuns: count, seed });
  expect(oracle.memory().buffers).toBe(0);
});

describe.each(architectures)("$name", ({ name, small, full }) => {
  test("is settled at full size, for every target", () => {
    for (const { graph, mode } of classifierSubjects(full, seed))
      for (const target of targets) pipelineIsSettled(graph, target, mode);
  });

  test.each(["inference", "training"])("%s", async (mode) => {
    const start = performance.now();
    const subject = classifierSubjects(small, seed).find((one) => one.mode === mode);
    if (subject === undefined) throw new Error(`no graph for ${mode}`);
    for (const target of targets) {
      passesKeepTheLaws(subject.graph, target);
      await passesKeepTheNumbers(subject, target, { oracle, batch: 2, seed, alone: [] });
    }
    console.log(`${name}, ${mode}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  });
});
