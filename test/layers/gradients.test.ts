/** Every layer's gradients against finite differences, at some elements; `npm run long -- layer-gradients` takes all of all cases. */
import { beforeAll, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { differencesOf } from "./finite-differences.js";
import { layerFixtures, type LayerCase, type LayerFixture } from "./fixture.js";
import { randomLayerFixtures } from "./random-cases.js";

/** Of each input and each weight. */
const places = 6;

/** The first and the last case of each mode: batch normalisation differs between them. */
const someOf = ({ cases }: LayerFixture): readonly LayerCase[] => {
  const byMode = (["inference", "training"] as const).map((mode) => cases.filter((one) => one.mode === mode));
  return [...new Set(byMode.flatMap((of) => [of[0], of.at(-1)]))].filter((one) => one !== undefined);
};

let device: Device;
beforeAll(async () => {
  device = await orReject(reference.load);
});

test.each([...layerFixtures(), ...randomLayerFixtures].map((fixture) => [fixture.layer, fixture] as const))(
  "%s has the slopes of its result",
  async (layer, fixture) => {
    for (const one of someOf(fixture)) {
      const { errors } = await differencesOf(device, fixture, one, places);
      expect(Object.keys(errors).length, "gradients").toBeGreaterThan(0);
      const wrong = Object.entries(errors).filter(([, error]) => !(error <= 1e-6));
      expect(Object.fromEntries(wrong), `${layer}(${JSON.stringify(one.options)}), ${one.mode}`).toEqual({});
    }
  },
);
