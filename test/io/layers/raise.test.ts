/** The law of raising: the layers that a graph is raised to compute what the graph computes, with the same weights. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../../src/backends/backend.js";
import { reference } from "../../../src/backends/reference/index.js";
import { sourceName, type Graph } from "../../../src/compiler/ir/graph.js";
import { requiredPasses } from "../../../src/compiler/pipeline.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { modelOf, raise, sourceNames, type Raised } from "../../../src/io/layers/index.js";
import { hasUnknownAxes, inferenceGraph } from "../../../src/run/inference-graph.js";
import { randomNet, recipes } from "../../nets/random-net.js";
import { runNamed } from "../../support/run-named.js";
import { meaningOf } from "./meaning.js";
import { architectures, lessonNets, writtenNets, type AnyModel } from "./nets.js";

const raisedFrom = (net: AnyModel): { graph: Graph; again: Graph; raised: Raised } => {
  const { graph } = orThrow(inferenceGraph(net));
  const raised = orThrow(raise(graph));
  return { graph, raised, again: orThrow(inferenceGraph(orThrow(modelOf(raised.layers)))).graph };
};

/** How often each word is there. */
const wordsOf = ({ layers }: Raised): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { word } of layers.calls) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const feedOf = (name: string, shape: readonly (number | string)[]): Float64Array => {
  const size = shape.reduce<number>((a, b) => a * (typeof b === "number" ? b : 2), 1);
  let state = Array.from(name).reduce((a, b) => (a * 31 + b.charCodeAt(0)) >>> 0, 7);
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // Above 0 for variances.
    return 0.25 + state / 2 ** 32;
  });
};

const resultsOf = async (
  graph: Graph,
  device: Device,
  { names, constants }: { names: ReadonlyMap<string, string>; constants: Raised["constants"] },
) => {
  const sources = graph.nodes.filter(({ op }) => op === "input" || op === "parameter" || op === "state");
  const feeds = new Map(
    sources.map((node) => {
      const name = sourceName(node);
      const shape = node.type.shape.map((dim) => (typeof dim === "number" ? dim : 2));
      const source = names.get(name) ?? name;
      const data = constants.get(source)?.data ?? feedOf(source, shape);
      return [name, { dtype: "f32" as const, shape, data: Float64Array.from(data) }] as const;
    }),
  );
  return runNamed(graph, device, { batch: 2, feeds, passes: requiredPasses });
};

describe("raised", () => {
  let oracle: Device;
  beforeAll(async () => {
    oracle = await orReject(reference.load);
  });
  const computesTheSame = async (net: AnyModel): Promise<void> => {
    const { graph, again, raised } = raisedFrom(net);
    const wanted = await resultsOf(graph, oracle, { names: new Map(), constants: new Map() });
    const got = await resultsOf(again, oracle, { names: sourceNames(raised.layers), constants: raised.constants });
    expect(got).toEqual(wanted);
  };

  test("architectures become their own layers, and nothing else", async () => {
    for (const [name, net] of [...(await architectures()), ...lessonNets]) {
      const { graph, again, raised } = raisedFrom(net);
      expect(meaningOf(again, sourceNames(raised.layers)), name).toEqual(meaningOf(graph));
      expect(
        Object.keys(wordsOf(raised)).filter((word) => word.includes(".") || word === "tensor"),
        name,
      ).toEqual([]);
    }
  });

  test.each(writtenNets.filter(([, net]) => !hasUnknownAxes(net)))("%s", (_, net) => computesTheSame(net));

  test("random nets", async () => {
    await fc.assert(
      fc.asyncProperty(recipes, (recipe) => computesTheSame(randomNet(recipe).model)),
      { numRuns: 30, seed: 20_261_122 },
    );
  });
});
