/** A model as applications of layers in plain data: what formats of layers (Keras, TensorFlow.js) and typed source have in common. */
import type { Argument } from "../../ops/layer.js";
import type { Shape } from "../../shape/shape.js";

/**
 * One application of a layer, or one call of a function of tensors: an operation (`ops.pad`), a weight that the user
 * declared (`parameter`), a constant (`tensor`). A call without inputs, or of such calls only, makes a tensor without a
 * batch axis, the same for all examples.
 */
export interface LayerCall {
  /** The value that it makes; no other call or input has it. */
  readonly value: string;
  /** The layer's path, `stem/conv2d`; calls of one path share its weights. */
  readonly name: string;
  /** The word of the DSL: `conv2d`, `add`; `ops.pad`, `parameter`, `tensor`. */
  readonly word: string;
  /** The options of the word, as its function takes them; those of a merge, too. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * What the function is given in place of options and inputs, where it gives a value at once: `ops.pad(x, [[1, 1]])` has
   * `[{ input: 0 }, { value: [[1, 1]] }]`. For `ops.…`, `parameter` and `tensor`, and for no others.
   */
  readonly arguments?: readonly Argument[] | undefined;
  /** Values that it reads, in the order of the word's arguments. */
  readonly inputs: readonly string[];
  /** The shape of what it makes, without the batch axis where it has one; `null` where an axis is unknown. */
  readonly shape: Shape;
  /** Names of its weights by the layer's own names for them: `{ kernel: "stem/conv2d/kernel" }`; `{ "": "scale" }` of a parameter. */
  readonly weights: Readonly<Record<string, string>>;
  /** Whether training leaves its weights as they are. */
  readonly frozen: boolean;
}

export interface LayerGraph {
  readonly inputs: readonly { readonly name: string; readonly value: string; readonly shape: Shape }[];
  /** Each after what it reads. */
  readonly calls: readonly LayerCall[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

/** The name that {@link LayerCall}'s model gives a weight: the layer's path and the weight's own name. */
export const weightName = (path: string, own: string): string => (own === "" ? path : `${path}/${own}`);
