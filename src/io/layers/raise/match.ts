/**
 * Whether a layer is what a part of a graph computes: the layer emits its operators again, on the same types, and these are
 * laid over the graph's nodes. A wrong guess does not fit, so that guesses need not be right.
 */
import { graphBuilder } from "../../../compiler/ir/builder.js";
import { sourceName, type Node, type Value } from "../../../compiler/ir/graph.js";
import { attributeText } from "../../../compiler/ir/text.js";
import { sameShape } from "../../../compiler/ir/type.js";
import { makeExpr, type AnyExpr } from "../../../dsl/expr.js";
import { invariant } from "../../../errors.js";
import { E } from "../../../fp.js";
import type { LayerSpec } from "../../../ops/layer.js";
import { operators } from "../../../ops/registry.js";
import { isPoisoned, type Shape } from "../../../shape/shape.js";
import type { LayerCall } from "../layer-graph.js";
import { applicationOf } from "../words.js";
import type { Surroundings } from "./surroundings.js";

/** A word with options, which may be what begins at a node. */
export interface Guess {
  readonly word: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The nodes that it reads. */
  readonly inputs: readonly Node[];
}

export interface Match extends Guess {
  /** The node that is the layer's result. */
  readonly output: Node;
  /** All of its nodes, weights apart. */
  readonly nodes: readonly Node[];
  /** Weights of the graph by the layer's own names for them: a parameter, a state, or a constant in a weight's place. */
  readonly weights: ReadonlyMap<string, Node>;
}

export const shapeOfNode = ({ type: { shape } }: Node): Shape =>
  (typeof shape[0] === "string" ? shape.slice(1) : shape).map((dim) => (typeof dim === "number" ? dim : null));

/** What the layer emits on inputs of these types: its nodes, the last of which is its result; undefined where it does not fit. */
const emitted = ({ word, options, inputs }: Guess): { nodes: readonly Node[]; output: number } | undefined => {
  const exprs = inputs.map((node): AnyExpr => makeExpr(shapeOfNode(node), { kind: "input", name: undefined }));
  const call: LayerCall = { value: "", name: word, word, options, inputs: [], shape: [], weights: {}, frozen: false };
  const made = applicationOf(word)?.(call, exprs);
  if (made === undefined || E.isLeft(made) || isPoisoned(made.right.shape)) return undefined;
  const node = made.right["~node"];
  return node.kind === "layer" ? build(node.layer, inputs) : undefined;
};

const build = (layer: LayerSpec, inputs: readonly Node[]): { nodes: readonly Node[]; output: number } => {
  const builder = graphBuilder(operators);
  const given = inputs.map(({ type }, i) => builder.emit("input", [], { name: String(i), ...type }));
  const nodes: Node[] = [];
  const noted = (value: Value): Value => {
    nodes.push(builder.node(value.id));
    return value;
  };
  const weight = (kind: "parameter" | "state") => (name: string, shape: readonly number[]) =>
    noted(builder.emit(kind, [], { name, dtype: "f32", shape }));
  const output = layer.build(
    {
      mode: "inference",
      frozen: false,
      emit: (op, values, attrs) => noted(builder.emit(op, values, attrs)),
      parameter: weight("parameter"),
      state: weight("state"),
      update: () => undefined,
      uniform: () => invariant(false, "a layer draws no numbers in inference") as never,
    },
    given,
  );
  return { nodes, output: output.id };
};

const isWeight = ({ op }: Node): boolean => op === "parameter" || op === "state";

/** One attempt: which node of the graph each of the layer's nodes is. */
class Laying {
  private readonly places = new Map<number, Node>();
  private readonly layer: ReadonlyMap<number, Node>;
  constructor(
    private readonly around: Surroundings,
    private readonly anchor: Node,
    { nodes, inputs }: { readonly nodes: readonly Node[]; readonly inputs: readonly Node[] },
  ) {
    this.layer = new Map(nodes.map((node) => [node.id, node]));
    inputs.forEach((node, id) => this.places.set(id, node));
  }

  placeOf(id: number): Node | undefined {
    return this.places.get(id);
  }

  /** Lays one of the layer's nodes over a reader of what is laid already; weights follow from their readers. */
  follow(node: Node): boolean {
    const known = node.inputs.map((id) => this.places.get(id)).find((place) => place !== undefined);
    // Made of weights only, or a weight itself: whoever reads it lays it.
    if (known === undefined || this.places.has(node.id)) return true;
    // Of branches that begin alike the one at the anchor is meant.
    const readers = this.around
      .readers(known.id)
      .toSorted((a, b) => Number(b === this.anchor) - Number(a === this.anchor));
    return readers.some((reader) => this.lay(node.id, reader.id));
  }

  private lay(id: number, place: number): boolean {
    const known = this.places.get(id);
    if (known !== undefined) return known.id === place;
    const [node, there] = [this.layer.get(id), this.around.node(place)];
    if (node === undefined || there === undefined) return false;
    if (isWeight(node)) {
      const fits = isWeight(there) || there.op === "constant";
      if (!fits || there.type.dtype !== "f32" || !sameShape(there.type.shape, node.type.shape)) return false;
      this.places.set(id, there);
      return true;
    }
    if (there.op !== node.op || there.inputs.length !== node.inputs.length || there.epilogue !== undefined)
      return false;
    if (attributeText(there.attrs) !== attributeText(node.attrs)) return false;
    const before = new Map(this.places);
    if (node.inputs.every((input, i) => this.lay(input, there.inputs[i] ?? -1))) {
      this.places.set(id, there);
      return true;
    }
    for (const added of this.places.keys()) if (!before.has(added)) this.places.delete(added);
    return false;
  }
}

/** The guess with the nodes that it explains; undefined where it is wrong. */
export const matchOf = (guess: Guess, anchor: Node, around: Surroundings): Match | undefined => {
  const made = emitted(guess);
  // A layer that emits nothing would fit everywhere.
  if (made === undefined || made.output < guess.inputs.length) return undefined;
  const laying = new Laying(around, anchor, { nodes: made.nodes, inputs: guess.inputs });
  if (!made.nodes.every((node) => laying.follow(node))) return undefined;
  const output = laying.placeOf(made.output);
  if (output === undefined) return undefined;
  const weights = new Map<string, Node>();
  const nodes = new Set<Node>();
  for (const node of made.nodes) {
    const place = laying.placeOf(node.id);
    if (place === undefined) return undefined;
    if (isWeight(node)) weights.set(sourceName(node), place);
    else if (around.isData(place.id)) nodes.add(place);
  }
  const isInside = (node: Node): boolean =>
    node === output || (!around.isResult(node.id) && around.readers(node.id).every((reader) => nodes.has(reader)));
  return nodes.has(anchor) && [...nodes].every(isInside) ? { ...guess, output, nodes: [...nodes], weights } : undefined;
};
