/** The law of layer graphs: a model's layers make the same model again, in inference and in training. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphText } from "../../../src/compiler/ir/text.js";
import { toGraph, type ModelGraph, type ToGraphOptions } from "../../../src/dsl/to-graph.js";
import { orThrow } from "../../../src/errors.js";
import { layersOf, modelOf } from "../../../src/io/layers/index.js";
import { operators } from "../../../src/ops/registry.js";
import { hasUnknownAxes } from "../../../src/run/inference-graph.js";
import { randomNet, recipes } from "../../nets/random-net.js";
import { architectures, lessonNets, writtenNets, type AnyModel } from "./nets.js";

/** All that training sees of a model: its nodes, its weights with how they begin and change, its states' next values. */
const seenOf = (net: AnyModel, mode: ToGraphOptions["mode"]): object => {
  const made: ModelGraph = orThrow(
    toGraph(net["~model"], {
      registry: operators,
      mode,
      seed: 1,
      ...(hasUnknownAxes(net) ? { anySize: true as const } : {}),
    }),
  );
  const { builder, inputs, outputs, weights, layers, updates, step } = made;
  return {
    text: graphText(builder.finish(outputs.map(({ name, value }) => ({ kind: "result", name, value: value.id })))),
    inputs,
    weights: weights.map(({ value, ...rest }) => ({ ...rest, id: value.id })),
    layers: layers.map(({ name, shape, weights: names }) => ({ name, shape, names })),
    updates: [...updates],
    step,
  };
};

const staysTheSame = (net: AnyModel): void => {
  const graph = orThrow(layersOf(net));
  const again = orThrow(modelOf(graph));
  for (const mode of ["inference", "training"] as const) expect(seenOf(again, mode)).toEqual(seenOf(net, mode));
  expect(orThrow(layersOf(again))).toEqual(graph);
};

describe("a model of its own layers", () => {
  test("architectures", async () => {
    for (const [, net] of await architectures()) staysTheSame(net);
  });

  test.each([...lessonNets, ...writtenNets])("%s", (_, net) => staysTheSame(net));

  test("random nets", () => {
    fc.assert(
      fc.property(recipes, (recipe) => staysTheSame(randomNet(recipe).model)),
      { numRuns: 50, seed: 20_261_122 },
    );
  });
});
