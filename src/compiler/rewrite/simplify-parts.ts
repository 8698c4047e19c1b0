/** Rules for what is cut, joined and padded: pieces of pieces, joins of joins, and what is joined only to be cut again. */
import type { Node, Value } from "../ir/graph.js";
import { sameShape, type Dim } from "../ir/type.js";
import { rule, type Rule } from "./rule.js";
import type { Site } from "./walk.js";

const numbers = (attrs: Node["attrs"], name: string): readonly number[] => {
  const list = attrs[name];
  return Array.isArray(list) ? list.map(Number) : [];
};

const sides = ({ attrs }: Node): readonly (readonly [number, number])[] => {
  const { pads } = attrs;
  return Array.isArray(pads)
    ? pads.map((side) => (Array.isArray(side) ? [Number(side[0]), Number(side[1])] : [0, 0]))
    : [];
};

const axisOf = ({ attrs }: Node): number => Number(attrs["axis"]);

const sizeAt = ({ type }: Value, axis: number): Dim => type.shape[axis] ?? 1;

/** The producer of a node's first input, when it is of this operator, with its inputs. */
const behind = (site: Site, op: string): { readonly node: Node; readonly inputs: readonly Value[] } | undefined => {
  const [first] = site.inputs;
  if (first === undefined) return undefined;
  const node = site.producer(first);
  return node.op === op && node.epilogue === undefined ? { node, inputs: site.inputsOf(node) } : undefined;
};

const sliceOfSlice = (site: Site): Value | undefined => {
  const earlier = behind(site, "slice");
  const [source] = earlier?.inputs ?? [];
  if (earlier === undefined || source === undefined) return undefined;
  const before = numbers(earlier.node.attrs, "begin");
  const begin = numbers(site.node.attrs, "begin").map((cell, axis) => cell + (before[axis] ?? 0));
  return site.emit("slice", [source], { begin, size: site.node.type.shape });
};

const padOfPad = (site: Site): Value | undefined => {
  const earlier = behind(site, "pad");
  const [source] = earlier?.inputs ?? [];
  const { value } = site.node.attrs;
  if (earlier === undefined || source === undefined || !Object.is(earlier.node.attrs["value"], value)) return undefined;
  const inner = sides(earlier.node);
  const pads = sides(site.node).map(([a, b], axis) => [a + (inner[axis]?.[0] ?? 0), b + (inner[axis]?.[1] ?? 0)]);
  return site.emit("pad", [source], { ...site.node.attrs, pads });
};

/** A slice that holds none of a pad's cells on one side takes fewer of them, or none. */
const sliceOfPad = (site: Site): Value | undefined => {
  const earlier = behind(site, "pad");
  const [source] = earlier?.inputs ?? [];
  const [whole] = site.inputs;
  if (earlier === undefined || source === undefined || whole === undefined || !site.readOnce(whole)) return undefined;
  const begin = numbers(site.node.attrs, "begin");
  const { shape } = site.node.type;
  const cut = sides(earlier.node).map(([before, after], axis) => {
    const first = begin[axis] ?? 0;
    const size = shape[axis];
    const total = sizeAt(whole, axis);
    if (typeof size !== "number" || typeof total !== "number") return { pads: [before, after], begin: first, size };
    const left = Math.max(before - first, 0);
    const right = Math.max(first + size - (total - after), 0);
    return { pads: [left, right], begin: Math.max(first - before, 0), size: size - left - right };
  });
  const isInside = cut.every(({ size }) => typeof size !== "number" || size > 0);
  const isLess = cut.some(({ pads }, axis) =>
    pads.some((cells, side) => cells < (sides(earlier.node)[axis]?.[side] ?? 0)),
  );
  if (!isInside || !isLess) return undefined;
  const inner = site.emit("slice", [source], {
    begin: cut.map((axis) => axis.begin),
    size: cut.map(({ size }) => size ?? 1),
  });
  const pads = cut.map((axis) => axis.pads);
  return pads.flat().every((cells) => cells === 0) ? inner : site.emit("pad", [inner], { ...earlier.node.attrs, pads });
};

/** A slice along the axis of a join that lies in one of its parts is a slice of that part. */
const sliceOfJoin = (site: Site): Value | undefined => {
  const join = behind(site, "concatenate");
  const [whole] = site.inputs;
  if (join === undefined || whole === undefined) return undefined;
  const axis = axisOf(join.node);
  const begin = numbers(site.node.attrs, "begin");
  const size = site.node.type.shape[axis];
  let from = 0;
  for (const part of join.inputs) {
    const width = sizeAt(part, axis);
    const first = begin[axis] ?? 0;
    if (typeof width !== "number" || typeof size !== "number") return undefined;
    if (first >= from && first + size <= from + width)
      return site.emit("slice", [part], { begin: begin.with(axis, first - from), size: site.node.type.shape });
    from += width;
  }
  return undefined;
};

