/** Checkpoints: everything that training carries, in one safetensors file, and a readable page beside it. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { registryOf } from "../compiler/ir/builder.js";
import { parseGraph } from "../compiler/ir/parse.js";
import { graphText } from "../compiler/ir/text.js";
import { sourceName, type Graph } from "../compiler/ir/graph.js";
import type { NdArray } from "../data/nd-array.js";
import { joined } from "../io/joined.js";
import { decodeSafetensors, safetensorsChunks, type NamedTensor, type Safetensors } from "../io/safetensors.js";
import type { Operator } from "../ops/operator.js";
import { operators } from "../ops/registry.js";
import type { Weights } from "../run/initial-weights.js";
import type { CallbackStates } from "./callback-states.js";
import type { History, Position } from "./fit.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { TrainingRecord } from "./checkpoint-training.js";
import { isTrainingPage, readTraining, trainingPage, type TrainingPage } from "./checkpoint-training-page.js";

/** Raised when a reader of older files could not read newer ones. */
const formatVersion = 1;

export interface Checkpoint {
  /** The inference graph: the checkpoint predicts without the model's source. */
  readonly graph: Graph;
  /** With it the checkpoint also trains without the model's source. */
  readonly training?: TrainingRecord | undefined;
  readonly tensors: readonly NamedTensor[];
  readonly position: Position;
  readonly history: History;
  /** What callbacks remember beside the history. */
  readonly callbackStates?: CallbackStates | undefined;
  /** From which batches' order and random numbers follow. */
  readonly seed: number;
  readonly batchSize: number;
  readonly optimizer: {
    readonly name: string;
    readonly learningRate: number;
    readonly options: Readonly<Record<string, number | boolean>>;
    /** What decides the learning rate, where it is no constant. */
    readonly schedule?: { readonly name: string; readonly options: Readonly<Record<string, unknown>> } | undefined;
  };
  readonly loss: string;
}

type Page = Omit<Checkpoint, "graph" | "tensors" | "training"> & {
  readonly format: "svertka";
  readonly version: number;
  readonly graph: readonly string[];
  readonly training?: TrainingPage | undefined;
};

export interface CheckpointFiles {
  /** `weights.safetensors`: the truth, with the page in its metadata, so that one rename replaces all of it. */
  readonly weights: Uint8Array;
  /** `checkpoint.json`: the same page for people. */
  readonly page: string;
}

/** A checkpoint as the bytes of `weights.safetensors` and the text of `checkpoint.json`; {@link decodeCheckpoint} is the reverse. */
export const encodeCheckpoint = (checkpoint: Checkpoint): CheckpointFiles => {
  const { weights, page } = checkpointChunks(checkpoint);
  return { weights: joined(weights), page };
};

/** The same with the weights in pieces, which are the tensors' own bytes. */
export const checkpointChunks = ({
  graph,
  training,
  tensors,
  ...rest
}: Checkpoint): Omit<CheckpointFiles, "weights"> & { readonly weights: readonly Uint8Array[] } => {
  const page: Page = {
    format: "svertka",
    version: formatVersion,
    ...rest,
    graph: graphText(graph).trimEnd().split("\n"),
    ...(training === undefined ? {} : { training: trainingPage(training) }),
  };
  return {
    weights: safetensorsChunks(tensors, { checkpoint: JSON.stringify(page) }),
    page: `${JSON.stringify(page, undefined, 2)}\n`,
  };
};

/** Reads `weights.safetensors`; nothing in it is trusted. `own` are the operators of the model's own, where it has some. */
export const decodeCheckpoint = (
  bytes: Uint8Array,
  where: string,
  own: readonly Operator[] = [],
): Either<SvertkaError, Checkpoint> => {
  const file = decodeSafetensors(bytes, where);
  return E.isLeft(file) ? file : checkpointOf(file.right, where, own);
};

