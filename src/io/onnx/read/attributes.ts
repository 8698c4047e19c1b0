/** The attributes of a node, each asked for by its type. */
import { malformed, refuse, type OnnxReadAttributes, type OnnxTensor } from "../../../ops/onnx-reading.js";
import { AttributeProto_AttributeType as Kind, type AttributeProto, type TensorProto } from "../onnx_pb.js";

const decoder = new TextDecoder();

const numberOf = (value: bigint): number => Number(value);

export const readAttributes = (
  attributes: readonly AttributeProto[],
  tensorOf: (tensor: TensorProto) => OnnxTensor,
): OnnxReadAttributes => {
  const found = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  if (found.size < attributes.length) malformed("an attribute is given twice");
  const get = (name: string, kind: Kind): AttributeProto | undefined => {
    const attribute = found.get(name);
    // Files of the first years leave the type out.
    if (attribute !== undefined && attribute.type !== kind && attribute.type !== Kind.UNDEFINED)
      malformed(
        `the attribute ${name.slice(0, 40)} is of type ${Kind[attribute.type] ?? "unknown"}, not ${Kind[kind]}`,
      );
    return attribute;
  };
  return {
    has: (name) => found.has(name),
    int: (name, otherwise) => {
      const attribute = get(name, Kind.INT);
      return attribute === undefined ? otherwise : numberOf(attribute.i);
    },
    float: (name, otherwise) => get(name, Kind.FLOAT)?.f ?? otherwise,
    text: (name, otherwise) => {
      const attribute = get(name, Kind.STRING);
      return attribute === undefined ? otherwise : decoder.decode(attribute.s);
    },
    ints: (name) => get(name, Kind.INTS)?.ints.map(numberOf),
    floats: (name) => get(name, Kind.FLOATS)?.floats,
    tensor: (name) => {
      const attribute = get(name, Kind.TENSOR);
      if (attribute === undefined) return undefined;
      return attribute.t === undefined
        ? refuse(`the attribute ${name.slice(0, 40)} without a tensor`)
        : tensorOf(attribute.t);
    },
  };
};
