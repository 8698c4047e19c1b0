/** Writes a graph with its weights as ONNX: opset 21, the batch axis symbolic, images channels first inside. */
import { fail, invariant, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { operatorOf, registryOf, type Registry } from "../../compiler/ir/builder.js";
import { sourceName, type Attributes, type Graph, type Node } from "../../compiler/ir/graph.js";
import { concreteDim, concreteShape, type TensorType } from "../../compiler/ir/type.js";
import { stageReads } from "../../compiler/ir/verify.js";
import { onnxMappingOf } from "../../ops/onnx-mappings.js";
import type { OnnxMapping, OnnxRequest } from "../../ops/onnx.js";
import type { Layout } from "../../ops/onnx-layout.js";
import type { ConcreteType } from "../../ops/operator.js";
import { operators } from "../../ops/registry.js";
import { emitter, type BatchSource, type Emitter } from "./emitter.js";
import { bytesOf, encodeOnnx, type OnnxGraph, type OnnxPort } from "./message.js";
import { namesInUse } from "./names.js";
import type { KnownNumbers } from "./numbers.js";
import { computedTensor, knownTensor, type Tensor } from "./tensors.js";

type SourceKind = "input" | "parameter" | "state";

export interface OnnxRequestOfGraph {
  readonly graph: Graph;
  /** The numbers of a parameter or state; one without becomes an input of the ONNX graph. */
  readonly weights: (name: string) => KnownNumbers | undefined;
}

export interface WrittenOnnx {
  readonly bytes: Uint8Array;
  /** What is to be fed: the kind and name in our graph, the name in the ONNX graph. */
  readonly inputs: readonly {
    readonly kind: SourceKind;
    readonly source: string;
    readonly name: string;
  }[];
  /** In the order of the graph's outputs. */
  readonly outputs: readonly { readonly source: string; readonly name: string; readonly type: TensorType }[];
}

/** Protocol buffers end at 2 GiB; names and nodes need a little. */
const maximalBytes = 2 ** 31 - 2 ** 22;

const concrete = ({ dtype, shape }: TensorType): ConcreteType => ({ dtype, shape: concreteShape(shape, 1) });

const sourceKind = ({ op }: Node): SourceKind | undefined =>
  op === "input" || op === "parameter" || op === "state" ? op : undefined;

/** What is known of the graph's nodes before any is written: their types, and the operators with the user's own. */
interface Facts {
  readonly types: ReadonlyMap<number, TensorType>;
  readonly registry: Registry;
}

const mappingOf = (node: Node, { types, registry }: Facts): OnnxMapping | undefined => {
  const inputs = node.inputs.map((id) => types.get(id)).filter((type) => type !== undefined);
  return onnxMappingOf(operatorOf(registry, node.op), {
    inputs: inputs.map(concrete),
    output: concrete(node.type),
    attrs: node.attrs,
  });
};

/** The operators that ONNX cannot express, each once, by name. */
const unsupported = ({ nodes }: Graph, facts: Facts): readonly string[] => [
  ...new Set(
    nodes
      .filter(
        (node) => sourceKind(node) === undefined && node.op !== "constant" && mappingOf(node, facts) === undefined,
      )
      .map(({ op }) => op),
  ),
];

/**
 * The model as bytes of an .onnx file.
 *
 * Errors  Unsupported: operators that ONNX cannot express, all of them named; weights of more than 2 GB.
 */
export const writeOnnx = (request: OnnxRequestOfGraph): Either<SvertkaError, WrittenOnnx> => {
  const { graph } = request;
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const facts = { types, registry: registryOf(graph, operators) };
  const missing = unsupported(graph, facts);
  if (missing.length > 0)
    return fail(
      "Unsupported",
      "onnx",
      `onnx: it has no operators for ${missing.join(", ").slice(0, 100)}: use a model without them`,
    );
  const written = onnxGraph(request, facts);
  const bytes = bytesOf(written.graph);
  if (bytes > maximalBytes)
    return fail(
      "Unsupported",
      "onnx",
      `onnx: the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, and one ONNX file holds less than 2: use a smaller model or another backend`,
    );
  return E.right({ bytes: encodeOnnx(written.graph), inputs: written.inputs, outputs: written.outputs });
};

const onnxGraph = (
  { graph, weights }: OnnxRequestOfGraph,
  facts: Facts,
): Omit<WrittenOnnx, "bytes"> & { readonly graph: OnnxGraph } => {
  const names = namesInUse();
  const ports: OnnxPort[] = [];
  const inputs: WrittenOnnx["inputs"][number][] = [];
  // Inputs and outputs have their names first: they are what a user writes.
  const tensors = new Map<number, Tensor>();
  const emit = emitter(names, () => batchSourceIn(ports));
  for (const node of graph.nodes) {
    const kind = sourceKind(node);
    if (kind === undefined || (kind !== "input" && weights(sourceName(node)) !== undefined)) continue;
    const name = names.take(sourceName(node));
    ports.push({ name, ...node.type });
    inputs.push({ kind, source: sourceName(node), name });
    tensors.set(node.id, computedTensor(node.type, { name, layout: "last" }, emit));
  }
  const outputs = graph.outputs.map(({ name, value }) => {
    const type = facts.types.get(value);
    invariant(type, `no node %${value}`);
    return { source: name, name: names.take(name), type, value };
  });
  for (const node of graph.nodes) {
    if (tensors.has(node.id)) continue;
    emit.section(`${node.op}_${node.id}`);
    tensors.set(node.id, tensorOf(node, { tensors, emit, weights, facts }));
  }
  for (const { name, value } of outputs) emit.named("Identity", [tensorAt(tensors, value).in("last")], name);
  const { nodes, initializers } = emit.collected;
  return {
    inputs,
    outputs: outputs.map(({ source, name, type }) => ({ source, name, type })),
    graph: withoutCopies({
      name: "svertka",
      nodes,
      inputs: ports,
      outputs: outputs.map(({ name, type }) => ({ name, ...type })),
      initializers,
    }),
  };
};

const batchSourceIn = (ports: readonly OnnxPort[]): BatchSource | undefined => {
  for (const { name, shape } of ports) {
    const axis = shape.findIndex((dim) => typeof dim === "string");
    const dim = shape[axis];
    if (dim !== undefined) return { name, axis, factor: concreteDim(dim, 1) };
  }
  return undefined;
};

const tensorAt = (tensors: ReadonlyMap<number, Tensor>, id: number): Tensor => {
  const tensor = tensors.get(id);
  invariant(tensor, `%${id} is read before it is written`);
  return tensor;
};

interface Writing {
  readonly tensors: ReadonlyMap<number, Tensor>;
  readonly facts: Facts;
  readonly emit: Emitter;
  readonly weights: OnnxRequestOfGraph["weights"];
}

const tensorOf = (node: Node, { tensors, facts, emit, weights }: Writing): Tensor => {
  if (sourceKind(node) !== undefined) {
    const numbers = weights(sourceName(node));
    invariant(numbers, `no numbers for ${sourceName(node)}`);
    return knownTensor(sourceName(node), numbers, emit);
  }
  if (node.op === "constant") return knownTensor(`constant_${node.id}`, constantNumbers(node), emit);
  const mapping = mappingOf(node, facts);
  invariant(mapping, `${node.op} has no ONNX mapping`);
  const inputs = node.inputs.map((id) => tensorAt(tensors, id));
  return rootAndStages(node, { mapping, inputs, emit, registry: facts.registry });
};

const constantNumbers = ({ type, attrs: { value } }: Node): KnownNumbers => {
  const shape = type.shape.map(Number);
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.isArray(value) ? value.map(Number) : Array.from({ length: size }, () => Number(value));
  return {
    dtype: type.dtype,
    shape,
    data: type.dtype === "i32" ? Int32Array.from(numbers) : Float32Array.from(numbers),
  };
};

interface WritingNode {
  readonly mapping: OnnxMapping;
  readonly inputs: readonly Tensor[];
  readonly emit: Emitter;
  readonly registry: Registry;
}

/** The node itself, with the bias of its epilogue, then the other stages on its result. */
const rootAndStages = (node: Node, { mapping, inputs, emit, registry }: WritingNode): Tensor => {
  const stages = node.epilogue ?? [];
  const isBias = (op: string): boolean => operatorOf(registry, op).traits.includes("bias");
  const further = stages.reduce((sum, stage) => sum + stageReads(stage, registry), 0);
  const own = inputs.slice(0, inputs.length - further);
  const takes = mapping.takesBias === true && isBias(stages[0]?.op ?? node.op);
  const bias = takes ? inputs[own.length] : undefined;
  let current = written(mapping, { inputs: own, output: node.type, attrs: node.attrs, bias }, emit);
  let next = own.length + (takes ? 1 : 0);
  for (const { op, attrs } of takes ? stages.slice(1) : stages) {
    const reads = [current, ...inputs.slice(next, next + stageReads({ op, attrs }, registry))];
    next += reads.length - 1;
    const request = { inputs: reads.map(({ type }) => concrete(type)), output: concrete(node.type), attrs };
    const stage = onnxMappingOf(operatorOf(registry, op), request);
    invariant(stage, `${op} has no ONNX mapping`);
    current = written(stage, { inputs: reads, output: node.type, attrs, bias: undefined }, emit);
  }
  return current;
};

interface WritingOne {
  readonly inputs: readonly Tensor[];
  readonly output: TensorType;
  readonly attrs: Attributes;
  readonly bias: Tensor | undefined;
}

const written = (mapping: OnnxMapping, { inputs, output, attrs, bias }: WritingOne, emit: Emitter): Tensor => {
  const at = (index: number): Tensor => {
    const tensor = inputs[index];
    invariant(tensor, `${mapping.operator} has no input ${index}`);
    return tensor;
  };
  const layout: Layout = inputs.some((input) => input.layout === "first" && input.type.shape.length > 2)
    ? "first"
    : "last";
  const request: OnnxRequest<Attributes> = {
    ...emit,
    inputs: inputs.map(({ type }) => type),
    output,
    attrs,
    bias: bias?.in("last"),
    layout,
    input: (index, wanted) => at(index).in(wanted),
    aligned: (index, wanted) => at(index).aligned(output.shape.length, wanted),
    turned: (index, permutation, shape) => at(index).turned(permutation, shape),
  };
  return computedTensor(output, mapping.write(request), emit);
};

/** A node that only the output's copy reads gives the output itself. */
const withoutCopies = (graph: OnnxGraph): OnnxGraph => {
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.filter(({ operator, inputs: [from = ""], outputs: [to = ""] }) => {
    const isCopy =
      operator === "Identity" && isOutput.has(to) && made.has(from) && readers.get(from) === 1 && !isOutput.has(from);
    if (isCopy) renamed.set(from, to);
    return !isCopy;
  });
  return {
    ...graph,
    nodes: nodes.map((node) => ({ ...node, outputs: node.outputs.map((name) => renamed.get(name) ?? name) })),
  };
};
