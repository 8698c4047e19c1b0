/**
 * The contract of Keras mappings: how a layer of a Keras model becomes layers of ours, and back. Both directions emit: mostly
 * one layer, several where the other side has no single one.
 */
import type { Shape } from "../shape/shape.js";
import type { KerasConfig } from "./keras-config.js";
import type { Argument } from "./layer.js";

export type LayerOptions = Readonly<Record<string, unknown>>;

/** A value of the model that is being read. */
export interface KerasValue {
  readonly value: string;
  /** Without the batch axis. */
  readonly shape: Shape;
}

export interface KerasWeight {
  /** Our name: `kernel`; empty for a `parameter`. */
  readonly name: string;
  /** Where ours has another shape with as many elements. */
  readonly shape?: readonly number[];
}

/** An application of a word of ours. */
export interface KerasStep {
  readonly word: string;
  readonly inputs: readonly KerasValue[];
  readonly options?: LayerOptions;
  /** Of `ops.…`, `parameter` and `tensor`. */
  readonly arguments?: readonly Argument[];
  /** The last part of its path, where it is not the layer itself. */
  readonly part?: string;
  /** Its weights in the order of the file. */
  readonly weights?: readonly KerasWeight[];
}

export interface KerasReadRequest {
  readonly config: KerasConfig;
  /** The tensors among the arguments. */
  readonly inputs: readonly KerasValue[];
  /** All arguments of the call, tensors and bare values, in their order; those with a name, too. */
  readonly given: readonly unknown[];
  readonly named: LayerOptions;
  /** The numbers of the layer's variables in the file: what a layer keeps there is not always a weight of ours. */
  readonly variable: (place: number) => readonly number[] | undefined;
  readonly apply: (step: KerasStep) => KerasValue;
  /** Reads a layer that stands inside this one's configuration, as `activation: LeakyReLU(0.1)` does; `part` ends its path. */
  readonly nested: (layer: LayerOptions, inputs: readonly KerasValue[], part: string) => KerasValue;
}

/** A tensor of the Keras model that is being written. */
export interface KerasTensor {
  readonly kind: "tensor";
  readonly layer: string;
  readonly node: number;
  /** Without the batch axis. */
  readonly shape: Shape;
}

/** What a word of `ops` may be given besides tensors. */
export type KerasOperand =
  | KerasTensor
  /** A weight of its own, by its name. */
  | { readonly kind: "parameter"; readonly weight: string; readonly shape: Shape }
  /** Numbers, in nested lists. */
  | { readonly kind: "constant"; readonly values: unknown; readonly shape: Shape };

export interface KerasLayer {
  readonly className: string;
  readonly config: LayerOptions;
  readonly inputs: readonly KerasTensor[];
  /** Of what it makes; that of the whole where it is not given. */
  readonly shape?: Shape;
  /** Our names of its weights, in Keras's order. */
  readonly weights?: readonly string[];
  /** The last part of its name, where it is not the layer itself. */
  readonly part?: string;
}

/** A node of a Keras operation, which is no layer. */
export interface KerasOperation extends Omit<KerasLayer, "weights" | "inputs"> {
  readonly module: "keras.src.ops.numpy" | "keras.src.ops.nn";
  /** Its arguments: tensors, constants and bare numbers. */
  readonly arguments: readonly (KerasOperand | number)[];
  /** Further arguments, as Keras writes them. */
  readonly plain?: readonly unknown[];
  readonly named?: Readonly<Record<string, number>>;
}

export interface KerasWriteRequest {
  readonly options: LayerOptions;
  readonly inputs: readonly KerasTensor[];
  /** What a word of `ops` is called with. */
  readonly given: readonly (KerasOperand | { readonly value: unknown })[];
  /** The output's shape, without the batch axis. */
  readonly shape: Shape;
  readonly layer: (layer: KerasLayer) => KerasTensor;
  readonly operation: (operation: KerasOperation) => KerasTensor;
  /** Says that Keras has nothing for it; what is returned then is not used. */
  readonly refuse: (rule: string) => void;
}

export interface KerasMapping {
  readonly kind: "keras";
  /** The word of the DSL. */
  readonly word: string;
  /** Keras's classes that are read; none where it has none, and what is written is made of others. */
  readonly classes: readonly string[];
  readonly read?: (request: KerasReadRequest) => KerasValue;
  readonly write?: (request: KerasWriteRequest) => KerasTensor;
  /** Whether Keras writes training=True to every call of it, its default, which a model's own mode overrides. */
  readonly trainsByDefault?: boolean;
  /** What docs/keras.md says beyond the names. */
  readonly note?: string;
}

/** Options that are given, without those that are undefined. */
export const given = (options: LayerOptions): LayerOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** An activation that is a layer value, or with other options than the defaults `activation({ name, … })`. */
export const valueStep = (name: string, inputs: readonly KerasValue[], options: LayerOptions = {}): KerasStep => {
  const special = given(options);
  return Object.keys(special).length === 0
    ? { word: name, inputs }
    : { word: "activation", inputs, options: { name, ...special } };
};

export const weightsNamed = (...names: readonly (string | false)[]): readonly KerasWeight[] =>
  names.filter((name) => name !== false).map((name) => ({ name }));

/** The first input; a layer that is given none is refused by the driver before a mapping is asked. */
export const only = <T>(inputs: readonly T[]): T => {
  const [first] = inputs;
  if (first === undefined) throw new Error("svertka bug: a Keras layer is read or written with an input");
  return first;
};
