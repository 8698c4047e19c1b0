/** What a model consists of: layers, shapes, parameters, work and memory, as Keras's summary and more. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { operatorOf, registryOf } from "../compiler/ir/builder.js";
import type { Graph } from "../compiler/ir/graph.js";
import { concreteShape } from "../compiler/ir/type.js";
import type { Model } from "../dsl/model.js";
import type { LayerInfo, WeightInfo } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import { hasUnknownAxes, inferenceGraph, outlineOf, type ModelOutline } from "./inference-graph.js";

export interface LayerSummary {
  readonly name: string;
  /** The word of the DSL. */
  readonly op: string;
  /** `null` is the batch axis, and an axis that is not known before data comes. */
  readonly outputShape: readonly (number | null)[];
  readonly parameters: number;
  /** How many of them training changes by gradients. */
  readonly trainable: number;
}

export interface Summary {
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly trainable: number;
  /** Floating-point operations per example, before optimisation; `null` where they depend on the input's size. */
  readonly flops: number | null;
  /** Bytes: of the parameters, and of the largest set of values alive at once for one example, `null` likewise. */
  readonly memory: { readonly parameters: number; readonly values: number | null };
}

const bytesPerElement = 4;

/**
 * Layers, output shapes (batch axis first, as null), parameters, work in FLOP per example and memory in bytes: what `svertka summary` prints.
 *
 * Errors  those of the model: shapes that do not fit, names twice.
 *
 * @example
 * const { layers, parameters } = orThrow(summarize(net))
 */
export const summarize = (model: Model<unknown, unknown>): Either<SvertkaError, Summary> =>
  hasUnknownAxes(model)
    ? pipe(
        outlineOf(model),
        E.map((outline) => summaryOf(outline, undefined)),
      )
    : pipe(
        inferenceGraph(model),
        E.map(({ graph, model: outline }) => summaryOf(outline, graph)),
      );

const summaryOf = ({ layers, weights }: ModelOutline, graph: Graph | undefined): Summary => {
  const rows = layerRows(layers, weights);
  const parameters = rows.reduce((sum, row) => sum + row.parameters, 0);
  return {
    layers: rows,
    parameters,
    trainable: rows.reduce((sum, row) => sum + row.trainable, 0),
    flops: graph === undefined ? null : flopsOf(graph),
    memory: {
      parameters: parameters * bytesPerElement,
      values: graph === undefined ? null : peakBytes(graph),
    },
  };
};

/** One row a layer; a shared layer has one, where it is first applied, and a composed layer one for all that is in it. */
const layerRows = (layers: readonly LayerInfo[], weights: readonly WeightInfo[]): readonly LayerSummary[] => {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const rows = new Map<
    string,
    { readonly op: string; outputShape: LayerSummary["outputShape"]; readonly own: Set<string> }
  >();
  const seen = new Set<string>();
  for (const { name, spec, shape, output, weights: names, within } of layers) {
    if (seen.has(name)) continue;
    seen.add(name);
    const known = rows.get(within?.name ?? name);
    const row = known ?? { op: within?.word ?? spec.name, outputShape: [], own: new Set() };
    // What a composed layer gives is made last.
    row.outputShape = typeof output.type.shape[0] === "string" ? [null, ...shape] : shape;
    for (const weight of names) row.own.add(weight);
    rows.set(within?.name ?? name, row);
  }
  return [...rows].map(([name, { op, outputShape, own }]) => {
    const infos = [...own].map((weight) => byName.get(weight)).filter((weight) => weight !== undefined);
    const count = (some: readonly WeightInfo[]): number =>
      some.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const trainable = count(infos.filter((weight) => weight.trainable));
    return { name, op, outputShape, parameters: count(infos), trainable };
  });
};

/** Floating-point operations of a graph for one example. */
export const flopsOf = (graph: Graph): number => {
  const types = new Map(
    graph.nodes.map(({ id, type }) => [id, { dtype: type.dtype, shape: concreteShape(type.shape, 1) }]),
  );
  const known = registryOf(graph, operators);
  return graph.nodes.reduce((sum, { op, inputs, attrs, id }) => {
    const output = types.get(id);
    const given = inputs.map((input) => types.get(input)).filter((type) => type !== undefined);
    return output === undefined
      ? sum
      : sum + operatorOf(known, op).flops({ inputs: given, output, attrs, epilogue: [] });
  }, 0);
};

/** The most bytes of values (weights apart) that are alive at once, for one example: the lower bound of any plan in this order. */
export const peakBytes = (graph: Graph): number => {
  const last = new Map<number, number>();
  graph.nodes.forEach((node, index) => node.inputs.forEach((input) => last.set(input, index)));
  for (const output of graph.outputs) last.set(output.value, graph.nodes.length);
  let alive = 0;
  let peak = 0;
  const bytes = (id: number): number => {
    const node = graph.nodes[id];
    if (node === undefined || node.op === "parameter" || node.op === "state") return 0;
    return concreteShape(node.type.shape, 1).reduce((a, b) => a * b, 1) * bytesPerElement;
  };
  graph.nodes.forEach((node, index) => {
    alive += bytes(node.id);
    peak = Math.max(peak, alive);
    for (const input of new Set(node.inputs)) if (last.get(input) === index) alive -= bytes(input);
  });
  return peak;
};
