/** A model as a SavedModel: one optimised graph with its weights inside, for TensorFlow and TensorFlow Serving. */
import { fail, invariant, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { registryOf } from "../../compiler/ir/builder.js";
import { sourceName, type Graph, type Node } from "../../compiler/ir/graph.js";
import { runPasses } from "../../compiler/pipeline.js";
import type { NdArray } from "../../data/nd-array.js";
import { operators } from "../../ops/registry.js";
import type { TensorFlowValue } from "../../ops/tensorflow.js";
import { graphWriter, placeholder, type GraphWriter } from "./graph-writer.js";
import { encodeSavedModel, type Port, type Signature } from "./saved-model.js";
import { tensorFlowTarget } from "./target.js";
import { writeNode } from "./write-node.js";

type Arrays = ReadonlyMap<string, NdArray<"f32" | "i32">>;

/** Protocol buffers end at 2 GiB; names and nodes need a little. */
const maximalBytes = 2 ** 31 - 2 ** 22;

/**
 * The bytes of a `saved_model.pb` of a graph in inference mode, with one signature, `serving_default`: inputs and outputs
 * under the model's names, images channels last, a batch of any size. The weights are constants in it, so the folder needs
 * nothing else.
 *
 * Errors  Unsupported: an operator without a kernel in TensorFlow, by name; weights of 2 GB and more.
 *         BadModel: a weight without values.
 * Source  tensorflow/core/protobuf/saved_model.proto, schema version 1.
 */
export const savedModelOf = (source: Graph, weights: Arrays): Either<SvertkaError, Uint8Array> => {
  const bytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > maximalBytes)
    return fail(
      "Unsupported",
      "savedmodel",
      `savedmodel: the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, and one graph holds less than 2: convert to .keras or .safetensors`,
    );
  const { graph } = runPasses(source, { registry: operators, target: tensorFlowTarget("savedmodel") });
  const fed = graph.nodes.find(({ op }) => op === "input");
  let batchInput = "";
  const writer = graphWriter({ batchSize: (nodes) => batchSizeOf(batchInput, nodes) });
  const inputs: Port[] = [];
  const values = new Map<number, TensorFlowValue>();
  for (const node of graph.nodes) {
    if (node.op !== "input") continue;
    const name = placeholder(writer, node.type);
    if (node === fed) batchInput = name;
    inputs.push({ name: sourceName(node), node: name, type: node.type });
    values.set(node.id, { name, type: node.type.dtype });
  }
  const outputs = writeOutputs(graph, { weights, writer, values });
  if (E.isLeft(outputs)) return outputs;
  const signature: Signature = { inputs, outputs: outputs.right };
  return E.right(encodeSavedModel(writer.nodes(), signature));
};

/** The size of the first axis of what is fed. */
const batchSizeOf = (input: string, { node, constant }: Pick<GraphWriter, "node" | "constant">): string => {
  const sizes = node("Shape", [{ name: input, type: "f32" }], { out_type: { type: "i32" } }, "i32");
  const places = [0, 1, 1].map((place) => constant("i32", [place]));
  return node("StridedSlice", [sizes, ...places], {
    T: { type: "i32" },
    Index: { type: "i32" },
    shrink_axis_mask: { int: 1 },
  }).name;
};

interface Writing {
  readonly weights: Arrays;
  readonly writer: GraphWriter;
  /** What is written so far, by node. */
  readonly values: Map<number, TensorFlowValue>;
}

const writeOutputs = (graph: Graph, writing: Writing): Either<SvertkaError, readonly Port[]> => {
  const { weights, writer, values } = writing;
  const registry = registryOf(graph, operators);
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  for (const node of graph.nodes) {
    if (values.has(node.id)) continue;
    const inputs = node.inputs.map((id) => valueAt(values, id));
    const isWeight = node.op === "parameter" || node.op === "state";
    const written = isWeight ? weightOf(node, weights, writer) : writeNode(node, inputs, { types, registry, writer });
    if (E.isLeft(written)) return written;
    values.set(node.id, written.right);
  }
  return E.right(
    graph.outputs.map(({ name, value }) => {
      const type = types.get(value);
      invariant(type, `no node %${value}`);
      return { name, node: writer.node("Identity", [valueAt(values, value)]).name, type };
    }),
  );
};

const weightOf = (node: Node, weights: Arrays, writer: GraphWriter): Either<SvertkaError, TensorFlowValue> => {
  const name = sourceName(node);
  const numbers = weights.get(name);
  return numbers === undefined
    ? fail("BadModel", name, "savedmodel: this weight has no values: give all weights of the model")
    : E.right({ name: writer.tensor(node.type.dtype, numbers.shape, numbers.data), type: node.type.dtype });
};

const valueAt = (values: ReadonlyMap<number, TensorFlowValue>, id: number): TensorFlowValue => {
  const value = values.get(id);
  invariant(value, `%${id} is read before it is written`);
  return value;
};
