/** The walk over a file's nodes: each becomes operators of ours by its reading, or numbers where all that it reads is known. */
import type { Graph, Output } from "../../../compiler/ir/graph.js";
import type { NdArray } from "../../../data/nd-array.js";
import {
  malformed,
  OnnxReadFailure,
  refuse,
  type OnnxMaking,
  type OnnxReadRequest,
  type OnnxTensor,
} from "../../../ops/onnx-reading.js";
import { fileOrder } from "../../../ops/onnx-reading-tensors.js";
import { namesInUse } from "../names.js";
import type { GraphProto, ModelProto } from "../onnx_pb.js";
import { readAttributes } from "./attributes.js";
import { folded } from "./fold.js";
import { graphMaking, type GraphMaking } from "./making.js";
import { nodesOf, type FileNode } from "./nodes.js";
import { decodeTensor, type ExternalData } from "./numbers.js";
import { neededNodes } from "./order.js";
import { portOf, type InputShapes } from "./ports.js";
import { readings } from "./readings.js";

export interface ReadGraph {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, NdArray<"f32">>;
}

export interface GraphOptions {
  readonly inputShapes: InputShapes;
  readonly external: ExternalData;
}

export const readGraph = (model: ModelProto, options: GraphOptions): ReadGraph => {
  const { graph } = model;
  if (graph === undefined) return malformed("the file holds no graph");
  if (graph.sparseInitializer.length > 0) refuse("sparse initialisers: store them dense");
  const outputs = graph.output.map(({ name }) => name);
  if (outputs.length === 0) malformed("the graph has no outputs");
  if (new Set(outputs).size < outputs.length) malformed("two outputs have one name");
  const given = givenNames(graph);
  const nodes = neededNodes(nodesOf(model), given, outputs);
  refuseUnknown(nodes);
  const names = namesInUse();
  const making = graphMaking(names);
  const tensors = sources(graph, making, options, names.take);
  for (const node of nodes)
    within(node, () => {
      const made = readNode(node, { making, tensors, external: options.external });
      node.outputs.forEach((name, index) => {
        const tensor = made[index];
        if (name !== "" && tensor !== undefined) tensors.set(name, tensor);
      });
    });
  const results = outputs.map((name): Output => {
    const tensor = tensors.get(name) ?? refuse(`the output '${name.slice(0, 40)}' of its node: leave it out`);
    return { kind: "result", name, value: tensor.in(fileOrder(tensor.shape.length)).id };
  });
  refuseBatchless(outputs, tensors, graph);
  const safe = namesInUse();
  return {
    graph: making.builder.finish(results.map((result) => ({ ...result, name: safe.take(result.name) }))),
    weights: making.weights,
  };
};

/** Results of several runs are joined along their first axis: with a batch among the inputs it must be the outputs' too. */
const refuseBatchless = (
  outputs: readonly string[],
  tensors: ReadonlyMap<string, OnnxTensor>,
  { input }: GraphProto,
): void => {
  const hasBatch = input.some(({ name }) => typeof tensors.get(name)?.shape[0] === "string");
  const other = outputs.find((name) => typeof tensors.get(name)?.shape[0] !== "string");
  if (!hasBatch || other === undefined) return;
  const shape = tensors.get(other)?.shape ?? [];
  refuse(
    `the output '${other.slice(0, 40)}' is [${shape.join(", ")}], its first axis is not the batch: give the inputs a fixed first axis`,
  );
};

/** Inputs and initialisers; an initialiser may stand for an input of its name. */
const givenNames = ({ input, initializer }: GraphProto): ReadonlySet<string> => {
  for (const list of [input, initializer]) {
    const names = list.map(({ name }) => name);
    if (names.includes("")) malformed("a tensor without a name");
    if (new Set(names).size < names.length) malformed("two inputs or two initialisers have one name");
  }
  return new Set([...input, ...initializer].map(({ name }) => name));
};

const refuseUnknown = (nodes: readonly FileNode[]): void => {
  const unknown = new Set(
    nodes
      .filter(({ domain, operator }) => domain !== "" || !readings.has(operator))
      .map(({ domain, operator }) => (domain === "" ? operator : `${domain}.${operator}`)),
  );
  if (unknown.size === 0) return;
  const all = [...unknown].toSorted();
  const shown = all.join(", ").slice(0, 120);
  refuse(
    `no operators of svertka for ${shown}${shown.length < all.join(", ").length ? "…" : ""}: use a model without them`,
  );
};

const sources = (
  { input, initializer }: GraphProto,
  making: GraphMaking,
  { inputShapes, external }: GraphOptions,
  take: (name: string) => string,
): Map<string, OnnxTensor> => {
  const tensors = new Map<string, OnnxTensor>();
  const initialised = new Set(initializer.map(({ name }) => name));
  for (const info of input) {
    if (initialised.has(info.name)) continue;
    const { name, shape, element } = portOf(info, inputShapes);
    const value = making.emit("input", [], { name: take(name), dtype: "f32", shape });
    tensors.set(name, making.made(value, undefined, element));
  }
  for (const tensor of initializer) {
    const { shape, data, element } = decodeTensor(tensor, external);
    tensors.set(
      tensor.name,
      making.known(shape, { data, weight: element === "float" ? tensor.name : undefined }, element),
    );
  }
  return tensors;
};

/** A failure of a node's reading says which node. */
const within = (node: FileNode, read: () => void): void => {
  try {
    read();
  } catch (failure) {
    if (!(failure instanceof OnnxReadFailure)) throw failure;
    const name = (node.name === "" ? (node.outputs[0] ?? "") : node.name).slice(-30);
    throw new OnnxReadFailure(failure.tag, `${node.operator.slice(0, 40)} '${name}': ${failure.message}`);
  }
};

interface Walk {
  readonly making: GraphMaking;
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  readonly external: ExternalData;
}

const readNode = (node: FileNode, { making, tensors, external }: Walk): readonly OnnxTensor[] => {
  const reading = readings.get(node.operator) ?? refuse(`no operator of svertka for ${node.operator}`);
  const inputs = node.inputs.map((name) => (name === "" ? undefined : tensors.get(name)));
  const missing = node.inputs.find((name, i) => name !== "" && inputs[i] === undefined);
  if (missing !== undefined) refuse(`the output '${missing.slice(0, 40)}' of the node before it: leave it out`);
  const read = (maker: OnnxMaking, given: readonly (OnnxTensor | undefined)[]): readonly OnnxTensor[] => {
    const made = reading.read(requestOf(node, maker, given, external));
    return "shape" in made ? [made] : made;
  };
  const name = node.outputs[0] ?? node.operator;
  return folded(making, inputs, read, name) ?? read(making, inputs);
};

const requestOf = (
  node: FileNode,
  making: OnnxMaking,
  inputs: readonly (OnnxTensor | undefined)[],
  external: ExternalData,
): OnnxReadRequest => ({
  emit: making.emit,
  made: making.made,
  known: making.known,
  opset: node.opset,
  attributes: readAttributes(node.attributes, (tensor) => {
    const { shape, data, element } = decodeTensor(tensor, external);
    return making.known(shape, { data }, element);
  }),
  inputs,
  input: (index) => inputs[index] ?? malformed(`input ${index} is missing`),
  outputs: node.outputs.findLastIndex((name) => name !== "") + 1,
});
