/** How many elements there are is asked of the graph's inputs, so that no value is kept, or not fused, for its shape's sake. */
import type { Value } from "../ir/graph.js";
import { batchFactor, sizeOf, type Dims } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass } from "./pass.js";

/** The divisor of a mean: known, or a multiple of the batch size, which every input that has a batch axis tells. */
export const sizesOfInputs: Pass = {
  name: "sizesOfInputs",
  purpose: "Takes the sizes that means divide by from constants and the graph's inputs.",
  requires: "nothing",
  ensures: "no size is asked of a value that is computed, where an input has a batch axis",
  run: (graph, { registry }) => {
    const measured = graph.nodes.find(({ op, type }) => op === "input" && batchAxis(type.shape) !== undefined);
    const values = new Map<number, Value>();
    return rewriteGraph(graph, registry, (site) => {
      if (site.node.id === measured?.id) {
        const value = site.copy(site.node, site.inputs);
        values.set(measured.id, value);
        return value;
      }
      return site.node.op === "size" ? sizeFrom(site, measured && values.get(measured.id)) : undefined;
    });
  },
};

/** The axis whose size is the batch size or a multiple of it. */
const batchAxis = (shape: Dims): number | undefined => {
  const axis = shape.findIndex((dim) => typeof dim === "string");
  return axis === -1 ? undefined : axis;
};

const sizeFrom = ({ node, inputs: [x], emit }: Site, measured: Value | undefined): Value | undefined => {
  const { axes } = node.attrs;
  if (x === undefined || !Array.isArray(axes)) return undefined;
  const size = sizeOf(axes.map((axis) => x.type.shape[Number(axis)] ?? 1));
  if (typeof size === "number") return emit("constant", [], { dtype: "f32", shape: [], value: size });
  const axis = batchAxis(measured?.type.shape ?? []);
  const dim = axis === undefined ? undefined : measured?.type.shape[axis];
  if (measured === undefined || axis === undefined || dim === undefined || measured.id === x.id) return undefined;
  const factor = batchFactor(size) / batchFactor(dim);
  const count = emit("size", [measured], { axes: [axis] });
  return factor === 1 ? count : emit("elementwise", [count], { formula: ["mul", "x0", factor] });
};
