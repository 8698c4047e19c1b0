/** The contract: everything that anybody may ask of an operator is a field of one value. */
import type { Either } from "../fp.js";
import type { Attributes, Emit, Stage, Value } from "../compiler/ir/graph.js";
import type { DataType, Dims, TensorType } from "../compiler/ir/type.js";
import type { Formula } from "../formula/formula.js";

/** What shared code may ask, instead of an operator's name. */
export type Trait =
  /** Has no inputs; its attributes give its type (input, parameter, state, constant). */
  | "source"
  /** Applies one formula to each element. */
  | "elementwise"
  /** Linear in its first input and in its second. */
  | "linear"
  /** Linear, and scaling its second input by output channels (see {@link Operator.scaleShape}) scales the last axis of its result. */
  | "scalesWithKernel"
  /** Its kernels can take elementwise stages after it; see {@link Stage}. */
  | "takesEpilogue"
  /** Adds one number per channel: the first stage of an epilogue. */
  | "bias"
  /** Adds a second tensor of the same type: the stage of an epilogue between bias and activation. */
  | "residual"
  /** An activation that may end an epilogue. */
  | "activation"
  /** Gives probabilities over the last axis; its input are their logits. */
  | "categoricalProbabilities"
  /** Gives a probability per element; its input are its logits. */
  | "binaryProbabilities"
  /** Moves or renames elements without arithmetic. */
  | "movesData"
  /** Puts cells of one number, its attribute `value`, around its input: as many as its attribute `pads` says for each axis. */
  | "surrounds"
  /** Puts its inputs one after the other along its attribute `axis`. */
  | "joins"
  /** Every element of its result lies between the least and the greatest of its input. */
  | "withinRange"
  /** Every element of its result is the greatest of some of its input: a function that never falls may come before or after. */
  | "takesGreatest"
  /** Every element of its result is a mean over places, channel by channel: what is linear in the channels may come before or after. */
  | "averages";

