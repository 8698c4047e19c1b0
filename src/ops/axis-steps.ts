/** Elements at equal steps along one axis: taken out, and its transpose, put in between zeros; by moves that all backends have. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { Dim, Dims } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";

const axisSize = ({ type: { shape } }: Value, axis: number): number => {
  const size = shape[axis];
  invariant(typeof size === "number", `axis ${axis} of [${shape.join(", ")}] is no number`);
  return size;
};

/** A slice along one axis. */
export const sliceAxis = (emit: Emit, x: Value, axis: number, [begin, size]: readonly [number, number]): Value =>
  begin === 0 && size === axisSize(x, axis)
    ? x
    : emit("slice", [x], {
        begin: x.type.shape.map((_, at) => (at === axis ? begin : 0)),
        size: x.type.shape.with(axis, size),
      });

/** Zeros before and after along one axis. */
export const padAxis = (emit: Emit, x: Value, axis: number, [before, after]: readonly [number, number]): Value =>
  before + after === 0
    ? x
    : emit("pad", [x], { pads: x.type.shape.map((_, at) => (at === axis ? [before, after] : [0, 0])), value: 0 });

/** The axes of `shape` with some in the place of one. */
const replaced = (shape: Dims, axis: number, ...by: readonly Dim[]): Dims => shape.toSpliced(axis, 1, ...by);

interface Taken {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

/** The elements from, from + step, … of an axis; `count` of them are there. */
export const takeEvery = (emit: Emit, x: Value, axis: number, { from, step, count }: Taken): Value => {
  if (step === 1) return sliceAxis(emit, x, axis, [from, count]);
  const whole = Math.min(count * step, axisSize(x, axis) - from);
  const steps = padAxis(emit, sliceAxis(emit, x, axis, [from, whole]), axis, [0, count * step - whole]);
  const apart = emit("reshape", [steps], { shape: replaced(x.type.shape, axis, count, step) });
  const first = sliceAxis(emit, apart, axis + 1, [0, 1]);
  return emit("reshape", [first], { shape: replaced(x.type.shape, axis, count) });
};

interface Placed {
  readonly from: number;
  readonly step: number;
  readonly size: number;
}

/** The axis of `size` that has element i of x at from + i · step, and zeros elsewhere; what lies outside is dropped. */
export const placeEvery = (emit: Emit, x: Value, axis: number, { from, step, size }: Placed): Value => {
  const spread = insertZeros(emit, x, axis, step);
  const begin = Math.max(0, -from);
  const end = Math.min(axisSize(spread, axis), size - from);
  if (end <= begin) return zerosOf(emit, replaced(x.type.shape, axis, size));
  const inside = sliceAxis(emit, spread, axis, [begin, end - begin]);
  const before = Math.max(0, from);
  return padAxis(emit, inside, axis, [before, size - before - (end - begin)]);
};

/** step − 1 zeros after each element. */
const insertZeros = (emit: Emit, x: Value, axis: number, step: number): Value => {
  if (step === 1) return x;
  const count = axisSize(x, axis);
  const cells = emit("reshape", [x], { shape: replaced(x.type.shape, axis, count, 1) });
  const apart = padAxis(emit, cells, axis + 1, [0, step - 1]);
  return emit("reshape", [apart], { shape: replaced(x.type.shape, axis, count * step) });
};

/** Zeros of a shape that may hold the batch axis. */
export const zerosOf = (emit: Emit, shape: Dims): Value =>
  emit("broadcastTo", [emit("constant", [], { dtype: "f32", shape: [], value: 0 })], { shape });
