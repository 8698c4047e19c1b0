/** Reads ONNX: the bytes of a file into a graph of ours with its weights. */
import { fromBinary } from "@bufbuild/protobuf";
import { fail, mistake, type SvertkaError } from "../../../errors.js";
import { E, type Either } from "../../../fp.js";
import type { Graph } from "../../../compiler/ir/graph.js";
import type { NdArray } from "../../../data/nd-array.js";
import { OnnxReadFailure } from "../../../ops/onnx-reading.js";
import { ModelProtoSchema, type ModelProto } from "../onnx_pb.js";
import type { ExternalData } from "./numbers.js";
import { BadShapeOption, type InputShapes } from "./ports.js";
import { readGraph } from "./read-graph.js";

export interface ReadOnnxOptions {
  /** The file's name, for sentences. */
  readonly where?: string | undefined;
  /** Sizes of all axes but the first, by input name, where the file leaves them open. */
  readonly inputShapes?: InputShapes | undefined;
  /** Files beside the model's that hold its numbers, by the names that it gives; undefined where there is no such file. */
  readonly externalData?: ExternalData | undefined;
}

/** A model of a file: its graph in inference mode, and the numbers of its weights. */
export interface OnnxModel {
  readonly graph: Graph;
  /** Of the graph's parameters and states, by name. */
  readonly weights: ReadonlyMap<string, NdArray<"f32">>;
}

const decoded = (bytes: Uint8Array): ModelProto | undefined => {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch {
    // The library throws on every byte that is no protocol buffer: there is nothing else to tell.
    return undefined;
  }
};

/** The names of the inputs that a file wants to be fed; none where the bytes are no ONNX. */
export const onnxInputs = (bytes: Uint8Array): readonly string[] => {
  const graph = decoded(bytes)?.graph;
  const stored = new Set(graph?.initializer.map(({ name }) => name));
  return graph?.input.map(({ name }) => name).filter((name) => !stored.has(name)) ?? [];
};

/** Sentences that hold names of a file stay short, on one line. */
const longest = 200;
const unreadable = /[\p{Cc}\p{Cs}]/gu;

/**
 * The graph and the weights of an .onnx file: operator sets 7 to 28, images channels first in the file and last in the graph.
 *
 * Shapes  inputs and outputs have the shapes and the order of axes that the file gives them; a first axis without a number
 *         is the batch.
 * Errors  BadFile: bytes that are no ONNX, cut short, or whose shapes do not fit; BadOption: an axis whose size only
 *         `inputShapes` can say; Unsupported: operators and types that svertka does not have, all operators at once.
 *
 * @example
 * const read = readOnnx(new Uint8Array([8, 10])) // a file that ends after its version
 */
export const readOnnx = (bytes: Uint8Array, options: ReadOnnxOptions = {}): Either<SvertkaError, OnnxModel> => {
  const { where = "onnx", inputShapes = {}, externalData = () => undefined } = options;
  const model = decoded(bytes);
  if (model === undefined)
    return fail("BadFile", where, "onnx: this is no ONNX file, or it is cut short: write or download it again");
  try {
    return E.right(readGraph(model, { inputShapes, external: externalData }));
  } catch (failure) {
    if (!(failure instanceof OnnxReadFailure)) throw failure;
    const tag = failure instanceof BadShapeOption ? "BadOption" : failure.tag;
    return E.left(mistake(tag, where, `onnx: ${failure.message}`.replace(unreadable, " ").slice(0, longest)));
  }
};
