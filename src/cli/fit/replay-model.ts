/**
 * A model that emits a graph again, node by node: for loss and training on a checkpoint, which has no model source.
 * Its mode is the graph's, inference, whatever it is asked for.
 */
import { invariant } from "../../errors.js";
import { E } from "../../fp.js";
import { sourceName, type Graph, type Node, type Value } from "../../compiler/ir/graph.js";
import { makeExpr, type AnyExpr } from "../../dsl/expr.js";
import type { Model } from "../../dsl/model.js";
import type { LayerSpec, ParameterOptions } from "../../ops/layer.js";
import type { Shape } from "../../shape/shape.js";
import { layerOf } from "../weight-nodes.js";

/** The axes of a node without the batch. */
const shapeWithoutBatch = ({ type }: Node): Shape =>
  type.shape.slice(1).map((dim) => (typeof dim === "number" ? dim : null));

/** Never read: a checkpoint's weights take the place of these. */
const unused: ParameterOptions = { initializer: { kind: "zeros" } };

/** What the walk has made of the graph's weights, by name. */
type Emitted = Map<string, Value>;

const layerExpr = (layer: LayerSpec, inputs: readonly AnyExpr[], shape: Shape): AnyExpr =>
  makeExpr(shape, { kind: "layer", layer, inputs });

/** A layer of weights alone, under the name of the layer that they belong to; a walk makes it before what reads them. */
const weightsOfLayer = (name: string, weights: readonly Node[], emitted: Emitted): AnyExpr => {
  const build: LayerSpec["build"] = (builder) => {
    const values = weights.map((weight) => {
      const make = weight.op === "state" ? builder.state : builder.parameter;
      const own = sourceName(weight).slice(name.length + 1);
      const value = make(own, weight.type.shape.map(Number), unused);
      emitted.set(sourceName(weight), value);
      return value;
    });
    const [first] = values;
    invariant(first, "a layer of weights has weights");
    return first;
  };
  return layerExpr({ name, options: {}, rule: () => E.right([]), build }, [], []);
};

/** Everything that is no input and no weight; its value is the graph's output. */
const replay = (
  graph: Graph,
  output: number,
  names: readonly string[],
  emitted: Emitted,
): Omit<LayerSpec, "rule" | "name"> => ({
  options: {},
  build: (builder, inputs) => {
    const values = new Map<number, Value>();
    const valueOf = (id: number): Value => {
      const value = values.get(id);
      invariant(value, `node %${id} comes before what reads it`);
      return value;
    };
    for (const node of graph.nodes) {
      const name = sourceName(node);
      const known = node.op === "input" ? inputs[names.indexOf(name)] : isWeight(node) ? emitted.get(name) : undefined;
      values.set(node.id, known ?? builder.emit(node.op, node.inputs.map(valueOf), node.attrs));
    }
    return valueOf(output);
  },
});

const isWeight = ({ op }: Node): boolean => op === "parameter" || op === "state";

/** A model of one graph; the weights keep their names. */
export const replayModel = (graph: Graph): Model<unknown, unknown> => {
  const emitted: Emitted = new Map();
  const sources = graph.nodes.filter(({ op }) => op === "input");
  const inputs = Object.fromEntries(
    sources.map((node) => [
      sourceName(node),
      makeExpr(shapeWithoutBatch(node), { kind: "input", name: sourceName(node) }),
    ]),
  );
  const weights = graph.nodes.filter(isWeight);
  const layers = [...new Set(weights.map(layerOf))].map((name) =>
    weightsOfLayer(
      name,
      weights.filter((weight) => layerOf(weight) === name),
      emitted,
    ),
  );
  const given = [...Object.values(inputs), ...layers];
  const outputs = Object.fromEntries(
    graph.outputs.map(({ name, value }) => {
      const node = graph.nodes.find(({ id }) => id === value);
      invariant(node, "an output is a node");
      const shape = shapeWithoutBatch(node);
      const spec = replay(graph, value, Object.keys(inputs), emitted);
      return [name, layerExpr({ ...spec, name: "graph", rule: () => E.right(shape) }, given, shape)];
    }),
  );
  return { inputs, outputs, "~model": { inputs, outputs } };
};
