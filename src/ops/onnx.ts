/** The contract of ONNX mappings: how an operator becomes nodes of an ONNX graph (opset 21). */
import type { Attributes } from "../compiler/ir/graph.js";
import type { Dims, TensorType } from "../compiler/ir/type.js";
import type { KernelRequest } from "./operator.js";
import type { Layout } from "./onnx-layout.js";

/** ONNX tells whole numbers from floats. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] };
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** The name of a tensor in the ONNX graph; the empty name is an optional input that is left out. */
export type OnnxName = string;

/** A tensor and the order of its axes. */
export interface OnnxValue {
  readonly name: OnnxName;
  readonly layout: Layout;
}

/** Adds to the ONNX graph. */
export interface OnnxEmit {
  /** A node of one output. */
  readonly node: (operator: string, inputs: readonly OnnxName[], attributes?: OnnxAttributes) => OnnxName;
  /** A node of several outputs. */
  readonly nodes: (
    operator: string,
    inputs: readonly OnnxName[],
    outputs: number,
    attributes?: OnnxAttributes,
  ) => readonly OnnxName[];
  /** A constant int64 vector. */
  readonly ints: (values: readonly number[]) => OnnxName;
  /** A constant float32 tensor; a number when no shape is given. */
  readonly floats: (values: readonly number[], shape?: readonly number[]) => OnnxName;
  /** A constant number of that type. */
  readonly scalar: (value: number, dtype: TensorType["dtype"]) => OnnxName;
  /** The same elements in row-major order under another shape. */
  readonly reshaped: (tensor: OnnxName, shape: Dims) => OnnxName;
  /** Sizes as an int64 vector, which the graph computes where they depend on the batch. */
  readonly sizes: (shape: Dims) => OnnxName;
}

export interface OnnxRequest<A> extends OnnxEmit {
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
  readonly attrs: A;
  /** One number per channel to be added: present only where the mapping `takesBias`. */
  readonly bias: OnnxName | undefined;
  /** The order of axes in which the inputs are there already. */
  readonly layout: Layout;
  /** The i-th input in a layout. */
  readonly input: (index: number, layout: Layout) => OnnxName;
  /** The i-th input so that it broadcasts against the output in that layout. */
  readonly aligned: (index: number, layout: Layout) => OnnxName;
  /** The i-th input with its axes permuted, then under another shape: at write time where its numbers are known. */
  readonly turned: (index: number, permutation: readonly number[], shape?: readonly number[]) => OnnxName;
}

// Methods, not function properties: their parameters are bivariant, so OnnxMapping<Conv2dAttributes> is an OnnxMapping.
export interface OnnxMapping<A extends Attributes = Attributes> {
  readonly kind: "onnx";
  readonly operator: string;
  /** Whether its node can add a bias. */
  readonly takesBias?: true;
  /** Whether there are nodes for these types and attributes; always, when it is not given. */
  has?(request: KernelRequest<A>): boolean;
  write(request: OnnxRequest<A>): OnnxValue;
}

/* @__NO_SIDE_EFFECTS__ */
export const int = (value: number): OnnxAttribute => ({ int: value });
/* @__NO_SIDE_EFFECTS__ */
export const float = (value: number): OnnxAttribute => ({ float: value });
/* @__NO_SIDE_EFFECTS__ */
export const text = (value: string): OnnxAttribute => ({ text: value });
/* @__NO_SIDE_EFFECTS__ */
export const ints = (values: readonly number[]): OnnxAttribute => ({ ints: values });
