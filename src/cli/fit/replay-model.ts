/**
 * A model that emits the graphs of a checkpoint again, layer by layer: for loss and training without the model's source.
 * Names of layers and weights are those of the source, and so are random numbers, which follow from seed and name (but for
 * a layer that draws some and is shared: its later applications have streams of their own).
 */
import { invariant } from "../../errors.js";
import { E } from "../../fp.js";
import { sourceName, type Graph, type Node, type Value } from "../../compiler/ir/graph.js";
import { makeExpr, type AnyExpr } from "../../dsl/expr.js";
import type { Model } from "../../dsl/model.js";
import type { LayerBuilder, LayerSpec } from "../../ops/layer.js";
import type { Shape } from "../../shape/shape.js";
import type { RecordedLayer, TrainingRecord } from "../../train/checkpoint-training.js";

/** The axes of a node without the batch. */
const shapeWithoutBatch = ({ type }: Node): Shape =>
  type.shape.slice(1).map((dim) => (typeof dim === "number" ? dim : null));

const layerExpr =
  (layer: Pick<LayerSpec, "name" | "build" | "batchStatistics" | "operators">) =>
  (inputs: readonly AnyExpr[], shape: Shape): AnyExpr =>
    makeExpr(shape, { kind: "layer", layer: { ...layer, options: {}, rule: () => E.right(shape) }, inputs });

/** One walk's values by the ids of the checkpoint's graph; each walk begins with the first layer, which clears them. */
interface Walk {
  readonly inputs: Map<string, Value>;
  readonly values: Map<number, Value>;
}

const valueAt = ({ values }: Walk, id: number): Value => {
  const value = values.get(id);
  invariant(value, `node %${id} comes before what reads it`);
  return value;
};

/** The value of a node in the graph under construction. */
const emitted = (node: Node, { builder, layer, training, walk }: Replay): Value | undefined => {
  const { op, type, attrs } = node;
  const name = sourceName(node);
  if (op === "input") return walk.inputs.get(name);
  if (op === "uniform") return builder.uniform({ type });
  // The step's number: random numbers bring it along.
  if (op === "state" && type.dtype === "i32") return undefined;
  if (op !== "parameter" && op !== "state")
    return builder.emit(
      op,
      node.inputs.map((id) => valueAt(walk, id)),
      attrs,
    );
  const own = name === layer.name ? "" : name.slice(layer.name.length + 1);
  // The initialiser is never asked: a checkpoint's weights take the place of these.
  const options = { ...training.weights[name], initializer: { kind: "zeros" } } as const;
  return builder[op](own, type.shape.map(Number), options);
};

interface Replay {
  readonly builder: LayerBuilder;
  readonly layer: RecordedLayer;
  readonly training: TrainingRecord;
  readonly walk: Walk;
}

const appendUpdates = (nodes: readonly Node[], { builder, training, walk }: Replay): void => {
  const ids = new Set(nodes.map(({ id }) => id));
  for (const { kind, name, value } of training.graph.outputs) {
    if (kind !== "update" || !ids.has(value)) continue;
    const state = training.graph.nodes.find((node) => node.op === "state" && sourceName(node) === name);
    invariant(state, "an update is one of a state");
    builder.update(valueAt(walk, state.id), valueAt(walk, value));
  }
};

interface Graphs {
  readonly graph: Graph;
  readonly training: TrainingRecord;
}

/** Emits the nodes of one layer; the first begins the walk with the inputs, which are the last of what it is given. */
const buildOf =
  (index: number, { graph, training }: Graphs, { walk, names }: Begun): LayerSpec["build"] =>
  (builder, given) => {
    const layer = training.layers[index];
    invariant(layer, "a layer of the record");
    const { mode } = builder;
    if (index === 0) {
      walk.values.clear();
      names.forEach((name, i) => {
        const value = given.at(i - names.length);
        if (value !== undefined) walk.inputs.set(name, value);
      });
    }
    const start = training.layers[index - 1]?.[mode].end ?? 0;
    const nodes = (mode === "training" ? training.graph : graph).nodes.slice(start, layer[mode].end);
    const replay: Replay = { builder, layer, training, walk };
    for (const node of nodes) {
      const value = emitted(node, replay);
      if (value !== undefined) walk.values.set(node.id, value);
    }
    if (mode === "training") appendUpdates(nodes, replay);
    return valueAt(walk, layer[mode].output);
  };

interface Begun {
  readonly walk: Walk;
  /** Of the model's inputs, in order. */
  readonly names: readonly string[];
}

const nodeAt = ({ nodes }: Graph, id: number): Node => {
  const node = nodes[id];
  invariant(node, `the graph has a node %${id}`);
  return node;
};

/** The layers, each of which reads the one before it, so that a walk makes them in the order of the graph; the last of them. */
const layersAfter = (inputs: Readonly<Record<string, AnyExpr>>, graphs: Graphs, begun: Begun): AnyExpr | undefined => {
  const { graph, training } = graphs;
  const operators = [...(graph.operators?.values() ?? [])];
  const exprs = new Map<number, AnyExpr>();
  for (const node of training.graph.nodes) {
    const input = node.op === "input" ? inputs[sourceName(node)] : undefined;
    if (input !== undefined) exprs.set(node.id, input);
  }
  const taken = new Set<string>();
  let last: AnyExpr | undefined;
  training.layers.forEach((layer, index) => {
    const normalized = layer.normalizes === undefined ? undefined : exprs.get(layer.normalizes);
    const name = taken.has(layer.name) ? `${layer.name}:${index}` : layer.name;
    taken.add(name);
    const build = buildOf(index, graphs, begun);
    const made = layerExpr({ name, build, operators, batchStatistics: normalized !== undefined });
    const before = last === undefined ? Object.values(inputs) : [last];
    const shape = shapeWithoutBatch(nodeAt(training.graph, layer.training.output));
    last = made(normalized === undefined ? before : [normalized, ...before], shape);
    exprs.set(layer.training.output, last);
  });
  return last;
};

/** A model of a checkpoint's inference graph and training record. */
export const replayModel = (graph: Graph, training: TrainingRecord): Model<unknown, unknown> => {
  const walk: Walk = { inputs: new Map(), values: new Map() };
  const sources = graph.nodes.filter(({ op }) => op === "input");
  const names = sources.map(sourceName);
  const inputs = Object.fromEntries(
    sources.map((node) => [
      sourceName(node),
      makeExpr(shapeWithoutBatch(node), { kind: "input", name: sourceName(node) }),
    ]),
  );
  const final = layersAfter(inputs, { graph, training }, { walk, names });
  const place = training.layers.at(-1);
  const outputs = Object.fromEntries(
    training.graph.outputs.flatMap(({ kind, name, value }): [string, AnyExpr][] => {
      if (kind !== "result") return [];
      const inInference = graph.outputs.find((output) => output.kind === "result" && output.name === name)?.value;
      invariant(inInference !== undefined, "both graphs have the same outputs");
      const node = nodeAt(training.graph, value);
      const input = inputs[sourceName(node)];
      if (final === undefined) return input === undefined ? [] : [[name, input]];
      if (place?.training.output === value && place.inference.output === inInference) return [[name, final]];
      // Of another layer, or an input: read after the last layer, so that all of them are there.
      const build: LayerSpec["build"] = ({ mode }) => valueAt(walk, mode === "training" ? value : inInference);
      return [[name, layerExpr({ name: "output", build })([final], shapeWithoutBatch(node))]];
    }),
  );
  return { inputs, outputs, "~model": { inputs, outputs } };
};