/** The checkpoint that a file of tensors is. */
export const checkpointOf = (
  { tensors, metadata }: Safetensors,
  where: string,
  own: readonly Operator[] = [],
): Either<SvertkaError, Checkpoint> => {
  const text = metadata["checkpoint"];
  if (text === undefined)
    return fail(
      "BadFile",
      where,
      "checkpoint: its metadata has no 'checkpoint' entry: give a folder that svertka train wrote",
    );
  const page = readPage(text, where);
  if (E.isLeft(page)) return page;
  const { graph: lines, training: recorded, ...rest } = page.right;
  const brought = { operators: new Map(own.map((operator) => [operator.name, operator])) };
  const registry = registryOf(brought, operators);
  const graph = parseGraph(lines.join("\n"), registry, where);
  if (E.isLeft(graph)) return graph;
  const training = recorded === undefined ? undefined : readTraining(recorded, graph.right, { registry, where });
  if (training !== undefined && E.isLeft(training)) return training;
  const { position, history, callbackStates = {}, seed, batchSize, optimizer, loss } = rest;
  return E.right({
    position,
    history,
    callbackStates,
    seed,
    batchSize,
    optimizer,
    loss,
    graph: own.length === 0 ? graph.right : { ...graph.right, ...brought },
    ...(training === undefined ? {} : { training: training.right }),
    tensors,
  });
};

/** Reads `checkpoint.json` or the same text from the metadata. */
export const readPage = (text: string, where: string): Either<SvertkaError, Page> => {
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(text),
    () => undefined,
  );
  if (E.isLeft(parsed))
    return fail("BadFile", where, "checkpoint: it is no JSON (cut short?): take another checkpoint");
  const bad = firstBadField(parsed.right);
  // Sound: firstBadField has looked at every field.
  return bad === undefined
    ? E.right(parsed.right as Page)
    : fail("BadFile", where, `checkpoint: the field ${bad} is missing or malformed: take the file as svertka wrote it`);
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "number" || item === null);
const every = (value: unknown, holds: (item: unknown) => boolean): boolean =>
  isFields(value) && Object.values(value).every(holds);

const isSchedule = (value: unknown): boolean =>
  isFields(value) && typeof value["name"] === "string" && isFields(value["options"]);

/** What a checkpoint says of an optimiser. */
export const optimizerPage = ({ name, learningRate, options, schedule }: Optimizer): Checkpoint["optimizer"] => ({
  name,
  learningRate,
  options,
  ...(schedule === undefined ? {} : { schedule: { name: schedule.name, options: schedule.options } }),
});

const firstBadField = (value: unknown): string | undefined => {
  const page = isFields(value) ? value : {};
  const position = isFields(page["position"]) ? page["position"] : {};
  const optimizer = isFields(page["optimizer"]) ? page["optimizer"] : {};
  const checks: Readonly<Record<string, boolean>> = {
    format: page["format"] === "svertka",
    version: page["version"] === formatVersion,
    graph: Array.isArray(page["graph"]) && page["graph"].every((line) => typeof line === "string"),
    training: page["training"] === undefined || isTrainingPage(page["training"]),
    position: isCount(position["epoch"]) && isCount(position["batch"]) && every(position["sums"], isNumbers),
    history: every(page["history"], isNumbers),
    callbackStates: page["callbackStates"] === undefined || isFields(page["callbackStates"]),
    seed: Number.isSafeInteger(page["seed"]),
    batchSize: isCount(page["batchSize"]) && page["batchSize"] !== 0,
    optimizer:
      typeof optimizer["name"] === "string" &&
      typeof optimizer["learningRate"] === "number" &&
      isFields(optimizer["options"]) &&
      (optimizer["schedule"] === undefined || isSchedule(optimizer["schedule"])),
    loss: typeof page["loss"] === "string",
  };
  return Object.entries(checks).find(([, holds]) => !holds)?.[0];
};

/** The weights that the checkpoint's graph reads, for a predictor; all there and of the right shapes. */
export const checkpointWeights = ({ graph, tensors }: Checkpoint, where: string): Either<SvertkaError, Weights> => {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const weights = new Map<string, NdArray<"f32">>();
  for (const node of graph.nodes) {
    const { op, type } = node;
    if (op !== "parameter" && op !== "state") continue;
    const name = sourceName(node);
    const tensor = byName.get(name);
    if (tensor === undefined || tensor.dtype !== "f32" || tensor.shape.join() !== type.shape.join())
      return fail(
        "BadFile",
        where,
        `checkpoint: the weight '${name}' is missing or not [${type.shape.join(", ")}]: take the file as svertka wrote it`,
      );
    weights.set(name, tensor);
  }
  return E.right(weights);
};
