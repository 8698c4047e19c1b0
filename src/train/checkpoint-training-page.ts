/** The training record of a checkpoint as JSON, and back: nothing in a file is trusted. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Registry } from "../compiler/ir/builder.js";
import { sourceName, type Graph, type Node } from "../compiler/ir/graph.js";
import { parseGraph } from "../compiler/ir/parse.js";
import { graphText } from "../compiler/ir/text.js";
import { typeText } from "../compiler/ir/type.js";
import type { Mode } from "../ops/layer.js";
import type { LayerNodes, RecordedLayer, RecordedWeight, TrainingRecord } from "./checkpoint-training.js";

/** A {@link TrainingRecord} with its graph as lines of text. */
export type TrainingPage = Omit<TrainingRecord, "graph"> & { readonly graph: readonly string[] };

export const trainingPage = ({ graph, layers, weights }: TrainingRecord): TrainingPage => ({
  graph: graphText(graph).trimEnd().split("\n"),
  layers,
  weights,
});

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

const isNodes = (value: unknown): value is LayerNodes =>
  isFields(value) && isCount(value["output"]) && isCount(value["end"]);
const isLayer = (value: unknown): value is RecordedLayer =>
  isFields(value) &&
  typeof value["name"] === "string" &&
  value["name"] !== "" &&
  isNodes(value["training"]) &&
  isNodes(value["inference"]) &&
  (value["normalizes"] === undefined || isCount(value["normalizes"]));

const isConstraint = (value: unknown): boolean =>
  isFields(value) &&
  (value["kind"] === "nonNegative" ||
    (value["kind"] === "norm" &&
      [value["minimum"], value["maximum"], value["rate"]].every(isNumber) &&
      Array.isArray(value["axes"]) &&
      value["axes"].every(isCount)));
const isRegularizer = (value: unknown): boolean =>
  isFields(value) && [value["l1"], value["l2"]].every((factor) => isNumber(factor) && Number(factor) >= 0);
const isWeightRecord = (value: unknown): value is RecordedWeight =>
  isFields(value) &&
  (value["regularizer"] === undefined || isRegularizer(value["regularizer"])) &&
  (value["constraint"] === undefined || isConstraint(value["constraint"])) &&
  (value["trainable"] === undefined || value["trainable"] === false);

/** Whether a value has the form of a record; whether it makes sense, {@link readTraining} says. */
export const isTrainingPage = (value: unknown): value is TrainingPage =>
  isFields(value) &&
  Array.isArray(value["graph"]) &&
  value["graph"].every((line) => typeof line === "string") &&
  Array.isArray(value["layers"]) &&
  value["layers"].every(isLayer) &&
  isFields(value["weights"]) &&
  Object.values(value["weights"]).every(isWeightRecord);

/** The record of a checkpoint with this inference graph. */
export const readTraining = (
  { graph: lines, layers, weights }: TrainingPage,
  inference: Graph,
  { registry, where }: { readonly registry: Registry; readonly where: string },
): Either<SvertkaError, TrainingRecord> => {
  const graph = parseGraph(lines.join("\n"), registry, where);
  if (E.isLeft(graph)) return graph;
  const record = { graph: graph.right, layers, weights };
  const problem = recordProblem(record, inference);
  return problem === undefined
    ? E.right(record)
    : fail("BadFile", where, `checkpoint: training: ${problem}: take the file as svertka wrote it`);
};

/** What is wrong with a record for this inference graph, if anything. */
export const recordProblem = (record: TrainingRecord, inference: Graph): string | undefined => {
  const { graph, weights } = record;
  const names = new Set(graph.nodes.filter(isSource).map(sourceName));
  const stranger = Object.keys(weights).find((name) => !names.has(name));
  if (stranger !== undefined) return `'${stranger.slice(0, 40)}' is no weight of its graph`;
  return (
    nodesProblem(inference, false) ??
    nodesProblem(graph, true) ??
    (endsText(graph) === endsText(inference)
      ? undefined
      : "its inputs, weights or outputs are not those of inference") ??
    updatesProblem(graph) ??
    layersProblem(record, inference.nodes, "inference") ??
    layersProblem(record, graph.nodes, "training")
  );
};

const isWeight = ({ op }: Node): boolean => op === "parameter" || op === "state";
/** The number of the step, from which random numbers follow. */
const isStep = (node: Node): boolean => node.op === "state" && node.type.dtype === "i32";
const isSource = (node: Node): boolean => (node.op === "input" || isWeight(node)) && !isStep(node);

/** Inputs, weights and results with their types: training and inference have the same. */
const endsText = ({ nodes, outputs }: Graph): string =>
  [
    ...nodes
      .filter(isSource)
      .map((node) => `${node.op} ${sourceName(node)} ${typeText(node.type)}`)
      .toSorted(),
    ...outputs.flatMap(({ kind, name, value }) => {
      const node = nodes[value];
      return kind === "result" && node !== undefined ? [`result ${name} ${typeText(node.type)}`] : [];
    }),
  ].join("\n");

const nodesProblem = ({ nodes }: Graph, isTraining: boolean): string | undefined => {
  const seen = new Set<string>();
  for (const node of nodes) {
    const { id, op, type, inputs, epilogue } = node;
    if (epilogue !== undefined) return `node %${id} is fused`;
    const draws = op === "uniform" || isStep(node);
    if (draws && !isTraining) return `node %${id} draws random numbers in inference`;
    if (op !== "uniform" && inputs.some((input) => nodes[input] !== undefined && isStep(nodes[input])))
      return `node %${id} reads the step's number`;
    if (!isSource(node)) continue;
    const sizes = op === "input" ? type.shape.slice(1) : type.shape;
    const isBatch = op !== "input" || type.shape[0] === "n";
    if (type.dtype !== "f32" || !isBatch || !sizes.every((size) => typeof size === "number"))
      return `node %${id} is no ${op} that a model has`;
    if (seen.has(sourceName(node))) return `'${sourceName(node).slice(0, 40)}' is there twice`;
    seen.add(sourceName(node));
  }
  return undefined;
};

const updatesProblem = ({ nodes, outputs }: Graph): string | undefined => {
  const states = new Map(nodes.filter((node) => node.op === "state").map((node) => [sourceName(node), node]));
  const wrong = outputs.find(({ kind, name, value }) => {
    if (kind !== "update") return false;
    const [state, next] = [states.get(name), nodes[value]];
    return state === undefined || isStep(state) || next === undefined || typeText(state.type) !== typeText(next.type);
  });
  return wrong === undefined ? undefined : `'${wrong.name.slice(0, 40)}' is no state that can be updated so`;
};

/** Layers follow each other and are all of the graph; each has the weights that are named after it. */
const layersProblem = ({ layers, graph }: TrainingRecord, nodes: readonly Node[], mode: Mode): string | undefined => {
  const values = new Set(graph.nodes.filter(({ op }) => op === "input").map(({ id }) => id));
  let start = 0;
  for (const { name, normalizes, ...places } of layers) {
    const { output, end } = places[mode];
    const bad = `the layer '${name.slice(0, 40)}' has nodes that it cannot have`;
    if (end < start || end > nodes.length || output >= end) return bad;
    const own = nodes
      .slice(start, end)
      .filter((node) => isWeight(node) && !isStep(node))
      .map(sourceName);
    if (!own.every((weight) => weight === name || weight.startsWith(`${name}/`))) return bad;
    if (normalizes !== undefined && !values.has(normalizes)) return bad;
    values.add(places.training.output);
    start = end;
  }
  return nodes.slice(start).every(({ op }) => op === "input") ? undefined : "nodes are left over behind its layers";
};
