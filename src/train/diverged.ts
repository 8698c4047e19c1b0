/** Training that cannot go on: says where a number that is none came from. */
import { mistake, type SvertkaError } from "../errors.js";
import type { LayerInfo } from "../dsl/to-graph.js";
import type { NdArray } from "../data/nd-array.js";
import type { Weights } from "../run/initial-weights.js";
import type { StepNumbers } from "./run-step.js";
import { probeName } from "./step-graph.js";

const areFinite = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
};

export interface Traces {
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
  readonly weights: Weights;
  readonly layers: readonly LayerInfo[];
  /** Of the probe graph, on the same batch with the same weights. */
  readonly probes: StepNumbers;
}

/** The remedy, and the first thing on the way from the data to the loss that is no finite number. */
const explained = ({ inputs, weights, layers, probes }: Traces): string => {
  const input = [...inputs].find(([, { data }]) => !areFinite(data));
  if (input !== undefined) return `mend the data: '${input[0]}' holds NaN or infinite values`;
  const layer = layers.find((_, index) => !areFinite(probes.get(probeName(index)) ?? []));
  if (layer === undefined) return "lower the learning rate, or look at the labels: every layer's values are finite";
  const ownWeights = layer.weights.some((name) => !areFinite(weights.get(name)?.data ?? []));
  const which = ownWeights
    ? "the first layer with such values, in its weights already,"
    : "the first layer with such a value";
  return `lower the learning rate, or clip gradients (clipNorm: 1); ${which} is '${layer.name}'`;
};

/** A loss that is NaN or infinite; weights and states stay as they were before the step. */
export const divergedAt = (step: number, loss: number, traces: Traces): SvertkaError =>
  mistake("Diverged", `step ${step + 1}`, `loss: it became ${loss}: ${explained(traces)}`);
