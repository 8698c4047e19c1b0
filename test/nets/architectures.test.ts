/** Passes on published architectures: sound, deterministic, settled; on the small ones the numbers too. All of them: `npm run long -- passes`. */
import { beforeAll, describe, expect, test } from "vitest";
import type { KernelDevice } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { graphText } from "../../src/compiler/ir/text.js";
import type { Target } from "../../src/compiler/target.js";
import { orReject } from "../../src/errors.js";
import { architectures } from "./architectures.js";
import { passesKeepTheNumbers, pipelineIsSettled, targetsOf } from "./pass-laws.js";
import { classifierSubjects } from "./subjects.js";

let oracle: KernelDevice;
let targets: readonly Target[];
beforeAll(async () => {
  oracle = await orReject(reference.load);
  targets = targetsOf(oracle.target, (await orReject(wasm.load)).target);
});

describe.each(architectures.map((one, place) => ({ ...one, place })))("$name", ({ full, place }) => {
  test("is the same graph each time, sound after each pass, and settled, at full size", () => {
    const again = classifierSubjects(full, place);
    for (const [index, { graph, mode }] of classifierSubjects(full, place).entries()) {
      expect(graphText(graph)).toBe(graphText(again[index]?.graph ?? { nodes: [], outputs: [] }));
      // Over all nets and both modes every target has its share; the long test takes each for each.
      const target = targets[(place + index) % targets.length];
      if (target === undefined) throw new Error("there are targets");
      pipelineIsSettled(graph, target, mode);
    }
  });
});

/** Seconds each in float64; the others take up to a minute. */
const quick = new Set(["A3", "LeNet-5", "ResNet-20"]);

test.each(architectures.filter(({ name }) => quick.has(name)))(
  "$name gives the same numbers, in inference and in a training step",
  async ({ small }) => {
    for (const subject of classifierSubjects(small, 1))
      for (const target of targets)
        await passesKeepTheNumbers(subject, target, { oracle, batch: 2, seed: 1, alone: [] });
    expect(oracle.memory().buffers).toBe(0);
  },
);
