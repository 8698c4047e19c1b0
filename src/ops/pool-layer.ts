/** What the pooling layers share: options with their defaults, and how they become operators over two axes at a time. */
import { invariant } from "../errors.js";
import { multiplyDims } from "../compiler/ir/type.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { perAxis, type AxesOption, type AxesPadding } from "../shape/axis-options.js";
import { padsOfAxes } from "../shape/axes-window.js";
import type { Sides } from "../shape/padding.js";
import { byAxis, type Rank } from "../shape/by-rank.js";
import { poolShape } from "../shape/pool.js";
import type { LayerSpec } from "./layer.js";

export interface PoolOptions<K, St, P, X = boolean> {
  readonly poolSize?: K | undefined;
  readonly strides?: St | undefined;
  readonly padding?: P | undefined;
  /** Whether cells that no window holds are an error; see `strict`. */
  readonly strict?: X | undefined;
}

/** A pooling over the axes between the batch and the channels; all lists have one entry an axis. */
export type PoolWindow = {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly Sides[];
};

/** What a pooling computes; its operators work over two axes. */
type PoolOperator = "maxPool2d" | "avgPool2d";

interface PoolLayer {
  readonly name: string;
  readonly rank: Rank;
  readonly operator: PoolOperator;
  /** What is done to the pooled values; by default nothing. */
  readonly finish?: (emit: Emit, pooled: Value, axes: readonly number[], window: PoolWindow) => Value;
}

/** The layer of a pooling. */
export const poolLayer = (
  { name, rank, operator, finish }: PoolLayer,
  options: PoolOptions<AxesOption, AxesOption, AxesPadding>,
): LayerSpec => {
  const { poolSize = 2, strides = poolSize, padding = "valid" } = options;
  return {
    name,
    options,
    rule: ([shape], strict) => poolShape({ layer: name, rank }, { poolSize, strides, padding, strict }, shape),
    build: ({ emit }, [x]) => {
      invariant(x, `${name} has one input`);
      const axes = x.type.shape.slice(1, -1).map(Number);
      const window = {
        poolSize: perAxis(poolSize, rank),
        strides: perAxis(strides, rank),
        pads: padsOfAxes(axes, { kernel: poolSize, strides, padding: byAxis(rank, padding), dilation: 1 }),
      };
      const pooled = emitPool(emit, operator, x, window);
      return finish === undefined ? pooled : finish(emit, pooled, axes, window);
    },
  };
};

/**
 * Pools over one, two or three axes by the operators over two. Three axes are pooled one after the other: the largest of
 * the largest is the largest, and the mean of means over as many cells each is the mean, since a window's cells inside
 * the image are a box.
 */
export const emitPool = (emit: Emit, operator: PoolOperator, x: Value, window: PoolWindow): Value => {
  if (isOneCell(window)) return x;
  const rank = window.poolSize.length;
  if (rank === 2) return emit(operator, [x], window);
  const [batch = "n", size = 1, ...others] = x.type.shape;
  const channels = others.at(-1) ?? 1;
  if (rank === 1) {
    const image = emit("reshape", [x], { shape: [batch, size, 1, channels] });
    const pooled = emit(operator, [image], withOneMore(window));
    return emit("reshape", [pooled], { shape: [batch, pooled.type.shape[1] ?? 1, channels] });
  }
  const planes = emit("reshape", [x], { shape: [multiplyDims(batch, size), ...others] });
  const [, h = 1, w = 1] = planes.type.shape;
  const flat = emitPool(emit, operator, planes, sliced(window, 1, 3));
  const [, h2 = h, w2 = w] = flat.type.shape;
  const columns = emit("reshape", [flat], { shape: [batch, size, multiplyDims(h2, w2), channels] });
  const deep = emitPool(emit, operator, columns, withOneMore(sliced(window, 0, 1)));
  return emit("reshape", [deep], { shape: [batch, deep.type.shape[1] ?? 1, h2, w2, channels] });
};

const isOneCell = ({ poolSize, strides, pads }: PoolWindow): boolean =>
  [...poolSize, ...strides].every((size) => size === 1) && pads.flat().every((side) => side === 0);

/** An axis more, along which nothing is pooled. */
const withOneMore = ({ poolSize, strides, pads }: PoolWindow): PoolWindow => ({
  poolSize: [...poolSize, 1],
  strides: [...strides, 1],
  pads: [...pads, [0, 0]],
});

const sliced = ({ poolSize, strides, pads }: PoolWindow, from: number, to: number): PoolWindow => ({
  poolSize: poolSize.slice(from, to),
  strides: strides.slice(from, to),
  pads: pads.slice(from, to),
});
