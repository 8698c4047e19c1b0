/** How TensorFlow computes an operator: what a backend that hands it whole graphs asks, kept apart like the reference. */
import type { Attributes } from "../compiler/ir/graph.js";
import type { DataType, Dims, TensorType } from "../compiler/ir/type.js";
import type { KernelRequest } from "./operator.js";

/** Element types inside a TensorFlow graph: ours, truth values, and words of random bits. */
export type TensorFlowType = DataType | "bool" | "u32";

/** A result of a node in a TensorFlow graph. */
export interface TensorFlowValue {
  /** As inputs name it: `n7`, or `n7:1` for a second result. */
  readonly name: string;
  readonly type: TensorFlowType;
}

/** An attribute of a node: a switch, a text, a list of whole numbers, or a number or type that says what it is. */
export type TensorFlowAttribute =
  | boolean
  | string
  | readonly number[]
  | { readonly int: number }
  | { readonly float: number }
  | { readonly type: TensorFlowType };

export type TensorFlowAttributes = Readonly<Record<string, TensorFlowAttribute | undefined>>;

/** Writes the nodes of a TensorFlow graph. */
export interface TensorFlowGraph {
  /**
   * Adds a node; gives its first result, whose type is the first input's unless `type` says another. The attribute `T` is
   * the type of the first input; `T: undefined` leaves it out.
   */
  readonly node: (
    op: string,
    inputs: readonly TensorFlowValue[],
    attrs?: TensorFlowAttributes,
    type?: TensorFlowType,
  ) => TensorFlowValue;
  /** A constant; without a shape a list. Equal constants are one node. */
  readonly constant: (
    type: "f32" | "i32" | "u32",
    values: number | readonly number[],
    shape?: readonly number[],
  ) => TensorFlowValue;
  /** Sizes as a list of i32; those that hold the batch axis are computed when the graph runs. */
  readonly sizes: (shape: Dims) => TensorFlowValue;
}

export interface TensorFlowRequest<A> {
  readonly values: readonly TensorFlowValue[];
  /** The inputs' types. */
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
  readonly attrs: A;
  readonly graph: TensorFlowGraph;
}

// A method, as in Operator: its parameter is bivariant.
export interface TensorFlowMapping<A extends Attributes = Attributes> {
  readonly kind: "tensorflow";
  readonly operator: string;
  /** Whether TensorFlow's kernels do it for these attributes; always where it is not said. */
  has?(request: KernelRequest<A>): boolean;
  write(request: TensorFlowRequest<A>): TensorFlowValue;
}

/** A mapping to one node that reads all inputs in order and has these attributes. */
/* @__NO_SIDE_EFFECTS__ */
export const tensorFlowNode = (
  operator: string,
  op: string,
  attrs: TensorFlowAttributes = {},
): TensorFlowMapping<Attributes> => ({
  kind: "tensorflow",
  operator,
  write: ({ values, graph }) => graph.node(op, values, attrs),
});
