/** A layer's gradient by inputs and weights against central differences in float64, on the reference backend. */
import type { Device } from "../../src/backends/backend.js";
import { requiredPasses } from "../../src/compiler/pipeline.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { compileGraph } from "../../src/run/compiled-graph.js";
import { elementError } from "../support/element-error.js";
import { runNamed, type NamedRun } from "../support/run-named.js";
import type { LayerCase, LayerFixture } from "./fixture.js";
import { feedsOf, goldenGraph } from "./golden-graph.js";

const step = 1e-5;

/** The places of a tensor that are compared: they lie evenly. */
const placesOf = (count: number, most: number): readonly number[] =>
  Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)));

type Feeds = NamedRun["feeds"];

interface Slopes {
  readonly feeds: Feeds;
  /** The tensor that is moved, and its elements. */
  readonly name: string;
  readonly places: readonly number[];
  /** Of the gradient: what a bend is compared with. */
  readonly size: number;
}

/** d/dx of Σ outputGradient ⊙ output by central differences, at some elements of one input or weight; NaN on a kink. */
const measured = async (
  run: (feeds: Feeds) => Promise<Float64Array>,
  one: LayerCase,
  { feeds, name, places, size }: Slopes,
): Promise<readonly number[]> => {
  const tensor = feeds.get(name);
  if (tensor === undefined) throw new Error(`nothing is fed for ${name}`);
  const lossAt = async (place: number, change: number): Promise<number> => {
    const data = Float64Array.from(tensor.data);
    data[place] = (data[place] ?? 0) + change;
    const output = await run(new Map([...feeds, [name, { dtype: "f32", shape: tensor.shape, data }]]));
    return output.reduce((sum, value, i) => sum + value * (one.outputGradient.data[i] ?? 0), 0);
  };
  const here = await lossAt(places[0] ?? 0, 0);
  const slopes: number[] = [];
  for (const place of places) {
    const [above, below] = [await lossAt(place, step), await lossAt(place, -step)];
    // Where two inputs of a maximum are equal, the slopes to the two sides differ, and there is no gradient.
    const bend = Math.abs(above + below - 2 * here) / step;
    slopes.push(bend > 1e-3 * size ? Number.NaN : (above - below) / (2 * step));
  }
  return slopes;
};

const rms = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / Math.max(1, values.length));

export interface Differences {
  /** Elements that were moved. */
  readonly places: number;
  /** Those of them without a slope: the loss has a kink there. */
  readonly kinks: number;
  /** By input and weight: the largest error of an element, against its size and the gradient's. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Every gradient of a case, at up to `most` elements of each tensor. */
export const differencesOf = async (
  device: Device,
  fixture: LayerFixture,
  one: LayerCase,
  most: number,
): Promise<Differences> => {
  const batch = one.inputs[0]?.shape[0] ?? 1;
  const withGradients = goldenGraph(fixture, one, true);
  const feeds = feedsOf(one, withGradients);
  const passes = requiredPasses;
  const gradients = await runNamed(withGradients.graph, device, { batch, feeds, passes });
  const { graph } = goldenGraph(fixture, one, false);
  const forward = compileGraph(graph, { registry: operators, device, stableWeights: false, passes });
  const run = async (given: Feeds): Promise<Float64Array> => {
    const buffers = new Map(
      [...given].map(([name, { data, dtype, shape }]) => [name, device.upload(data, { dtype, shape })]),
    );
    const feed = (name: string) => buffers.get(name) ?? missing(name);
    const results = orThrow(await forward.run(batch, { input: feed, parameter: feed, state: feed }));
    const [output = missing("output")] = results;
    const numbers = Float64Array.from(await device.read(output));
    for (const buffer of [...results, ...buffers.values()]) device.release(buffer);
    return numbers;
  };
  const errors: Record<string, number> = {};
  let [places, kinks] = [0, 0];
  const moved = [...feeds.keys()].filter((name) => isMoved(name, withGradients.model.weights));
  for (const name of moved) {
    const own = withGradients.model.inputs.some((input) => input.name === name)
      ? name
      : `gradient/${withGradients.ownName(name)}`;
    const size = feeds.get(name)?.data.length ?? 0;
    const chosen = placesOf(size, most);
    const gradient = gradients.get(own) ?? new Float64Array(size);
    const numeric = await measured(run, one, { feeds, name, places: chosen, size: Math.max(1e-3, rms(gradient)) });
    // All elements count for the gradient's size; those that were not moved, or lie on a kink, are equal to themselves.
    const whole = Float64Array.from(gradient);
    chosen.forEach(
      (place, i) => (whole[place] = Number.isNaN(numeric[i]) ? (gradient[place] ?? 0) : (numeric[i] ?? 0)),
    );
    kinks += numeric.filter(Number.isNaN).length;
    errors[own] = elementError(gradient, whole, 1e-3);
    places += chosen.length;
  }
  forward.dispose();
  return { places, kinks, errors };
};

const missing = (name: string): never => {
  throw new Error(`nothing is there for ${name}`);
};

/** Inputs and trainable weights: not moving statistics, not the step, not the gradient that is given. */
const isMoved = (name: string, weights: readonly { readonly name: string; readonly kind: string }[]): boolean =>
  name.startsWith("input") || weights.some((weight) => weight.name === name && weight.kind === "parameter");
