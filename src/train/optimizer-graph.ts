/** Emits an optimiser's update of every weight into the graph of a step. */
import { invariant } from "../errors.js";
import type { GraphBuilder } from "../compiler/ir/builder.js";
import type { Output, Value } from "../compiler/ir/graph.js";
import type { DataType } from "../compiler/ir/type.js";
import { mul } from "../formula/formula.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { Optimizer } from "./optimizer.js";

/** A state that the step carries, and the number that it is filled with at first. */
export interface InitialState {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly start: number;
}

/** The name under which a step is fed the learning rate. */
export const learningRateName = "learningRate";

export const slotName = (slot: string, weight: string): string => `optimizer/${slot}/${weight}`;
export const scalarName = (scalar: string): string => `optimizer/${scalar}`;

interface OptimizerRequest {
  readonly optimizer: Optimizer;
  readonly weights: readonly WeightInfo[];
  /** By weight; undefined where the loss does not depend on it: such a weight stays as it is. */
  readonly gradients: readonly (Value | undefined)[];
  readonly builder: GraphBuilder;
}

interface Optimized {
  readonly updates: readonly Output[];
  readonly states: readonly InitialState[];
}

export const appendOptimizer = ({ optimizer, weights, gradients, builder }: OptimizerRequest): Optimized => {
  const updates: Output[] = [];
  const states: InitialState[] = [];
  const state = (name: string, shape: readonly number[], start: number): Value => {
    states.push({ name, dtype: "f32", shape, start });
    return builder.emit("state", [], { name, dtype: "f32", shape });
  };
  const update = (name: string, value: Value): void => void updates.push({ kind: "update", name, value: value.id });
  const common = new Map<string, Value>([
    ["learningRate", builder.emit("input", [], { name: learningRateName, dtype: "f32", shape: [] })],
  ]);
  for (const { name, start, factor } of optimizer.scalars) {
    const old = state(scalarName(name), [], start);
    const next = builder.emit("elementwise", [old], { formula: mul("x0", factor) });
    common.set(name, old).set(`next:${name}`, next);
    update(scalarName(name), next);
  }
  weights.forEach((weight, index) => {
    const gradient = gradients[index];
    if (gradient === undefined) return;
    const values = new Map([...common, ["parameter", weight.value] as const, ["gradient", gradient] as const]);
    for (const slot of optimizer.slots) values.set(slot, state(slotName(slot, weight.name), weight.shape, 0));
    for (const { gives, reads, formula } of optimizer.updates) {
      const inputs = reads.map((read) => {
        const value = values.get(read);
        invariant(value, `${optimizer.name} reads '${read}', which nothing gives`);
        return value;
      });
      const next = builder.emit("elementwise", inputs, { formula });
      values.set(`next:${gives}`, next);
      if (gives === "parameter") update(weight.name, next);
      else if (optimizer.slots.includes(gives)) update(slotName(gives, weight.name), next);
    }
  });
  return { updates, states };
};
