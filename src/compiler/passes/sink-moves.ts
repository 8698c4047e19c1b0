/** Transposes and reshapes go behind the elementwise operators that read them, where they meet others or nobody. */
import { operatorOf } from "../ir/builder.js";
import type { Emit, Node, Value } from "../ir/graph.js";
import { sameShape, type Dim, type Dims } from "../ir/type.js";
import { rewriteFully } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * f(transpose(a), transpose(b))  =  transpose(f(a, b)), and the same for reshape: a function of elements does not mind
 * where they stand. So what a convolution's call can take stands behind it, and moves that undo each other meet.
 */
export const sinkMoves: Pass = {
  name: "sinkMoves",
  purpose: "Puts transposes and reshapes behind the elementwise operators that read them.",
  requires: "nothing",
  ensures:
    "no elementwise operator reads, in its own shape, nothing but equal transposes or reshapes that nobody else reads",
  // A move of a move goes behind one after the other.
  run: (graph, { registry }) => rewriteFully(graph, registry, (site) => sunk(site, registry)),
};

const sunk = (site: Site, registry: PassContext["registry"]): Value | undefined => {
  const { node, inputs, emit } = site;
  if (!operatorOf(registry, node.op).traits.includes("elementwise") || node.epilogue !== undefined) return undefined;
  const isWhole = (value: Value): boolean => sameShape(value.type.shape, node.type.shape);
  const whole = inputs.filter(isWhole);
  const [first] = whole;
  if (first === undefined || whole.every((value) => site.isFixed(value))) return undefined;
  const move = moveOf(site.producer(first));
  if (move === undefined) return undefined;
  const sources: Value[] = [];
  for (const value of inputs) {
    const source = isWhole(value) ? sourceOf(value, move, site) : move.small(value, site, first);
    if (source === undefined) return undefined;
    sources.push(source);
  }
  const [before] = site.inputsOf(site.producer(first));
  const wanted = before?.type.shape ?? [];
  if (!inputs.every((value, index) => !isWhole(value) || sameShape(sources[index]?.type.shape ?? [], wanted)))
    return undefined;
  return move.again(emit(node.op, sources, node.attrs), node, emit);
};

/** A move whose elements may be computed before it. */
interface Move {
  readonly node: Node;
  /** A value of fewer elements as it broadcasts before the move; undefined when it cannot. */
  readonly small: (value: Value, site: Site, moved: Value) => Value | undefined;
  readonly again: (value: Value, node: Node, emit: Emit) => Value;
}

const moveOf = (node: Node): Move | undefined => {
  if (node.op === "reshape")
    return {
      node,
      small: smallBeforeReshape,
      again: (value, { type }, emit) => emit("reshape", [value], { shape: type.shape }),
    };
  if (node.op !== "transpose") return undefined;
  const { permutation } = node.attrs;
  const axes = Array.isArray(permutation) ? permutation.map(Number) : [];
  return {
    node,
    small: (value, { emit }) => smallBeforeTranspose(value, axes, emit),
    again: (value, _, emit) => emit("transpose", [value], { permutation: axes }),
  };
};

/** What such a move was of, when this value is the same move of something, for this node alone. */
const sourceOf = (value: Value, { node }: Move, site: Site): Value | undefined => {
  const producer = site.producer(value);
  const isSame =
    producer.op === node.op &&
    site.readOnce(value) &&
    (node.op !== "transpose" || sameShape(axesOf(producer), axesOf(node)));
  return isSame ? site.inputsOf(producer)[0] : undefined;
};

const axesOf = ({ attrs }: Node): readonly number[] => {
  const { permutation } = attrs;
  return Array.isArray(permutation) ? permutation.map(Number) : [];
};

const hasOneElement = ({ type }: Value): boolean => type.shape.every((dim) => dim === 1);

/** One number, or one per cell of a last axis that the reshape keeps. */
const smallBeforeReshape = (value: Value, { emit, producer, inputsOf }: Site, moved: Value): Value | undefined => {
  if (hasOneElement(value)) return flat(value, [], emit);
  const [source] = inputsOf(producer(moved));
  const last = value.type.shape.at(-1);
  const isChannels = last === source?.type.shape.at(-1) && value.type.shape.slice(0, -1).every((dim) => dim === 1);
  return isChannels && last !== undefined && last === moved.type.shape.at(-1) ? flat(value, [last], emit) : undefined;
};

/** One number, or numbers along one axis, which stands elsewhere before the transpose. */
const smallBeforeTranspose = (value: Value, axes: readonly number[], emit: Emit): Value | undefined => {
  const { shape } = value.type;
  const long = shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis - shape.length + axes.length]));
  if (long.length > 1 || shape.length > axes.length) return undefined;
  const [axis] = long;
  if (axis === undefined) return flat(value, [], emit);
  const place = axes[axis] ?? 0;
  const size: Dim = shape[axis - axes.length + shape.length] ?? 1;
  // Aligned at the end: axes before the place need not be there.
  return flat(value, [size, ...Array.from({ length: axes.length - 1 - place }, () => 1)], emit);
};

const flat = (value: Value, shape: Dims, emit: Emit): Value =>
  sameShape(shape, value.type.shape) ? value : emit("reshape", [value], { shape });