/** Of one join: a chain of a thousand stays as long as it was, and time linear. */
const maximalParts = 64;

/** Joins along one axis are one, where nobody else needs the inner one. */
const joinOfJoins = (site: Site): Value | undefined => {
  const axis = axisOf(site.node);
  const flat = site.inputs.flatMap((part) => {
    const node = site.producer(part);
    const isJoin = node.op === site.node.op && axisOf(node) === axis && site.readOnce(part);
    return isJoin ? site.inputsOf(node) : [part];
  });
  return flat.length === site.inputs.length || flat.length > maximalParts
    ? undefined
    : site.emit(site.node.op, flat, site.node.attrs);
};

/** Neighbouring slices of one value that are joined again are one slice. */
const joinOfSlices = (site: Site): Value | undefined => {
  const axis = axisOf(site.node);
  const parts: Value[] = [];
  let merged = 0;
  for (const part of site.inputs) {
    const last = parts.at(-1);
    const joined = last === undefined ? undefined : neighbours(site, last, part, axis);
    if (joined === undefined) parts.push(part);
    else {
      parts[parts.length - 1] = joined;
      merged++;
    }
  }
  const [only] = parts;
  if (merged === 0 || only === undefined) return undefined;
  return parts.length === 1 ? only : site.emit(site.node.op, parts, site.node.attrs);
};

const neighbours = (site: Site, left: Value, right: Value, axis: number): Value | undefined => {
  const [a, b] = [site.producer(left), site.producer(right)];
  const [source] = site.inputsOf(a);
  if (a.op !== "slice" || b.op !== "slice" || source === undefined || source.id !== b.inputs[0]) return undefined;
  const [from, to] = [numbers(a.attrs, "begin"), numbers(b.attrs, "begin")];
  const [width, more] = [sizeAt(left, axis), sizeAt(right, axis)];
  if (typeof width !== "number" || typeof more !== "number") return undefined;
  const isNext = to.every((cell, place) => cell === (from[place] ?? 0) + (place === axis ? width : 0));
  return isNext
    ? site.emit("slice", [source], { begin: from, size: left.type.shape.with(axis, width + more) })
    : undefined;
};

/** A mean or a maximum along axes that a value was only stretched over, or that have one cell, is the value itself. */
const reductionOfOne = (site: Site): Value | undefined => {
  const [x] = site.inputs;
  if (x === undefined) return undefined;
  const axes = numbers(site.node.attrs, "axes");
  const stretched = behind(site, "broadcastTo");
  const [source] = stretched?.inputs ?? [];
  const value = source ?? x;
  const shape = [
    ...Array.from({ length: x.type.shape.length - value.type.shape.length }, () => 1),
    ...value.type.shape,
  ];
  const isKept = x.type.shape.every((dim, axis) => (axes.includes(axis) ? shape[axis] === 1 : shape[axis] === dim));
  return isKept && value.type.dtype === "f32"
    ? site.emit("reshape", [value], { shape: site.node.type.shape })
    : undefined;
};

/** A pool of one cell that moves by one gives its input back. */
const poolOfOne = (site: Site): Value | undefined => {
  const [x] = site.inputs;
  const isOne = [...numbers(site.node.attrs, "poolSize"), ...numbers(site.node.attrs, "strides")].every((n) => n === 1);
  return x !== undefined && isOne && sameShape(x.type.shape, site.node.type.shape) ? x : undefined;
};

export const partRules: readonly Rule[] = [
  rule("slice of a slice", "slice", sliceOfSlice),
  rule("slice of a pad", "slice", sliceOfPad),
  rule("slice of one part of a join", "slice", sliceOfJoin),
  rule("pad of a pad", "pad", padOfPad),
  rule("join of one", "concatenate", ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined)),
  rule("join of joins", "concatenate", joinOfJoins),
  rule("join of neighbouring slices", "concatenate", joinOfSlices),
  rule("mean of one cell", "reduceMean", reductionOfOne),
  rule("maximum of one cell", "reduceMax", reductionOfOne),
  rule("mean over a window of one cell", "avgPool2d", poolOfOne),
  rule("maximum over a window of one cell", "maxPool2d", poolOfOne),
];
