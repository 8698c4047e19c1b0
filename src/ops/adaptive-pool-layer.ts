/** What the adaptive poolings share: windows that divide each axis as evenly as they can. */
import { invariant } from "../errors.js";
import { sizeOf } from "../compiler/ir/type.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { adaptivePoolShape } from "../shape/adaptive-pool.js";
import { perAxis, type AxesOption } from "../shape/axis-options.js";
import type { Rank } from "../shape/by-rank.js";
import type { LayerSpec } from "./layer.js";
import { emitPool } from "./pool-layer.js";

type PoolOperator = "maxPool2d" | "avgPool2d";

/** Windows of one size at one distance. */
interface Run {
  readonly start: number;
  readonly size: number;
  readonly stride: number;
  readonly count: number;
}

/**
 * The windows of one axis: [floor(i · size / count), ceil((i + 1) · size / count)), neighbours that are alike as one run.
 *
 * PyTorch's AdaptiveAvgPool and Keras 3's divide an axis so.
 */
const runsOf = (size: number, count: number): readonly Run[] => {
  const runs: Run[] = [];
  for (let i = 0; i < count; i++) {
    const start = Math.floor((i * size) / count);
    const own = Math.ceil(((i + 1) * size) / count) - start;
    const last = runs.at(-1);
    const stride = last === undefined ? 0 : start - (last.start + (last.count - 1) * last.stride);
    const follows =
      last !== undefined && own === last.size && stride > 0 && (last.count === 1 || stride === last.stride);
    if (follows) runs[runs.length - 1] = { ...last, stride, count: last.count + 1 };
    else runs.push({ start, size: own, stride: own, count: 1 });
  }
  return runs;
};

/** The layer of an adaptive pooling. */
export const adaptivePoolLayer = (
  { name, rank, operator }: { readonly name: string; readonly rank: Rank; readonly operator: PoolOperator },
  options: { readonly outputSize: AxesOption },
): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => adaptivePoolShape({ layer: name, rank }, options.outputSize, shape),
  build: ({ emit }, [x]) => {
    invariant(x, `${name} has one input`);
    const axes = x.type.shape.slice(1, -1).map(Number);
    const counts = perAxis(options.outputSize, rank);
    const runs = axes.map((size, axis) => runsOf(size, counts[axis] ?? 1));
    const single = runs.flatMap(([first, ...others]) => (first === undefined || others.length > 0 ? [] : [first]));
    // Where all windows of each axis are alike, it is an ordinary pooling.
    if (single.length === rank)
      return emitPool(emit, operator, x, {
        poolSize: single.map(({ size }) => size),
        strides: single.map(({ stride }) => stride),
        pads: single.map(() => [0, 0] as const),
      });
    return runs.reduce((value, own, axis) => poolAxis(emit, operator, value, { axis: axis + 1, runs: own }), x);
  },
});

/** Pools along one axis, run by run; a window is a box, so that axes can be pooled one after the other. */
const poolAxis = (
  emit: Emit,
  operator: PoolOperator,
  x: Value,
  { axis, runs }: { readonly axis: number; readonly runs: readonly Run[] },
): Value => {
  const { shape } = x.type;
  if (runs.every(({ size, stride }) => size === 1 && stride === 1) && runs.length === 1) return x;
  const channels = shape.at(-1) ?? 1;
  const [before, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1, -1))];
  const rows = emit("reshape", [x], { shape: [before, shape[axis] ?? 1, inner, channels] });
  const pooled = runs.map(({ start, size, stride, count }) => {
    const cells = emit("slice", [rows], {
      begin: [0, start, 0, 0],
      size: rows.type.shape.with(1, (count - 1) * stride + size),
    });
    return emit(operator, [cells], {
      poolSize: [size, 1],
      strides: [stride, 1],
      pads: [
        [0, 0],
        [0, 0],
      ],
    });
  });
  const [first = x] = pooled;
  const joined = pooled.length === 1 ? first : emit("concatenate", pooled, { axis: 1 });
  return emit("reshape", [joined], { shape: shape.with(axis, joined.type.shape[1] ?? 1) });
};
