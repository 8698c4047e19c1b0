/**
 * Set up before every test file of `npm run test:passes`: wherever the default passes would run, others do. PASSES=noop puts a
 * pass that copies the graph between every two of them, PASSES=none leaves legalisation only; the verifier runs after each.
 */
import { vi } from "vitest";
import type * as pipeline from "../../src/compiler/pipeline.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { rewriteGraph } from "../../src/compiler/rewrite/walk.js";

const noop: Pass = {
  name: "noop",
  purpose: "Copies the graph.",
  requires: "nothing",
  ensures: "the same graph",
  run: (graph, { registry }) => rewriteGraph(graph, registry, () => undefined),
};

vi.mock("../../src/compiler/pipeline.js", async (original) => {
  const real = await original<typeof pipeline>();
  const others: Readonly<Record<string, readonly Pass[]>> = {
    noop: real.defaultPasses.flatMap((pass) => [noop, pass, noop]),
    none: real.requiredPasses,
  };
  const chosen = others[process.env["PASSES"] ?? ""];
  if (chosen === undefined) throw new Error(`PASSES is one of ${Object.keys(others).join(", ")}`);
  const runPasses: typeof real.runPasses = (graph, options) => {
    const isDefault = options.passes === undefined || options.passes === real.defaultPasses;
    return real.runPasses(graph, { ...options, ...(isDefault ? { passes: chosen } : {}), verifyEach: true });
  };
  return { ...real, runPasses };
});
