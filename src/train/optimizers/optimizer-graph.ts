/** Emits an optimiser's update of every weight into the graph of a step. */
import { invariant } from "../../errors.js";
import type { GraphBuilder } from "../../compiler/ir/builder.js";
import type { Output, Value } from "../../compiler/ir/graph.js";
import type { DataType } from "../../compiler/ir/type.js";
import { add, max, mul, sub } from "../../formula/formula.js";
import type { WeightInfo } from "../../dsl/to-graph.js";
import { appendConstraint } from "../constraint-graph.js";
import { matchesAny } from "../../dsl/weight-paths.js";
import { clipGradients } from "./clip.js";
import type { Optimizer, UpdateFormula } from "./optimizer.js";

/** A state that the step carries, and the number that it is filled with at first. */
export interface InitialState {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly start: number;
}

/** The name under which a step is fed the learning rate. */
export const learningRateName = "step:learningRate";

export const slotName = (slot: string, weight: string): string => `optimizer:${slot}/${weight}`;
export const scalarName = (scalar: string): string => `optimizer:${scalar}`;

/** The moving average of a weight, where the optimiser keeps one. */
export const averageSlot = "average";
const accumulatorSlot = "gradientAccumulator";
const emaMomentum = "emaMomentum";

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

/** What is being emitted: the states and updates so far. */
interface Emission {
  readonly state: (name: string, shape: readonly number[], start: number) => Value;
  readonly update: (name: string, value: Value) => void;
  readonly formula: (inputs: readonly Value[], formula: UpdateFormula["formula"]) => Value;
  readonly builder: GraphBuilder;
}

const emission = (builder: GraphBuilder): Emission & { readonly done: Optimized } => {
  const updates: Output[] = [];
  const states: InitialState[] = [];
  return {
    builder,
    done: { updates, states },
    state: (name, shape, start) => {
      states.push({ name, dtype: "f32", shape, start });
      return builder.emit("state", [], { name, dtype: "f32", shape });
    },
    update: (name, value) => void updates.push({ kind: "update", name, value: value.id }),
    formula: (inputs, formula) => builder.emit("elementwise", inputs, { formula }),
  };
};

/** Clipping, decay, the update rule, constraints and averages, in Keras's order. */
export const appendOptimizer = ({ optimizer, weights, gradients, builder }: OptimizerRequest): Optimized => {
  const to = emission(builder);
  const common = commonValues(optimizer, to);
  const whole =
    optimizer.accumulationSteps > 1 ? accumulated({ optimizer, weights, gradients, builder }, to, "apply") : gradients;
  const clipped = clipGradients(whole, optimizer.clipping, builder.emit);
  weights.forEach((weight, index) => {
    const gradient = clipped[index];
    if (gradient === undefined) return;
    const before = decayed(weight, optimizer, common, to);
    const values = new Map([...common, ["parameter", before] as const, ["gradient", gradient] as const]);
    for (const { name, start } of optimizer.slots)
      values.set(name, to.state(slotName(name, weight.name), weight.shape, start));
    for (const rule of optimizer.updates) {
      const next = applyRule(rule, values, optimizer, to);
      values.set(`next:${rule.gives}`, next);
      if (optimizer.slots.some(({ name }) => name === rule.gives)) to.update(slotName(rule.gives, weight.name), next);
    }
    const stepped = valueOf(values, "next:parameter", optimizer);
    const after =
      weight.constraint === undefined ? stepped : appendConstraint(stepped, weight.constraint, builder.emit);
    to.update(weight.name, after);
    if (optimizer.ema !== undefined) average(weight, after, common, to);
  });
  return to.done;
};

/** Between two changes of the weights: only the gradients are summed. */
export const appendAccumulation = (request: OptimizerRequest): Optimized => {
  const to = emission(request.builder);
  accumulated(request, to, "accumulate");
  return to.done;
};

/** The mean of the gradients since the last change; what is kept for the next step is their sum, or zeros after a change. */
const accumulated = (
  { optimizer, weights, gradients, builder }: OptimizerRequest,
  to: Emission,
  phase: "accumulate" | "apply",
): readonly (Value | undefined)[] =>
  weights.map((weight, index) => {
    const gradient = gradients[index];
    if (gradient === undefined) return undefined;
    const name = slotName(accumulatorSlot, weight.name);
    const before = to.state(name, weight.shape, 0);
    if (phase === "accumulate") {
      to.update(name, to.formula([gradient, before], add("x0", "x1")));
      return undefined;
    }
    to.update(name, builder.emit("constant", [], { dtype: "f32", shape: weight.shape, value: 0 }));
    return to.formula([gradient, before], mul(add("x0", "x1"), 1 / optimizer.accumulationSteps));
  });

/** What all weights have in common: the learning rate, and the optimiser's numbers before and after this step. */
const commonValues = (optimizer: Optimizer, to: Emission): ReadonlyMap<string, Value> => {
  const common = new Map<string, Value>();
  common.set("learningRate", to.builder.emit("input", [], { name: learningRateName, dtype: "f32", shape: [] }));
  for (const { name, start, reads, formula } of optimizer.scalars) {
    common.set(name, to.state(scalarName(name), [], start));
    const next = to.formula(
      reads.map((read) => valueOf(common, read, optimizer)),
      formula,
    );
    common.set(`next:${name}`, next);
    to.update(scalarName(name), next);
  }
  if (optimizer.ema === undefined) return common;
  const momentum = to.state(scalarName(emaMomentum), [], 0);
  to.update(scalarName(emaMomentum), to.formula([momentum], max("x0", optimizer.ema)));
  return common.set(emaMomentum, momentum);
};

const valueOf = (values: ReadonlyMap<string, Value>, read: string, { name }: Optimizer): Value => {
  const value = values.get(read);
  invariant(value, `${name} reads '${read}', which nothing gives`);
  return value;
};

const applyRule = (
  { reads, formula }: UpdateFormula,
  values: ReadonlyMap<string, Value>,
  optimizer: Optimizer,
  to: Emission,
): Value =>
  to.formula(
    reads.map((read) => valueOf(values, read, optimizer)),
    formula,
  );

/** w (1 − decay · lr), where the weight is to decay. */
const decayed = (weight: WeightInfo, optimizer: Optimizer, common: ReadonlyMap<string, Value>, to: Emission): Value => {
  const { weightDecay = 0, excludeFromWeightDecay } = optimizer;
  if (weightDecay === 0 || matchesAny(excludeFromWeightDecay, weight.name)) return weight.value;
  return to.formula(
    [weight.value, valueOf(common, "learningRate", optimizer)],
    mul("x0", sub(1, mul(weightDecay, "x1"))),
  );
};

/** The average of the weight's values: momentum · average + (1 − momentum) · w, with momentum 0 at the first step, as in Keras. */
const average = (weight: WeightInfo, after: Value, common: ReadonlyMap<string, Value>, to: Emission): void => {
  const name = slotName(averageSlot, weight.name);
  const momentum = common.get(emaMomentum);
  invariant(momentum, "the average's momentum is among the common values");
  const before = to.state(name, weight.shape, 0);
  to.update(name, to.formula([before, after, momentum], add(mul("x2", "x0"), mul(sub(1, "x2"), "x1"))));
};
