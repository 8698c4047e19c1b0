/** An ONNX graph as plain data, and its bytes: a ModelProto. */
import { create, toBinary } from "@bufbuild/protobuf";
import type { DataType, Dims } from "../../compiler/ir/type.js";
import type { OnnxAttribute, OnnxAttributes } from "../../ops/onnx.js";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.js";

/** The operator set that mappings are written for (Gelu came with 20, Reshape and Pad of 21 are today's). */
export const opset = 21;
/** The version of the file format that came with that operator set. */
const irVersion = 10;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

/** What the graph is given or gives. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Dims;
}

/** Numbers in the file. */
export interface OnnxInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly initializers: readonly OnnxInitializer[];
}

const encoder = new TextEncoder();

const attributeMessage = (name: string, value: OnnxAttribute): AttributeProto =>
  create(AttributeProtoSchema, {
    name,
    ...("int" in value
      ? { type: AttributeProto_AttributeType.INT, i: BigInt(value.int) }
      : "float" in value
        ? { type: AttributeProto_AttributeType.FLOAT, f: value.float }
        : "text" in value
          ? { type: AttributeProto_AttributeType.STRING, s: encoder.encode(value.text) }
          : { type: AttributeProto_AttributeType.INTS, ints: value.ints.map(BigInt) }),
  });

const nodeMessage = ({ name, operator, inputs, outputs, attributes }: OnnxNode): NodeProto =>
  create(NodeProtoSchema, {
    name,
    opType: operator,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
  });

const elementTypes = { f32: TensorProto_DataType.FLOAT, i32: TensorProto_DataType.INT32 } as const;

const portMessage = ({ name, dtype, shape }: OnnxPort): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: elementTypes[dtype],
          shape: {
            dim: shape.map((dim) => ({
              value:
                typeof dim === "number"
                  ? { case: "dimValue" as const, value: BigInt(dim) }
                  : { case: "dimParam" as const, value: dim },
            })),
          },
        },
      },
    },
  });

const typeOfData = (data: OnnxInitializer["data"]): TensorProto_DataType =>
  data instanceof Float32Array
    ? TensorProto_DataType.FLOAT
    : data instanceof Int32Array
      ? TensorProto_DataType.INT32
      : TensorProto_DataType.INT64;

/** ONNX's raw data are little-endian, as every machine that runs JavaScript today. */
const tensorMessage = ({ name, shape, data }: OnnxInitializer): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: typeOfData(data),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });

/** The bytes of the numbers, which are nearly all of the file's. */
export const bytesOf = ({ initializers }: OnnxGraph): number =>
  initializers.reduce((sum, { data }) => sum + data.byteLength, 0);

export const encodeOnnx = ({ name, nodes, inputs, outputs, initializers }: OnnxGraph): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      producerName: "svertka",
      graph: create(GraphProtoSchema, {
        name,
        node: nodes.map(nodeMessage),
        input: inputs.map(portMessage),
        output: outputs.map(portMessage),
        initializer: initializers.map(tensorMessage),
      }),
    }),
  );
