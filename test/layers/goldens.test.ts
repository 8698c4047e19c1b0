/**
 * Every layer against Keras: shape, forward result, gradients by inputs and weights, next states, on each backend
 * (LAYERS=conv1d picks fixtures, BACKEND=wasm backends, VERBOSE=1 prints the errors).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import { orReject } from "../../src/errors.js";
import { backendsUnderTest, passesUnderTest } from "../support/backends.js";
import { runNamed, type NamedRun } from "../support/run-named.js";
import { layerFixtures, type GoldenTensor, type LayerCase, type LayerFixture } from "./fixture.js";
import { applied, goldenGraph, inputName, outputGradientName, type GoldenGraph } from "./golden-graph.js";

const tolerance = 1e-4;

const table: Record<string, Record<string, string>> = {};
afterAll(() => {
  if (process.env["VERBOSE"] !== undefined) console.table(table);
});

/** ‖a − b‖₂ / ‖b‖₂ over the finite places; what ought to be as good as zero is compared with 0.01. */
const errorOf = (got: ArrayLike<number> | undefined, want: ArrayLike<number>): number => {
  let difference = 0;
  let norm = 0;
  if (got !== undefined && got.length !== want.length) return Number.POSITIVE_INFINITY;
  for (let i = 0; i < want.length; i++) {
    const [x = 0, y = 0] = [got?.[i], want[i]];
    const finite = Number.isFinite(x) && Number.isFinite(y);
    if (!finite && !Object.is(Math.fround(x), y)) return Number.POSITIVE_INFINITY;
    difference += finite ? (x - y) ** 2 : 0;
    norm += finite ? y ** 2 : 0;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 0.01);
};

const fed = ({ shape, data }: GoldenTensor) => ({ dtype: "f32", shape, data: Float64Array.from(data) }) as const;

const feedsOf = (one: LayerCase, { model, ownName }: GoldenGraph): NamedRun["feeds"] => {
  const feeds = new Map<string, ReturnType<typeof fed>>([[outputGradientName, fed(one.outputGradient)]]);
  one.inputs.forEach((tensor, i) => feeds.set(inputName(i), fed(tensor)));
  for (const { name } of model.weights) {
    const weight = one.weights.find((given) => given.name === ownName(name));
    if (weight === undefined) throw new Error(`the fixture has no weight ${ownName(name)}`);
    feeds.set(name, fed(weight));
  }
  return feeds;
};

/** What is compared, by name; an absent gradient of ours counts as zeros. */
const expectedOf = (one: LayerCase, gradients: boolean): ReadonlyMap<string, GoldenTensor> =>
  new Map([
    ["output", one.output],
    ...one.states.map((state) => [state.name, state] as const),
    ...(gradients
      ? [
          ...one.inputGradients.flatMap((tensor, i) => (tensor === null ? [] : [[inputName(i), tensor] as const])),
          ...one.weightGradients.map((tensor) => [`gradient/${tensor.name}`, tensor] as const),
        ]
      : []),
  ]);

const errorsOf = async (
  device: Device,
  fixture: LayerFixture,
  one: LayerCase,
  gradients: boolean,
): Promise<Record<string, number>> => {
  const golden = goldenGraph(fixture, one, gradients);
  const run = { batch: one.inputs[0]?.shape[0] ?? 1, feeds: feedsOf(one, golden), passes: passesUnderTest };
  const results = await runNamed(golden.graph, device, { ...run, stableWeights: !gradients });
  const expected = expectedOf(one, gradients);
  return Object.fromEntries([...expected].map(([name, { data }]) => [name, errorOf(results.get(name), data)]));
};

describe.each(layerFixtures().map((fixture) => [fixture.layer, fixture] as const))("%s", (_, fixture) => {
  const cases = fixture.cases.map((one) => [JSON.stringify(one.options), one] as const);

  test("has Keras's shapes and weights", () => {
    for (const [text, one] of cases) {
      expect(applied(fixture.layer, one).result.shape, text).toEqual(one.output.shape.slice(1));
      const { model, ownName } = goldenGraph(fixture, one, false);
      const batch = one.inputs[0]?.shape[0] ?? 1;
      expect(model.outputs.map(({ value }) => concreteShape(value.type.shape, batch))).toEqual([one.output.shape]);
      expect(
        model.weights.map(({ name, shape }) => ({ name: ownName(name), shape })).toSorted(byName),
        `weights of ${text}`,
      ).toEqual(one.weights.map(({ name, shape }) => ({ name, shape })).toSorted(byName));
    }
  });

  describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (name, backend) => {
    let device: Device;
    let before = 0;
    beforeAll(async () => {
      device = await orReject(backend.load);
      before = device.memory().buffers;
    });
    afterAll(() => expect(device.memory().buffers, "buffers that were left").toBe(before));

    test.each([
      ["forward", false],
      ["gradients", true],
    ] as const)("gives Keras's numbers: %s", async (what, gradients) => {
      let worst = 0;
      for (const [text, one] of cases) {
        const errors = await errorsOf(device, fixture, one, gradients);
        worst = Math.max(worst, ...Object.values(errors));
        const wrong = Object.entries(errors).filter(([, error]) => !(error <= tolerance));
        expect(Object.fromEntries(wrong), `${what} of ${fixture.layer}(${text}) above ${tolerance}`).toEqual({});
      }
      const row = `${fixture.layer} ${name}`;
      table[row] = { ...table[row], [what]: worst.toExponential(1) };
    });
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
