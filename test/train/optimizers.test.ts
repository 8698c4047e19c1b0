/** Optimisers against Keras: the weights after twenty steps on the same gradients; constraints too. */
import { describe, expect, test } from "vitest";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import type { Device } from "../../src/backends/backend.js";
import { f32, type NdArray } from "../../src/data/nd-array.js";
import type { WeightInfo } from "../../src/dsl/to-graph.js";
import { orReject } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { zeros } from "../../src/ops/initializers.js";
import type { Constraint } from "../../src/ops/layer.js";
import type { NamedOptions } from "../../src/train/by-name.js";
import { appendConstraint } from "../../src/train/constraint-graph.js";
import { maxNorm, minMaxNorm, nonNegative, unitNorm } from "../../src/train/constraint.js";
import {
  appendAccumulation,
  appendOptimizer,
  averageSlot,
  slotName,
  type InitialState,
} from "../../src/train/optimizers/optimizer-graph.js";
import type { Optimizer } from "../../src/train/optimizers/index.js";
import { backendsUnderTest } from "../support/backends.js";
import { noteGolden } from "../support/golden-notes.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { fixtureOptimizer, floatsOf, numbersOf, readTraining, type RawTensor } from "./training-fixtures.js";

interface OptimizerCase {
  readonly optimizer: string;
  readonly options: NamedOptions;
  readonly after: readonly RawTensor[];
  readonly averages?: readonly RawTensor[];
}

const { start, gradients, cases } = readTraining<
  OptimizerCase,
  { readonly start: readonly RawTensor[]; readonly gradients: readonly (readonly (readonly number[])[])[] }
>("optimizers");

/** The step of an optimiser on weights w0, w1 whose gradients are fed as g0, g1. */
const stepGraph = (
  optimizer: Optimizer,
  phase: "apply" | "accumulate",
): { readonly graph: Graph; readonly states: readonly InitialState[] } => {
  const builder = graphBuilder(operators);
  const weights = start.map(({ shape }, i): WeightInfo => {
    const value = builder.emit("parameter", [], { name: `w${i}`, dtype: "f32", shape });
    return { name: `w${i}`, shape, kind: "parameter", trainable: true, initializer: zeros, value };
  });
  const given = start.map(({ shape }, i) => builder.emit("input", [], { name: `g${i}`, dtype: "f32", shape }));
  const append = phase === "apply" ? appendOptimizer : appendAccumulation;
  const { updates, states } = append({ optimizer, weights, gradients: given, builder });
  return { graph: builder.finish(updates), states };
};

const train = async (device: Device, optimizer: Optimizer): Promise<ReadonlyMap<string, NdArray<"f32">>> => {
  const apply = stepGraph(optimizer, "apply");
  const accumulate = stepGraph(optimizer, "accumulate");
  const carried = new Map<string, NdArray<"f32">>(start.map((raw, i) => [`w${i}`, floatsOf(raw)] as const));
  for (const { name, shape, start: value } of apply.states)
    carried.set(name, f32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)));
  for (const [step, given] of gradients.entries()) {
    const rate = optimizer.schedule?.at(step) ?? optimizer.learningRate;
    const feeds = new Map([...carried, ["step:learningRate", f32([], Float32Array.of(rate))]]);
    given.forEach((values, i) => feeds.set(`g${i}`, f32(start[i]?.shape ?? [], Float32Array.from(values))));
    const { graph } = (step + 1) % optimizer.accumulationSteps === 0 ? apply : accumulate;
    const updates = await runNamed(graph, device, { batch: 1, feeds });
    for (const [name, values] of updates)
      carried.set(name, f32(carried.get(name)?.shape ?? [], Float32Array.from(values)));
  }
  return carried;
};

interface ConstraintCase {
  readonly constraint: string;
  readonly options: NamedOptions;
  readonly weight: RawTensor;
  readonly after: RawTensor;
}

const constraints: Readonly<Record<string, (options: never) => Constraint>> = {
  maxNorm,
  minMaxNorm,
  nonNegative,
  unitNorm,
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  test.each(cases.map((one) => [`${one.optimizer} ${JSON.stringify(one.options)}`, one] as const))(
    "%s",
    async (_name, one) => {
      const device = await orReject(backend.load);
      const after = await train(device, fixtureOptimizer(one.optimizer, one.options));
      const errors = one.after.map((expected, i) => relativeError(after.get(`w${i}`)?.data ?? [], numbersOf(expected)));
      errors.forEach((error) => expect(error).toBeLessThanOrEqual(1e-5));
      one.averages?.forEach((expected, i) =>
        expect(
          relativeError(after.get(slotName(averageSlot, `w${i}`))?.data ?? [], numbersOf(expected)),
        ).toBeLessThanOrEqual(1e-5),
      );
      const weights = Math.max(...errors);
      noteGolden({ section: "optimizers", name: one.optimizer, backend: backendName, errors: { weights } });
    },
  );

  test.each(
    readTraining<ConstraintCase>("constraints").cases.map(
      (one) => [`${one.constraint} ${JSON.stringify(one.options)}`, one] as const,
    ),
  )("%s", async (_name, { constraint, options, weight, after }) => {
    const device = await orReject(backend.load);
    const builder = graphBuilder(operators);
    const value = builder.emit("parameter", [], { name: "w", dtype: "f32", shape: weight.shape });
    const made = constraints[constraint]?.(options as never) ?? nonNegative(); // the options come from the fixture of that constraint
    const { id } = appendConstraint(value, made, builder.emit);
    const feeds = new Map([["w", floatsOf(weight)] as const]);
    const results = await runNamed(builder.finish([{ kind: "update", name: "w", value: id }]), device, {
      batch: 1,
      feeds,
    });
    const forward = relativeError(results.get("w") ?? [], numbersOf(after));
    expect(forward).toBeLessThanOrEqual(1e-5);
    noteGolden({ section: "constraints", name: constraint, backend: backendName, errors: { forward } });
  });
});
