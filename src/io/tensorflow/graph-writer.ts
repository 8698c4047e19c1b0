/** Writes the nodes of a TensorFlow graph as protobuf messages; equal nodes without side effects are one. */
import { create } from "@bufbuild/protobuf";
import type { Dims, TensorType } from "../../compiler/ir/type.js";
import type {
  TensorFlowAttribute,
  TensorFlowAttributes,
  TensorFlowGraph,
  TensorFlowType,
  TensorFlowValue,
} from "../../ops/tensorflow.js";
import {
  AttrValueSchema,
  DataType,
  NodeDefSchema,
  TensorShapeProtoSchema,
  type AttrValue,
  type NodeDef,
  type TensorShapeProto,
} from "./saved_model_pb.js";

export const dataTypes: Readonly<Record<TensorFlowType, DataType>> = {
  f32: DataType.DT_FLOAT,
  i32: DataType.DT_INT32,
  bool: DataType.DT_BOOL,
  u32: DataType.DT_UINT32,
};

type AttributeValue = NonNullable<AttrValue["value"]>;

const attribute = (value: AttributeValue): AttrValue => create(AttrValueSchema, { value });

/** A shape; axes that hold the batch are not known: -1. */
export const shapeMessage = (shape: Dims): TensorShapeProto =>
  create(TensorShapeProtoSchema, {
    dim: shape.map((size) => ({ size: BigInt(typeof size === "number" ? size : -1) })),
  });

export const shapeAttribute = (shape: Dims): AttrValue =>
  create(AttrValueSchema, { value: { case: "shape", value: shapeMessage(shape) } });

export const typeAttribute = (type: TensorFlowType): AttrValue => attribute({ case: "type", value: dataTypes[type] });

export const textAttribute = (text: string): AttrValue =>
  attribute({ case: "s", value: new TextEncoder().encode(text) });

export const countAttribute = (count: number): AttrValue => attribute({ case: "i", value: BigInt(count) });

const encoded = (value: TensorFlowAttribute): AttrValue => {
  if (typeof value === "boolean") return attribute({ case: "b", value });
  if (typeof value === "string") return textAttribute(value);
  if ("int" in value) return countAttribute(value.int);
  if ("float" in value) return attribute({ case: "f", value: value.float });
  if ("type" in value) return typeAttribute(value.type);
  return create(AttrValueSchema, { value: { case: "list", value: { i: value.map(BigInt) } } });
};

const bytesOf = (type: TensorFlowType, values: readonly number[]): Uint8Array => {
  const array =
    type === "f32" ? Float32Array.from(values) : type === "u32" ? Uint32Array.from(values) : Int32Array.from(values);
  return new Uint8Array(array.buffer);
};

export interface GraphWriter extends TensorFlowGraph {
  /** Adds a node under a name of its own, with side effects or attributes that {@link TensorFlowGraph.node} has not. */
  readonly add: (op: string, inputs: readonly string[], attrs?: Readonly<Record<string, AttrValue>>) => string;
  /** A constant of many numbers, kept as they are: a weight. Its node. */
  readonly tensor: (type: "f32" | "i32", shape: readonly number[], data: Float32Array | Int32Array) => string;
  /** The node of the batch size, an i32 without axes, where a size was asked for that it decides. */
  readonly batch: () => string | undefined;
  readonly nodes: () => readonly NodeDef[];
}

/** Where the batch size comes from: a node that says it, an i32 without axes; a placeholder of its own where it is not given. */
export interface GraphWriterOptions {
  readonly batchSize?: (writer: Pick<GraphWriter, "node" | "constant">) => string;
}

export const graphWriter = ({ batchSize }: GraphWriterOptions = {}): GraphWriter => {
  const nodes: NodeDef[] = [];
  const known = new Map<string, TensorFlowValue>();
  let batch: string | undefined;
  const push = (op: string, input: readonly string[], attr: Readonly<Record<string, AttrValue>>): string => {
    const name = `n${nodes.length}`;
    nodes.push(create(NodeDefSchema, { name, op, input: [...input], attr }));
    return name;
  };
  const once = (key: string, make: () => TensorFlowValue): TensorFlowValue => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
  const node = (
    op: string,
    inputs: readonly TensorFlowValue[],
    attrs: TensorFlowAttributes = {},
    type: TensorFlowType = inputs[0]?.type ?? "f32",
  ): TensorFlowValue =>
    once(`${op}(${inputs.map(({ name }) => name).join()})${JSON.stringify(attrs)}${String("T" in attrs)}`, () => {
      const [first] = inputs;
      const all: TensorFlowAttributes =
        first === undefined || "T" in attrs ? attrs : { T: { type: first.type }, ...attrs };
      const attr = Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, encoded(value)]])),
      );
      return {
        name: push(
          op,
          inputs.map(({ name }) => name),
          attr,
        ),
        type,
      };
    });
  const tensor = (type: TensorFlowType, sizes: readonly number[], content: Uint8Array): string => {
    const value = create(AttrValueSchema, {
      value: {
        case: "tensor",
        value: { dtype: dataTypes[type], tensorShape: shapeMessage(sizes), tensorContent: content },
      },
    });
    return push("Const", [], { dtype: typeAttribute(type), value });
  };
  const constant: TensorFlowGraph["constant"] = (type, values, shape) => {
    const list = typeof values === "number" ? undefined : values;
    const size = shape?.reduce((a, b) => a * b, 1) ?? list?.length ?? 1;
    const numbers = list ?? (typeof values === "number" ? Array.from({ length: size }, () => values) : []);
    const sizes = shape ?? [size];
    // JSON has no NaN, infinities or −0: the bytes are the key.
    const content = bytesOf(type, numbers);
    return once(`${type}[${sizes.join()}]${content.join()}`, () => ({ name: tensor(type, sizes, content), type }));
  };
  const batchTimes = (factor: number): TensorFlowValue => {
    batch ??=
      batchSize?.({ node, constant }) ??
      push("Placeholder", [], { dtype: typeAttribute("i32"), shape: shapeAttribute([]) });
    const size: TensorFlowValue = { name: batch, type: "i32" };
    return factor === 1 ? size : node("Mul", [size, constant("i32", factor, [])]);
  };
  return {
    node,
    constant,
    sizes: (shape) => {
      const numbers = shape.filter((dim) => typeof dim === "number");
      if (numbers.length === shape.length) return constant("i32", numbers);
      const each = shape.map((dim) =>
        typeof dim === "number" ? constant("i32", dim, []) : batchTimes(dim === "n" ? 1 : Number(dim.slice(0, -1))),
      );
      return node("Pack", each, { N: { int: each.length } });
    },
    tensor: (type, shape, { buffer, byteOffset, byteLength }) =>
      tensor(type, shape, new Uint8Array(buffer, byteOffset, byteLength)),
    add: (op, inputs, attrs = {}) => push(op, inputs, attrs),
    batch: () => batch,
    nodes: () => nodes,
  };
};

/** A value that is fed. */
export const placeholder = (writer: GraphWriter, { dtype, shape }: TensorType): string =>
  writer.add("Placeholder", [], { dtype: typeAttribute(dtype), shape: shapeAttribute(shape) });

/** True, after these nodes have run. */
export const truth = (writer: GraphWriter, after: readonly string[]): string => {
  const tensor = { dtype: DataType.DT_BOOL, tensorShape: {}, tensorContent: Uint8Array.of(1) };
  const value = create(AttrValueSchema, { value: { case: "tensor", value: tensor } });
  return writer.add(
    "Const",
    after.map((name) => `^${name}`),
    { dtype: typeAttribute("bool"), value },
  );
};
