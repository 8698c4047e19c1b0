/** Every layer's gradient by every element of every input and weight, in every configuration of the goldens, against finite differences. */
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { differencesOf } from "../layers/finite-differences.js";
import { layerFixtures } from "../layers/fixture.js";
import { randomLayerFixtures } from "../layers/random-cases.js";
import { noteGolden } from "../support/golden-notes.js";

const totals = { configurations: 0, places: 0, kinks: 0, worst: 0, where: "" };

test.each([...layerFixtures(), ...randomLayerFixtures].map((fixture) => [fixture.layer, fixture] as const))(
  "%s",
  async (layer, fixture) => {
    const device = await orReject(reference.load);
    for (const one of fixture.cases) {
      const { errors, places, kinks } = await differencesOf(device, fixture, one, Number.POSITIVE_INFINITY);
      const wrong = Object.entries(errors).filter(([, error]) => !(error <= 1e-6));
      expect(Object.fromEntries(wrong), `${layer}(${JSON.stringify(one.options)}), ${one.mode}`).toEqual({});
      const worst = Math.max(...Object.values(errors));
      if (worst > totals.worst) Object.assign(totals, { worst, where: `${layer}(${JSON.stringify(one.options)})` });
      totals.configurations += 1;
      totals.places += places;
      totals.kinks += kinks;
      const random = randomLayerFixtures.includes(fixture);
      const section = layer === "activation" ? "activations" : random ? "random layers" : "layers";
      const name = layer === "activation" ? String(one.options?.["name"]) : layer;
      noteGolden({ section, name, errors: { "finite differences": worst } });
    }
    expect(device.memory().buffers).toBe(0);
  },
);

test("the sum of it", () => {
  const { configurations, places, kinks, worst, where } = totals;
  console.log(
    `${configurations} configurations, ${places} slopes, ${kinks} of them on a kink and left out, worst ${worst.toExponential(1)} in ${where}`,
  );
  expect(worst).toBeGreaterThan(0);
  expect(kinks / places).toBeLessThan(0.005);
});
