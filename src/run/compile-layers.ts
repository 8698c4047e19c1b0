/** A model compiled with layers inside it as its outputs: to see what they give. */
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { sourceName, type Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import { withInputShape } from "../dsl/with-input-shape.js";
import type { CompileOptions } from "./compile.js";
import { singleGraph, type GraphFamily } from "./graph-family.js";
import { hasUnknownAxes, inferenceGraph, outlineOf } from "./inference-graph.js";
import { initialWeights } from "./initial-weights.js";
import { layerNamed } from "./layer-output.js";
import { familyPredictor, type Predictor } from "./predictor.js";
import { checkWeights } from "./weight-store.js";

export interface CompileLayersOptions extends CompileOptions {
  /** Names of layers, as `summary` says them: `conv2d`, `stage1/block2/conv2d`. */
  readonly layers: readonly string[];
}

/**
 * Compiles a model up to the named layers, on any backend: `predict` gives their outputs in inference mode, by their names.
 * Of a layer that is applied several times it is the first application. What no named layer needs is not computed.
 *
 * Errors  BadOption for a name that no layer has; those of `compile`.
 *
 * @example
 * const inside = await orReject(compileLayers(net, { backend: wasm, weights, layers: ["conv2d", "maxPool2d"] }))
 * const { conv2d } = await orReject(inside.predict(images)) // [n, 26, 26, 64]
 */
export const compileLayers = (
  model: Model<unknown, unknown>,
  { backend, layers, weights, seed = 0, checkInputs }: CompileLayersOptions,
): TaskEither<SvertkaError, Predictor> =>
  pipe(
    outlineOf(model),
    E.bindTo("outline"),
    E.bind("values", ({ outline }) =>
      weights === undefined
        ? E.right(initialWeights(outline.weights, seed))
        : checkWeights(outline.weights, weights, "weights"),
    ),
    E.bind("graphs", () => layerGraphs(model, layers)),
    E.map(({ values, graphs: { graphs, reads } }) => ({
      graphs,
      weights: new Map([...values].filter(([name]) => reads(name))),
      backend,
      checkInputs,
    })),
    TE.fromEither,
    TE.flatMap(familyPredictor),
  );

interface LayerGraphs {
  readonly graphs: GraphFamily;
  /** Whether the graphs read that weight. */
  readonly reads: (weight: string) => boolean;
}

const layerGraphs = (model: Model<unknown, unknown>, names: readonly string[]): Either<SvertkaError, LayerGraphs> => {
  if (!hasUnknownAxes(model))
    return pipe(
      layerGraph(model, names),
      E.map((graph) => {
        const read = new Set(graph.nodes.map(sourceName));
        return { graphs: singleGraph(graph), reads: (weight) => read.has(weight) };
      }),
    );
  const inputs = Object.entries(model["~model"].inputs).map(([name, { shape }]) => ({ name, shape }));
  const graphFor: GraphFamily["graphFor"] = (shapes) => layerGraph(withInputShape(model, shapes), names);
  return pipe(
    outlineOf(model),
    E.flatMap(({ layers }) => E.traverseArray((name: string) => layerNamed(layers, name))(names)),
    E.map(() => ({ graphs: { inputs, graphFor }, reads: () => true })),
  );
};

/** The inference graph with the layers' values as its results. */
const layerGraph = (model: Model<unknown, unknown>, names: readonly string[]): Either<SvertkaError, Graph> =>
  pipe(
    inferenceGraph(model),
    E.flatMap(({ graph, model: { layers } }) =>
      pipe(
        names,
        E.traverseArray((name) =>
          pipe(
            layerNamed(layers, name),
            E.map(({ output }) => ({ kind: "result" as const, name, value: output.id })),
          ),
        ),
        E.map((outputs): Graph => ({ ...graph, outputs })),
      ),
    ),
  );
