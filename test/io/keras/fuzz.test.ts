/** Some hundred damaged Keras files; `npm run long -- keras-fuzz` reads 2,000. */
import { expect, test } from "vitest";
import { fuzzKeras } from "./fuzz.js";

test("300 damaged files are read or refused in a sentence", async () => {
  const { cases, refused } = await fuzzKeras(["nested", "shared", "sequential", "operations", "scales"], 300, 1);
  // Damage that matters is the rule, or the test tests nothing.
  expect(refused).toBeGreaterThan(cases / 2);
}, 120_000);
