/**
 * Every layer against Keras: shape, forward result, gradients by inputs and weights, next states, on each backend
 * (LAYERS=conv1d picks fixtures, BACKEND=wasm backends, VERBOSE=1 prints the errors).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import { orReject } from "../../src/errors.js";
import { backendsUnderTest, inferringBackends, passesUnderTest } from "../support/backends.js";
import { elementError } from "../support/element-error.js";
import { noteGolden } from "../support/golden-notes.js";
import { runNamed } from "../support/run-named.js";
import { layerFixtures, type GoldenTensor, type LayerCase, type LayerFixture } from "./fixture.js";
import { applied, feedsOf, goldenGraph, inputName } from "./golden-graph.js";

const tolerance = 1e-4;
/** Of each element by itself: float32 computes, and Keras's numbers are float64's. */
const elementTolerance = 2e-5;

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
  return Object.fromEntries(
    [...expected].flatMap(([name, { data }]) => {
      // A gradient that is not there counts as zeros; what is as good as zero is compared with 0.01, as above.
      const each = elementError(Float32Array.from(results.get(name) ?? new Float64Array(data.length)), data, 0.01);
      return [[name, errorOf(results.get(name), data)] as const, [`${name} element by element`, each] as const];
    }),
  );
};

const isElementwise = (name: string): boolean => name.endsWith(" element by element");
const worstOf = (errors: Readonly<Record<string, number>>, elementwise: boolean): number =>
  Math.max(
    0,
    ...Object.entries(errors).flatMap(([name, error]) => (isElementwise(name) === elementwise ? [error] : [])),
  );

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

  describe.each(inferringBackends.map((backend) => [backend.name, backend] as const))("on %s", (name, backend) => {
    let device: Device;
    let before = 0;
    beforeAll(async () => {
      device = await orReject(backend.load);
      before = device.memory().buffers;
    });
    afterAll(() => expect(device.memory().buffers, "buffers that were left").toBe(before));

    const trains = backendsUnderTest.includes(backend);
    test.each([["forward", false] as const, ...(trains ? [["gradients", true] as const] : [])])(
      "gives Keras's numbers: %s",
      async (what, gradients) => {
        let [worst, worstElement] = [0, 0];
        for (const [text, one] of cases) {
          const errors = await errorsOf(device, fixture, one, gradients);
          worst = Math.max(worst, worstOf(errors, false));
          const wrong = Object.entries(errors).filter(
            ([quantity, error]) => !(error <= (isElementwise(quantity) ? elementTolerance : tolerance)),
          );
          expect(Object.fromEntries(wrong), `${what} of ${fixture.layer}(${text}) above ${tolerance}`).toEqual({});
          const section = fixture.layer === "activation" ? "activations" : "layers";
          const word = section === "activations" ? String(one.options?.["name"]) : fixture.layer;
          const noted = { [gradients ? "gradient" : "forward"]: worstOf(errors, false) };
          noteGolden({ section, name: word, backend: name, errors: noted });
          worstElement = Math.max(worstElement, worstOf(errors, true));
        }
        const row = `${fixture.layer} ${name}`;
        table[row] = {
          ...table[row],
          [what]: worst.toExponential(1),
          [`${what}, an element`]: worstElement.toExponential(1),
        };
      },
    );
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