/** How a reduction folds: the values of a formula over its inputs, broadcast to one shape, along some of its axes. */
export interface Fold {
  readonly by: "sum" | "mean" | "max";
  readonly formula: Formula;
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** A type whose batch axis has a number. */
export interface ConcreteType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** One call of a backend kernel: by its TensorFlow.js name, or by the name of one of our own kernels. */
export interface KernelCall {
  readonly kernel: string;
  /** Indices of the node's inputs, by the kernel's argument names, or in order for kernels that take a list. */
  readonly inputs: Readonly<Record<string, number>> | readonly number[];
  readonly attrs: Attributes;
  /** Other shapes under which the kernel is to see some inputs' buffers, by argument name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Forms of inputs that the kernel reads; `inputs` names them after the node's own inputs, by the indices that follow. */
  readonly forms?: readonly InputForm[];
}

/** An input as a kernel wants it, made by a call that reads that input only; done once where the input is stable. */
export interface InputForm {
  /** Which of the node's inputs. */
  readonly input: number;
  readonly kernel: string;
  readonly attrs: Attributes;
  readonly type: ConcreteType;
}

/** A stage of an epilogue, with the formula of its operator where that is elementwise: x0 is the value so far. */
export interface FusedStage extends Stage {
  readonly formula?: Formula | undefined;
}

export interface KernelRequest<A> {
  readonly inputs: readonly ConcreteType[];
  readonly output: ConcreteType;
  readonly attrs: A;
  /** Not empty only where the operator has the trait `takesEpilogue` and the target said that it can. */
  readonly epilogue: readonly FusedStage[];
}

export interface GradientRequest<A> {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly outputGradient: Value;
  readonly attrs: A;
  /** Whether anybody needs the gradient by the i-th input. */
  readonly needs: (input: number) => boolean;
  readonly emit: Emit;
}

/** A change of each channel of the first input of a linear operator, before it: x · scale + shift. */
export interface InputChange<A> {
  /** Types of the inputs: x and the kernel. */
  readonly inputs: readonly Value[];
  /** One number per channel; undefined: 1. */
  readonly scale: Value | undefined;
  /** One number per channel; undefined: 0. */
  readonly shift: Value | undefined;
  readonly attrs: A;
  readonly emit: Emit;
}

export interface PadRequest<A> {
  /** Cells before and after, for each axis of the first input. */
  readonly pads: readonly (readonly [number, number])[];
  /** The shape of the first input, without those cells. */
  readonly shape: Dims;
  readonly attrs: A;
}

export interface DecomposeRequest<A> {
  readonly inputs: readonly Value[];
  readonly output: TensorType;
  readonly attrs: A;
  readonly emit: Emit;
}

// Methods, not function properties: their parameters are bivariant, so Operator<Conv2dAttributes> is an Operator.
export interface Operator<A extends Attributes = Attributes> {
  readonly kind: "operator";
  /** The name in graphs. */
  readonly name: string;
  readonly traits: readonly Trait[];
  /** The formula of an elementwise operator. */
  formula?(attrs: A): Formula;
  /** What a reduction folds, and along which axes. */
  fold?(attrs: A): Fold;
  /** Type of the result, or a sentence that says why the inputs do not fit. */
  type(inputs: readonly TensorType[], attrs: A): Either<string, TensorType>;
  /** Gradients by the inputs, as emitted operators; undefined where there is none or nobody needs it. */
  gradient?(request: GradientRequest<A>): readonly (Value | undefined)[];
  /**
   * Where the trait `scalesWithKernel` is: the shape under which one number per output channel multiplies the kernel, from
   * the kernel's; undefined where none does. Without this field they are the kernel's last axis.
   */
  scaleShape?(kernel: Dims, attrs: A): Dims | undefined;
  /**
   * Of a linear operator f with a kernel k: k' and b with f(x · scale + shift, k) = f(x, k') + b, b one number per output
   * channel (undefined: 0); undefined where there are none, such as for a shift where cells of padding stay 0.
   */
  absorbInput?(change: InputChange<A>): { readonly kernel: Value; readonly bias: Value | undefined } | undefined;
  /** Whether each cell of the result reads the cell at its place only: all its channels, and none of another place. */
  isPointwise?(inputs: readonly TensorType[], attrs: A): boolean;
  /** The number that cells of its own padding count as; -Infinity: they never win. */
  readonly paddingValue?: number;
  /** Where `paddingValue` is: the attributes with so many more cells of padding; undefined where it cannot have them. */
  padded?(request: PadRequest<A>): A | undefined;
  /** The same result by other operators, for backends that lack the kernel or do it badly. */
  decompose?(request: DecomposeRequest<A>): Value | undefined;
  /** The kernel call for concrete shapes; undefined when TensorFlow.js has none for these attributes. */
  kernel?(request: KernelRequest<A>): KernelCall | undefined;
  /** Floating-point operations, a multiplication and an addition counted as two. */
  flops(request: KernelRequest<A>): number;
}

/** Values of the reference backend: float64, row-major. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A case for the conformance suite: types with the batch axis as a number. */
export interface OperatorCase {
  /** As `f32[2, 5, 5, 3]`. */
  readonly inputs: readonly string[];
  readonly attrs: Attributes;
  /** How to fill the inputs: by default normal numbers; `distinct` has no ties, `positive` is > 0, `index` integers below `below`. */
  readonly fill?: readonly (FillKind | undefined)[];
}
export type FillKind = "normal" | "distinct" | "positive" | "binary" | { readonly indexBelow: number };

/** The oracle of an operator, kept apart so that a predictor does not carry it. */
export interface Reference<A extends Attributes = Attributes> {
  readonly kind: "reference";
  readonly operator: string;
  /** Plain loops over plain arrays; `output` has the right shape and is filled with zeros. */
  run(inputs: readonly ReferenceTensor[], output: ReferenceTensor, attrs: A): void;
  readonly cases: readonly OperatorCase[];
}
