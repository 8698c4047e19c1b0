/** Random well-typed networks give the oracle's results on onnxruntime, optimised and not. */
import fc from "fast-check";
import { beforeAll, expect, test, vi } from "vitest";
import { ort } from "../../../src/backends/ort/index.js";
import { reference } from "../../../src/backends/reference/index.js";
import { orReject } from "../../../src/errors.js";
import { infersTheSame, type Devices } from "../../nets/net-laws.js";
import { recipes } from "../../nets/random-net.js";

vi.setConfig({ testTimeout: 180_000 });

let devices: Devices;
beforeAll(async () => {
  devices = { fast: await orReject(ort.load), oracle: await orReject(reference.load) };
});

test("100 random networks infer the same optimised, not optimised and on the oracle", async () => {
  const law = fc.asyncProperty(recipes, (recipe) => infersTheSame(recipe, devices));
  await fc.assert(law, { numRuns: 100, seed: 20_260_102 });
  expect(devices.fast.memory(), "what is left").toEqual({ buffers: 0, bytes: 0 });
});
