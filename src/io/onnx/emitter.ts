/** Collects the nodes and numbers of an ONNX graph under construction. */
import { concreteDim, type Dims } from "../../compiler/ir/type.js";
import type { OnnxAttributes, OnnxEmit, OnnxName } from "../../ops/onnx.js";
import type { OnnxInitializer, OnnxNode } from "./message.js";
import type { Names } from "./names.js";

export interface Emitter extends OnnxEmit {
  /** Numbers under a name like the wanted one. */
  readonly numbers: (wanted: string, shape: readonly number[], data: OnnxInitializer["data"]) => OnnxName;
  /** What the next nodes are called after. */
  readonly section: (name: string) => void;
  readonly collected: {
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly OnnxInitializer[];
  };
  /** Adds a node that gives a tensor of that very name. */
  readonly named: (operator: string, inputs: readonly OnnxName[], output: OnnxName) => void;
}

/** An input of the graph, one of whose axes tells the batch size. */
export interface BatchSource {
  readonly name: OnnxName;
  readonly axis: number;
  /** How many times the batch size that axis holds. */
  readonly factor: number;
}

export const emitter = (names: Names, batchSource: () => BatchSource | undefined): Emitter => {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const constants = new Map<string, OnnxName>();
  let section = "node";
  const push = (
    operator: string,
    inputs: readonly OnnxName[],
    count: number,
    attributes: OnnxAttributes,
  ): OnnxName[] => {
    const last = inputs.findLastIndex((input) => input !== "");
    const outputs = Array.from({ length: count }, () => names.take(`${section}:${operator}`));
    nodes.push({ name: outputs[0] ?? section, operator, inputs: inputs.slice(0, last + 1), outputs, attributes });
    return outputs;
  };
  const numbers: Emitter["numbers"] = (wanted, shape, data) => {
    const name = names.take(wanted);
    initializers.push({ name, shape, data });
    return name;
  };
  const constant = (kind: string, shape: readonly number[], data: OnnxInitializer["data"]): OnnxName => {
    const key = `${kind}[${shape.join()}]${textOf(data)}`;
    const name = constants.get(key) ?? numbers(`constant:${kind}`, shape, data);
    constants.set(key, name);
    return name;
  };
  const node: Emitter["node"] = (operator, inputs, attributes = {}) => push(operator, inputs, 1, attributes)[0] ?? "";
  const ints: Emitter["ints"] = (values) => constant("int64", [values.length], BigInt64Array.from(values.map(BigInt)));
  const sizes: Emitter["sizes"] = (shape) => {
    const factors = shape.map((dim) => concreteDim(dim, 1));
    if (shape.every((dim) => typeof dim === "number")) return ints(factors);
    const source = batchSource();
    if (source === undefined) return ints(factors);
    const whole = node("Slice", [node("Shape", [source.name]), ints([source.axis]), ints([source.axis + 1])]);
    const batch = source.factor === 1 ? whole : node("Div", [whole, ints([source.factor])]);
    const dims = shape.map((dim, axis) => {
      const factor = ints([factors[axis] ?? 1]);
      return typeof dim === "number" ? factor : node("Mul", [batch, factor]);
    });
    return dims.length === 1 ? (dims[0] ?? "") : node("Concat", dims, { axis: { int: 0 } });
  };
  return {
    node,
    nodes: (operator, inputs, outputs, attributes = {}) => push(operator, inputs, outputs, attributes),
    ints,
    sizes,
    floats: (values, shape = []) => constant("float32", shape, Float32Array.from(values)),
    scalar: (value, dtype) =>
      dtype === "i32" ? constant("int32", [], Int32Array.of(value)) : constant("float32", [], Float32Array.of(value)),
    reshaped: (tensor, shape) => node("Reshape", [tensor, wantedShape(shape, { ints, sizes })], allowZero(shape)),
    numbers,
    section: (name) => void (section = name),
    named: (operator, inputs, output) =>
      void nodes.push({ name: `${output}:${operator}`, operator, inputs, outputs: [output], attributes: {} }),
    collected: { nodes, initializers },
  };
};

/** Equal numbers, equal text: −0 is another number than 0. */
const textOf = (data: OnnxInitializer["data"]): string => {
  const texts: string[] = [];
  for (const value of data) texts.push(Object.is(value, -0) ? "-0" : String(value));
  return texts.join();
};

/** The batch axis is "what is left", unless an axis without elements makes that unknowable. */
const wantedShape = (shape: Dims, { ints, sizes }: Pick<OnnxEmit, "ints" | "sizes">): OnnxName =>
  shape.includes(0) ? sizes(shape) : ints(shape.map((dim) => (typeof dim === "number" ? dim : -1)));

/** Without it 0 would mean "as it was". */
const allowZero = (shape: Dims): OnnxAttributes => (shape.includes(0) ? { allowzero: { int: 1 } } : {});
