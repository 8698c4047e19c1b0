/** What a layer is at run time: a name, options, a shape rule, and how it becomes operators. */
import type { Either } from "../fp.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { TensorType } from "../compiler/ir/type.js";
import type { Formula } from "../formula/formula.js";
import type { Initializer } from "./initializers.js";
import type { Operator } from "./operator.js";
import type { Shape } from "../shape/shape.js";

/** Training uses batch statistics and dropout; inference does not. */
export type Mode = "training" | "inference";

/** A penalty on a weight that training adds to the loss: l1 Σ|w| + l2 Σw². */
export interface Regularizer {
  readonly l1: number;
  readonly l2: number;
}

/** What training brings a weight back to after each step. */
export type Constraint =
  /** No number is below 0. */
  | { readonly kind: "nonNegative" }
  /** The norm of each slice along `axes` is brought into [minimum, maximum], or `rate` of the way. */
  | {
      readonly kind: "norm";
      readonly minimum: number;
      readonly maximum: number;
      readonly rate: number;
      readonly axes: readonly number[];
    };

export interface ParameterOptions {
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** False for a weight that training leaves as it is, as a frozen layer's. */
  readonly trainable?: boolean | undefined;
}

/** What a layer may do when it becomes operators. */
export interface LayerBuilder {
  readonly mode: Mode;
  /** Whether training leaves the layer's weights as they are; layers with moving statistics then use these, as in inference. */
  readonly frozen: boolean;
  readonly emit: Emit;
  /** A trainable weight `<layer path>/<name>`; the layer's path alone where the name is empty. */
  readonly parameter: (name: string, shape: readonly number[], options: ParameterOptions) => Value;
  /** A weight that training updates but no gradient reaches: moving statistics. */
  readonly state: (name: string, shape: readonly number[], options: ParameterOptions) => Value;
  /** Says what the state's value is after this step; ignored outside training. */
  readonly update: (state: Value, next: Value) => void;
  /** Uniform numbers in [0, 1) of the type of `like`, other ones for each layer and each step. */
  readonly uniform: (like: { readonly type: TensorType }) => Value;
}

/** What a function of the DSL is given: one of the layer's inputs, a list of them, data, or a formula of operands x0, x1, …. */
export type Argument =
  | { readonly input: number }
  | { readonly inputs: readonly number[] }
  | { readonly value: unknown }
  | { readonly formula: Formula };

/** A call of a function of the DSL that gives the layer's value at once, as `ops.pad(x, [[1, 1]])` does. */
export interface Written {
  /** `ops.pad`, `parameter`. */
  readonly word: string;
  readonly arguments: readonly Argument[];
}

/** A layer as data: what `conv2d({ … })` describes. */
export interface LayerSpec {
  /** The word of the DSL; automatic names count on it. */
  readonly name: string;
  /** The options as the user gave them, for `summary`, `explain` and exports. */
  readonly options: object;
  /** How its application is written where that is not `name(options)` on its inputs. */
  readonly written?: Written | undefined;
  /** Whether training normalises by the batch's mean and variance per channel, which a single value has not. */
  readonly batchStatistics?: boolean | undefined;
  /**
   * The run-time twin of the layer's static rule: shapes without the batch axis; a sentence when they do not fit.
   * `strict` is true inside `strict(…)`, where a window may leave out no cell of its input.
   */
  readonly rule: (inputs: readonly Shape[], strict?: boolean) => Either<string, Shape>;
  /** Operators of the user's own that it emits; the graph carries them. */
  readonly operators?: readonly Operator[] | undefined;
  /** Emits the layer's operators. The shapes are known to fit. */
  readonly build: (builder: LayerBuilder, inputs: readonly Value[]) => Value;
}
