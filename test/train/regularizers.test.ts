/** Regularisers against Keras: the penalty of a weight and its gradient. */
import { describe, expect, test } from "vitest";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import { orReject } from "../../src/errors.js";
import { zeros } from "../../src/ops/initializers.js";
import type { Regularizer } from "../../src/ops/layer.js";
import { operators } from "../../src/ops/registry.js";
import { withPenalties } from "../../src/train/objective.js";
import { l1, l1l2, l2 } from "../../src/train/regularizer.js";
import { backendsUnderTest } from "../support/backends.js";
import { elementError } from "../support/element-error.js";
import { noteGolden } from "../support/golden-notes.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { floatsOf, numbersOf, readTraining, type RawTensor } from "./training-fixtures.js";

interface RegularizerCase {
  readonly regularizer: string;
  /** None for the defaults. */
  readonly numbers: readonly number[];
  readonly weight: RawTensor;
  readonly value: number;
  readonly gradient: RawTensor;
}

const { cases } = readTraining<RegularizerCase>("regularizers");

const made = ({ regularizer, numbers: [first, second] }: RegularizerCase): Regularizer => {
  switch (regularizer) {
    case "l1":
      return l1(first);
    case "l2":
      return l2(first);
    default:
      return l1l2({ l1: first, l2: second });
  }
};

/** A loss of 0 with the penalty of w, and the gradient by w. */
const penaltyGraph = (regularizer: Regularizer, shape: readonly number[]): Graph => {
  const builder = graphBuilder(operators);
  const value = builder.emit("parameter", [], { name: "w", dtype: "f32", shape });
  const zero = builder.emit("input", [], { name: "zero", dtype: "f32", shape: [] });
  const weight = {
    name: "w",
    shape,
    kind: "parameter",
    trainable: true,
    initializer: zeros,
    regularizer,
    value,
  } as const;
  const loss = withPenalties(zero, [weight], builder);
  const nodes = builder.finish([]).nodes.slice();
  const [gradient = loss] = appendGradient({ nodes, builder, registry: operators, loss, wrt: [value] });
  return builder.finish([
    { kind: "result", name: "value", value: loss.id },
    { kind: "result", name: "gradient", value: gradient.id },
  ]);
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  test.each(["l1", "l2", "l1l2"])("%s gives Keras's penalties and gradients", async (name) => {
    const device = await orReject(backend.load);
    const own = cases.filter(({ regularizer }) => regularizer === name);
    expect(own.length).toBeGreaterThanOrEqual(10);
    for (const one of own) {
      const feeds = new Map([
        ["w", floatsOf(one.weight)] as const,
        ["zero", floatsOf({ dtype: "f32", shape: [], data: [0] })] as const,
      ]);
      const results = await runNamed(penaltyGraph(made(one), one.weight.shape), device, { batch: 1, feeds });
      const gradient = results.get("gradient") ?? [];
      const errors = {
        forward: relativeError(results.get("value") ?? [], [one.value]),
        gradient: relativeError(gradient, numbersOf(one.gradient)),
      };
      expect(errors.forward, JSON.stringify(one.numbers)).toBeLessThanOrEqual(1e-5);
      expect(errors.gradient, JSON.stringify(one.numbers)).toBeLessThanOrEqual(1e-5);
      expect(elementError(gradient, numbersOf(one.gradient))).toBeLessThanOrEqual(1e-5);
      noteGolden({ section: "regularizers", name, backend: backendName, errors });
    }
  });
});
