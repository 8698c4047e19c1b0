/** What a layer's type says about its weights, in its member `~params`; `Params` reads it. A layer without it is opaque. */
import type { AnyLayer, Apply, Layer } from "./layer.js";

/** Weights of its own: the DSL's word, on which automatic names count, and shapes by name. */
export interface OwnWeights<Word extends string, Shapes> {
  readonly word: Word;
  readonly shapes: Shapes;
}

/** No weights of its own, but those of layers inside; each branch is applied to the layer's input, in the order of names. */
export interface InnerLayers<Branches extends readonly (readonly AnyLayer[])[]> {
  readonly branches: Branches;
}

/** No weights at all. */
export interface NoWeights {
  readonly branches: readonly [];
}

/** Stands among inner layers where a block goes on from another shape: one that it has joined. */
export interface GoesOnFrom<S> extends AnyLayer {
  readonly "~out": S;
  readonly "~params": NoWeights;
}

/** The weights of a layer in a scope. */
export interface InScope<Name extends string, L extends AnyLayer> {
  readonly scope: Name;
  readonly layer: L;
}

/** The weights of a layer that may have been applied before. */
export interface SharedWeights<L extends AnyLayer> {
  readonly shared: L;
}

/** The weights of a layer but some. */
export interface SomeWeights<Name extends string, L extends AnyLayer> {
  readonly without: Name;
  readonly layer: L;
}

/** A layer without some of the weights that it mostly has; `string` where an option does not tell which. */
export interface Without<Name extends string, L extends AnyLayer> extends Layer<L["~kind"]> {
  readonly "~out": Apply<L, this["~in"], this["~strict"]>;
  readonly "~params": SomeWeights<Name, L>;
}

/** The type of a layer with an option that leaves out the weight where it is `false`. */
export type WithIf<Option, Name extends string, L extends AnyLayer> = [Option] extends [true]
  ? L
  : Without<[Option] extends [false] ? Name : string, L>;

/** Weights that are one number for each channel, the last axis of a shape whose rank is known. */
export type ChannelWeights<Word extends string, S, Names extends string> = S extends readonly [...unknown[], infer C]
  ? number extends S["length"]
    ? unknown
    : OwnWeights<Word, { [Name in Names]: [C] }>
  : unknown;
