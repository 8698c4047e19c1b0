/** What a checkpoint keeps of training beside its inference graph: enough to train on without the model's source. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { sourceName, type Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import { toGraph, type ModelGraph } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import type { Constraint, Mode, Regularizer } from "../ops/layer.js";

/** Which nodes of a graph are a layer's: those before `end` that are not of an earlier layer. */
export interface LayerNodes {
  readonly output: number;
  readonly end: number;
}

export interface RecordedLayer extends Readonly<Record<Mode, LayerNodes>> {
  /** Its path; a shared layer is there once for each application. */
  readonly name: string;
  /** The value, in training mode, that it normalises by the batch's statistics. */
  readonly normalizes?: number | undefined;
}

/** What training does with a weight beside following its gradient. */
export interface RecordedWeight {
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** Only ever false. */
  readonly trainable?: boolean | undefined;
}

export interface TrainingRecord {
  /** The graph in training mode; its updates are the next values of moving statistics. */
  readonly graph: Graph;
  /** In the order of both graphs. */
  readonly layers: readonly RecordedLayer[];
  /** By name; of a weight with nothing to say there is none. */
  readonly weights: Readonly<Record<string, RecordedWeight>>;
}

/** The record of a model of which training may change these weights, all when no patterns are given. */
export const trainingRecord = (
  model: Model<unknown, unknown>,
  trainable?: readonly string[],
): Either<SvertkaError, TrainingRecord> => {
  const graphIn = (mode: Mode): Either<SvertkaError, ModelGraph> =>
    toGraph(model["~model"], { registry: operators, mode, seed: 0, trainable });
  return pipe(
    E.Do,
    E.bind("training", () => graphIn("training")),
    E.bind("inference", () => graphIn("inference")),
    E.map(({ training, inference }) => {
      const inInference = nodesOfLayers(inference);
      const layers = nodesOfLayers(training).map((nodes, i): RecordedLayer => {
        const { name = "", spec, frozen = false, inputs: [x] = [] } = training.layers[i] ?? {};
        const normalizes = spec?.batchStatistics === true && !frozen ? x?.id : undefined;
        const places = { training: nodes, inference: inInference[i] ?? nodes };
        return { name, ...places, ...(normalizes === undefined ? {} : { normalizes }) };
      });
      return { graph: finished(training), layers, weights: recordedWeights(training) };
    }),
  );
};

/**
 * A record made of an inference graph alone, for a checkpoint that has none: a layer begins where the first of its weights
 * is. Regularisers, dropout and moving statistics are not in it.
 */
export const recordOfInference = (graph: Graph): TrainingRecord => {
  const layers: { name: string; end: number }[] = [];
  for (const node of graph.nodes) {
    const isWeight = node.op === "parameter" || node.op === "state";
    const name = isWeight ? sourceName(node).replace(/\/[^/]*$/, "") : undefined;
    const last = layers.at(-1);
    if (last !== undefined && (name === undefined || name === last.name)) last.end = node.id + 1;
    else layers.push({ name: name ?? "graph", end: node.id + 1 });
  }
  const placed = layers.map(({ name, end }): RecordedLayer => {
    const nodes = { output: end - 1, end };
    return { name, training: nodes, inference: nodes };
  });
  return { graph, layers: placed, weights: {} };
};

/** A layer's weights and its output are the last that it must have emitted; what it emits behind them counts as the next one's. */
const nodesOfLayers = ({ layers, weights, builder }: ModelGraph): readonly LayerNodes[] => {
  const total = builder.finish([]).nodes.length;
  const idOf = new Map(weights.map(({ name, value }) => [name, value.id]));
  let end = 0;
  return layers.map(({ output, weights: names }, i) => {
    const ids = [output.id, ...names.map((name) => idOf.get(name) ?? 0)];
    end = i === layers.length - 1 ? total : Math.max(end, ...ids.map((id) => id + 1));
    return { output: output.id, end };
  });
};

const finished = ({ builder, outputs, updates }: ModelGraph): Graph =>
  builder.finish([
    ...outputs.map(({ name, value: { id } }) => ({ kind: "result" as const, name, value: id })),
    ...[...updates].map(([name, { id }]) => ({ kind: "update" as const, name, value: id })),
  ]);

const recordedWeights = ({ weights }: ModelGraph): TrainingRecord["weights"] =>
  Object.fromEntries(
    weights.flatMap(({ name, kind, regularizer, constraint, trainable }): [string, RecordedWeight][] => {
      const said = {
        ...(regularizer === undefined ? {} : { regularizer }),
        ...(constraint === undefined ? {} : { constraint }),
        ...(trainable || kind === "state" ? {} : { trainable }),
      };
      return Object.keys(said).length === 0 ? [] : [[name, said]];
    }),
  );
