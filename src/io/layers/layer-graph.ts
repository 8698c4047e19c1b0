/** A model as applications of layers in plain data: what formats of layers (Keras, TensorFlow.js) and typed source have in common. */
import type { Shape } from "../../shape/shape.js";

/** One application of a layer. */
export interface LayerCall {
  /** The value that it makes; no other call or input has it. */
  readonly value: string;
  /** The layer's path, `stem/conv2d`; calls of one path share its weights. */
  readonly name: string;
  /** The word of the DSL: `conv2d`. */
  readonly word: string;
  /** The options of the word, as its function takes them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Values that it reads, in the order of the word's arguments. */
  readonly inputs: readonly string[];
  /** The shape of what it makes, without the batch axis; `null` where an axis is unknown. */
  readonly shape: Shape;
  /** Names of its weights by the layer's own names for them: `{ kernel: "stem/conv2d/kernel" }`. */
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
