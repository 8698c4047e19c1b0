/** The inference graphs of a model: one for each shape of its inputs, and a single one where all axes are known. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { sourceName, type Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { withInputShape, type InputShapes } from "../dsl/with-input-shape.js";
import type { Shape } from "../shape/shape.js";
import { inferenceGraph } from "./inference-graph.js";

export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
  /** The size of the first axis, where a file fixes it: then it is no batch. */
  readonly first?: number | undefined;
}

export interface GraphFamily {
  /** Names, and shapes without the batch axis; `null` is an axis that is not known before data comes. */
  readonly inputs: readonly GraphInput[];
  /** The graph for inputs of these shapes, or the sentence of the layer that does not take them. */
  readonly graphFor: (shapes: InputShapes) => Either<SvertkaError, Graph>;
}

/** Of a graph whose shapes are known. */
export const singleGraph = (graph: Graph): GraphFamily => ({
  inputs: graph.nodes
    .filter((node) => node.op === "input")
    .map((node) => {
      const [first, ...shape] = node.type.shape;
      return {
        name: sourceName(node),
        shape: shape.map(Number),
        ...(typeof first === "number" ? { first } : {}),
      };
    }),
  graphFor: () => E.right(graph),
});

/** Of a model with unknown axes and these weights. */
export const graphsOf = (model: Model<unknown, unknown>, weights: readonly WeightInfo[]): GraphFamily => ({
  inputs: Object.entries(model["~model"].inputs).map(([name, { shape }]) => ({ name, shape })),
  graphFor: (shapes) =>
    pipe(
      inferenceGraph(withInputShape(model, shapes)),
      E.flatMap(({ graph, model: sized }) => sameWeights(graph, sized.weights, weights)),
    ),
});

/** Layers of our own refuse unknown axes that weights depend on; one made by others may not. */
const sameWeights = (
  graph: Graph,
  sized: readonly WeightInfo[],
  weights: readonly WeightInfo[],
): Either<SvertkaError, Graph> => {
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape.join()]));
  const other = sized.find(({ name, shape }) => shapes.get(name) !== shape.join());
  return other === undefined
    ? E.right(graph)
    : fail(
        "BadModel",
        other.name,
        `weights: the shape of '${other.name.slice(-40)}' depends on an unknown axis of the input: give that axis a number in input(...)`,
      );
};
