/** Some two hundred damaged files of all formats; `npm run long -- fuzz` reads thousands. */
import { expect, test } from "vitest";
import { fuzzFiles } from "./fuzz.js";

test("210 damaged files are read or refused in a sentence", async () => {
  for (const { format, cases, refused } of await fuzzFiles(210, 1)) {
    expect(cases, format).toBe(30);
    // Damage that matters is the rule, or the test tests nothing.
    expect(refused, format).toBeGreaterThan(cases / 4);
  }
}, 120_000);
