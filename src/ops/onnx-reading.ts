/** The contract of ONNX readings: how a node of an ONNX graph (opset 7 and later) becomes operators of ours. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { Dims } from "../compiler/ir/type.js";

/** Axes of a tensor as the file numbers them, in the order in which they lie in memory: [0, 2, 3, 1] is an image channels last. */
export type AxisOrder = readonly number[];

/** What a tensor's elements stand for; our graphs hold all of them as float32. */
export type OnnxElement = "float" | "whole" | "truth";

/** Numbers that are known when the file is read, row-major. */
export interface OnnxNumbers {
  readonly data: Float32Array | Float64Array;
  /** The numbers for another size of the batch, where they depend on it: see `batchSamples`. */
  readonly twin?: Float64Array | undefined;
  /** The name of the weight that they are, where training may change them. */
  readonly weight?: string | undefined;
  /** Present where no gradient changes them: moving statistics. */
  readonly kept?: true | undefined;
}

/** A tensor of the file: its shape as the file has it, its axes in memory as it suits us. */
export interface OnnxTensor {
  readonly shape: Dims;
  readonly element: OnnxElement;
  /** Present where the numbers are known. */
  readonly numbers?: OnnxNumbers | undefined;
  /** The order in which it is there without further nodes; of known numbers as in the file. */
  readonly order: AxisOrder;
  /** With its axes in that order, then under another shape of as many elements. */
  readonly in: (order: AxisOrder, shape?: Dims) => Value;
}

/** What readings make tensors with. */
export interface OnnxMaking {
  /** As in any graph of ours; inputs that do not fit are the file's mistake. */
  readonly emit: Emit;
  /** A value whose axes are the file's in that order; by default in the file's own. */
  readonly made: (value: Value, order?: AxisOrder, element?: OnnxElement) => OnnxTensor;
  /** Numbers that the reading itself knows. */
  readonly known: (shape: readonly number[], numbers: OnnxNumbers, element: OnnxElement) => OnnxTensor;
}

/** The attributes of a node; one of another type than asked for is the file's mistake. */
export interface OnnxReadAttributes {
  readonly has: (name: string) => boolean;
  readonly int: (name: string, otherwise: number) => number;
  readonly float: (name: string, otherwise: number) => number;
  readonly text: (name: string, otherwise: string) => string;
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly floats: (name: string) => readonly number[] | undefined;
  readonly tensor: (name: string) => OnnxTensor | undefined;
}

export interface OnnxReadRequest extends OnnxMaking {
  /** The version of the operator set by which the node is to be read. */
  readonly opset: number;
  readonly attributes: OnnxReadAttributes;
  /** All that are given; optional ones that are left out are undefined. */
  readonly inputs: readonly (OnnxTensor | undefined)[];
  /** An input without which there is no node. */
  readonly input: (index: number) => OnnxTensor;
  /** How many outputs the graph reads: one more than the last of them. */
  readonly outputs: number;
}

export interface OnnxReading {
  readonly kind: "onnxReading";
  /** The operator of ONNX. */
  readonly reads: string;
  readonly read: (request: OnnxReadRequest) => OnnxTensor | readonly OnnxTensor[];
}

/** Carries a sentence from the depth of a reading to the one place that turns it into a value. */
export class OnnxReadFailure extends Error {
  constructor(
    readonly tag: "Unsupported" | "BadFile",
    message: string,
  ) {
    super(message);
  }
}

/** What svertka does not support, as `<what>: <remedy>`; the node's name is put before it. */
export const refuse = (sentence: string): never => {
  throw new OnnxReadFailure("Unsupported", sentence);
};

/** What no sound file holds. */
export const malformed = (sentence: string): never => {
  throw new OnnxReadFailure("BadFile", sentence);
};
