/** The operators without inputs: what a graph is given, and constants. Their types are in their attributes. */
import { E, type Either } from "../fp.js";
import type { Attributes } from "../compiler/ir/graph.js";
import type { DataType, Dims, TensorType } from "../compiler/ir/type.js";
import { firstBad, isCount, isShape } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";
import type { TensorFlowMapping } from "./tensorflow.js";

export type SourceAttributes = { readonly name: string; readonly dtype: DataType; readonly shape: Dims };
export type ConstantAttributes = {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** One number for all elements, or all elements in row-major order. */
  readonly value: number | readonly number[];
};

const isDataType = (value: unknown): boolean => value === "f32" || value === "i32";

const declaredType =
  (operator: string) =>
  (
    inputs: readonly TensorType[],
    attrs: Attributes & { readonly dtype: DataType; readonly shape: Dims },
  ): Either<string, TensorType> => {
    const bad = firstBad(operator, attrs, { dtype: isDataType(attrs.dtype), shape: isShape(attrs.shape) });
    if (bad !== undefined) return E.left(bad);
    return inputs.length === 0
      ? E.right({ dtype: attrs.dtype, shape: attrs.shape })
      : E.left(`${operator} takes no inputs, got ${inputs.length}`);
  };

const source = <A extends SourceAttributes>(name: string): Operator<A> => ({
  kind: "operator",
  name,
  traits: ["source"],
  type: (inputs, attrs) =>
    typeof attrs.name === "string" ? declaredType(name)(inputs, attrs) : E.left(`${name}: attribute name is missing`),
  flops: () => 0,
});

/** What the caller feeds: a batch, labels, a learning rate. */
export const inputOperator = source("input") satisfies Operator<SourceAttributes>;
/** A trainable weight. */
export const parameterOperator = source("parameter") satisfies Operator<SourceAttributes>;
/** What a step carries to the next one: moving statistics, optimiser slots, the step number. */
export const stateOperator = source("state") satisfies Operator<SourceAttributes>;

const constantType = declaredType("constant");

/** Numbers that are part of the graph. */
export const constantOperator = {
  kind: "operator",
  name: "constant",
  traits: ["source"],
  type(inputs, attrs) {
    const { value, shape } = attrs;
    const bad = firstBad("constant", attrs, { shape: Array.isArray(shape) && shape.every(isCount) });
    if (bad !== undefined) return E.left(bad);
    const size = shape.reduce((a, b) => a * b, 1);
    const fits =
      Number.isFinite(value) || (Array.isArray(value) && value.length === size && value.every(Number.isFinite));
    return fits
      ? constantType(inputs, attrs)
      : E.left(`constant: ${size} numbers are needed for the shape [${shape.join(", ")}]`);
  },
  kernel: ({ attrs }) => ({ kernel: "fill", inputs: [], attrs: { value: attrs.value } }),
  flops: () => 0,
} satisfies Operator<ConstantAttributes>;

export const constantReference = {
  kind: "reference",
  operator: "constant",
  run: (_inputs, { data }, { value }) => {
    if (typeof value === "number") data.fill(value);
    else data.set(value);
  },
  cases: [
    { inputs: [], attrs: { dtype: "f32", shape: [2, 3], value: 0.5 } },
    { inputs: [], attrs: { dtype: "i32", shape: [3], value: [1, -2, 3] } },
  ],
} satisfies Reference<ConstantAttributes>;

export const constantTensorFlow = {
  kind: "tensorflow",
  operator: "constant",
  write: ({ graph, attrs: { dtype, shape, value } }) => graph.constant(dtype, value, shape),
} satisfies TensorFlowMapping<ConstantAttributes>;
