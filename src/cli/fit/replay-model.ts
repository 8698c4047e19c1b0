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
  const operators = [...(graph.operators?.values() ?? [])];
  const exprs = new Map<number, AnyExpr>(
    training.graph.nodes.flatMap((node) => {
      const input = node.op === "input" ? inputs[sourceName(node)] : undefined;
      return input === undefined ? [] : [[node.id, input]];
    }),
  );
  const taken = new Set<string>();
  // Each layer reads the one before it, so that a walk makes them in the order of the graph.
  let before: readonly AnyExpr[] = Object.values(inputs);
  training.layers.forEach((layer, index) => {
    const normalized = layer.normalizes === undefined ? undefined : exprs.get(layer.normalizes);
    const build: LayerSpec["build"] = (builder, given) => {
      const { mode } = builder;
      const start = training.layers[index - 1]?.[mode].end ?? 0;
      const replayed = (mode === "training" ? training.graph : graph).nodes.slice(start, layer[mode].end);
      if (index === 0) {
        walk.values.clear();
        names.forEach((name, i) => {
          const value = given.at(i - names.length);
          if (value !== undefined) walk.inputs.set(name, value);
        });
      }
      const replay: Replay = { builder, layer, training, walk };
      for (const node of replayed) {
        const value = emitted(node, replay);
        if (value !== undefined) walk.values.set(node.id, value);
      }
      if (mode === "training") appendUpdates(replayed, replay);
      return valueAt(walk, layer[mode].output);
    };
    const name = taken.has(layer.name) ? `${layer.name}:${index}` : layer.name;
    taken.add(name);
    const node = training.graph.nodes[layer.training.output];
    invariant(node, "a layer's output is a node");
    const made = layerExpr({ name, build, operators, batchStatistics: normalized !== undefined });
    const expr = made([...(normalized === undefined ? [] : [normalized]), ...before], shapeWithoutBatch(node));
    before = [expr];
    exprs.set(layer.training.output, expr);
  });
  const outputs = Object.fromEntries(
    training.graph.outputs.flatMap(({ kind, name, value }) => {
      if (kind !== "result") return [];
      const inInference = graph.outputs.find((output) => output.kind === "result" && output.name === name)?.value;
      const node = training.graph.nodes[value];
      invariant(node !== undefined && inInference !== undefined, "an output is a node of both graphs");
      // What is an output may be a layer's, or an input; that of the last layer, or one read after it, keeps all layers there.
      const pick = layerExpr({
        name: "output",
        build: ({ mode }) => valueAt(walk, mode === "training" ? value : inInference),
      });
      const last = training.layers.at(-1);
      const isLast = last?.training.output === value && last.inference.output === inInference;
      const input = node.op === "input" ? inputs[sourceName(node)] : undefined;
      const [final] = before;
      return [
        [
          name,
          isLast && final !== undefined
            ? final
            : last === undefined && input !== undefined
              ? input
              : pick(before, shapeWithoutBatch(node)),
        ],
      ];
    }),
  );
  return { inputs, outputs, "~model": { inputs, outputs } };
};
