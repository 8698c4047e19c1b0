/** What a layer is at run time: a name, options, a shape rule, and how it becomes operators. */
import type { Either } from "../fp.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { Initializer } from "./initializers.js";
import type { Shape } from "../shape/shape.js";

/** Training uses batch statistics and dropout; inference does not. */
export type Mode = "training" | "inference";

/** A penalty on a weight that training adds to the loss: l1 Σ|w| + l2 Σw². */
export interface Regularizer {
  readonly l1: number;
  readonly l2: number;
}

export interface ParameterOptions {
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
}

/** What a layer may do when it becomes operators. */
export interface LayerBuilder {
  readonly mode: Mode;
  readonly emit: Emit;
  /** A trainable weight `<layer path>/<name>`. */
  readonly parameter: (name: string, shape: readonly number[], options: ParameterOptions) => Value;
  /** A weight that training updates but no gradient reaches: moving statistics. */
  readonly state: (name: string, shape: readonly number[], options: ParameterOptions) => Value;
  /** Says what the state's value is after this step; ignored outside training. */
  readonly update: (state: Value, next: Value) => void;
  /** Uniform numbers in [0, 1) like `like`, other ones for each layer and each step. */
  readonly uniform: (like: Value) => Value;
}

/** A layer as data: what `conv2d({ … })` describes. */
export interface LayerSpec {
  /** The word of the DSL; automatic names count on it. */
  readonly name: string;
  /** The options as the user gave them, for `summary`, `explain` and exports. */
  readonly options: object;
  /**
   * The run-time twin of the layer's static rule: shapes without the batch axis; a sentence when they do not fit.
   * `strict` is true inside `strict(…)`, where a window may leave out no cell of its input.
   */
  readonly rule: (inputs: readonly Shape[], strict?: boolean) => Either<string, Shape>;
  /** Emits the layer's operators. The shapes are known to fit. */
  readonly build: (builder: LayerBuilder, inputs: readonly Value[]) => Value;
}
