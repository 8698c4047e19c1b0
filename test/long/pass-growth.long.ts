/** Every pass takes time linear in the number of nodes: four times the layers take about four times as long. */
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Graph, Value } from "../../src/compiler/ir/graph.js";
import { defaultPasses, runPasses } from "../../src/compiler/pipeline.js";
import { orReject } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";

/** Layers of padding, convolution, scale, sum, activation, transpose there and back, and a join of joins. */
const chain = (layers: number): Graph => {
  const { emit, finish } = graphBuilder(operators);
  const float = (op: string, name: string, shape: readonly (number | "n")[]): Value =>
    emit(op, [], { dtype: "f32", name, shape });
  let x = float("input", "x", ["n", 4, 4, 2]);
  for (let layer = 0; layer < layers; layer++) {
    const kernel = float("parameter", `kernel${layer}`, [3, 3, 2, 2]);
    const scale = float("parameter", `scale${layer}`, [2]);
    const sides = [1, 1];
    const padded = emit("pad", [x], { pads: [[0, 0], sides, sides, [0, 0]], value: 0 });
    const slide = {
      strides: [1, 1],
      pads: [
        [0, 0],
        [0, 0],
      ],
      dilations: [1, 1],
      groups: 1,
    };
    const y = emit("multiply", [emit("conv2d", [padded, kernel], slide), scale]);
    const sum = emit("add", [y, x]);
    const turned = emit("relu", [emit("transpose", [sum], { permutation: [0, 3, 1, 2] })]);
    const back = emit("transpose", [turned], { permutation: [0, 2, 3, 1] });
    const both = emit("concatenate", [back, y], { axis: 3 });
    x = emit("slice", [both], { begin: [0, 0, 0, 0], size: ["n", 4, 4, 2] });
  }
  return finish([{ kind: "result", name: "y", value: x.id }]);
};

test(
  "1,000 layers take no more than ten times as long as 250, each pass: a square would take sixteen",
  { timeout: 120_000 },
  async () => {
    const { target } = await orReject(reference.load);
    const sizes = [250, 1000] as const;
    const graphs = sizes.map(chain);
    /** The shortest of several runs, by the place in the pipeline: what other processes do only adds. */
    const best = sizes.map(() => defaultPasses.map(() => Number.POSITIVE_INFINITY));
    for (let round = 0; round < 5; round++)
      graphs.forEach((graph, size) => {
        const times = best[size] ?? [];
        // Time of this process: others' does not count.
        const timed = defaultPasses.map((pass, place) => ({
          ...pass,
          run: (before: Graph, context: Parameters<typeof pass.run>[1]) => {
            const start = process.cpuUsage();
            const after = pass.run(before, context);
            const { user, system } = process.cpuUsage(start);
            times[place] = Math.min(times[place] ?? Number.POSITIVE_INFINITY, (user + system) / 1000);
            return after;
          },
        }));
        runPasses(graph, { registry: operators, target, passes: timed });
      });
    const slow = defaultPasses.flatMap(({ name }, place) => {
      const [short = 0, long = 0] = best.map((times) => times[place]);
      return long > 10 * short + 10 ? [`${name}: ${short.toFixed(2)} ms, then ${long.toFixed(2)} ms`] : [];
    });
    expect(slow).toEqual([]);
  },
);
