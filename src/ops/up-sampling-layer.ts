/** What the up-samplings share: every cell repeated, as the gradient of a pooling spreads it. */
import { invariant } from "../errors.js";
import { mul } from "../formula/formula.js";
import { multiplyDims } from "../compiler/ir/type.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { perAxis, type AxesOption } from "../shape/axis-options.js";
import type { Rank } from "../shape/by-rank.js";
import { upSamplingShape } from "../shape/up-sampling.js";
import type { LayerSpec } from "./layer.js";

interface UpSampling {
  readonly name: string;
  readonly rank: Rank;
  readonly options: object;
  /** What is done to the repeated cells; by default nothing. */
  readonly finish?: (emit: Emit, repeated: Value, size: readonly number[]) => Value;
}

/** The layer of an up-sampling. */
export const upSamplingLayer = ({ name, rank, options, finish }: UpSampling, size: AxesOption): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => upSamplingShape({ layer: name, rank }, size, shape),
  build: ({ emit }, [x]) => {
    invariant(x, `${name} has one input`);
    const repeated = emitRepeat(emit, x, perAxis(size, rank));
    return finish === undefined ? repeated : finish(emit, repeated, perAxis(size, rank));
  },
});

/**
 * Every cell `size` times along each axis. The gradient of a mean over windows that do not overlap is this, but for the
 * division; on WebAssembly it took a tenth of the time of stretching axes, and its own gradient is the pooling.
 */
const emitRepeat = (emit: Emit, x: Value, size: readonly number[]): Value => {
  const copies = size.reduce((product, factor) => product * factor, 1);
  if (copies === 1) return x;
  return spreadAxes(emit, emit("elementwise", [x], { formula: mul("x0", copies) }), size);
};

const spreadAxes = (emit: Emit, x: Value, size: readonly number[]): Value => {
  const [batch = "n", first = 1, ...others] = x.type.shape;
  const channels = others.at(-1) ?? 1;
  if (size.length === 2) return spread(emit, x, size);
  if (size.length === 1) {
    const rows = spread(emit, emit("reshape", [x], { shape: [batch, first, 1, channels] }), [...size, 1]);
    return emit("reshape", [rows], { shape: [batch, rows.type.shape[1] ?? 1, channels] });
  }
  const planes = emit("reshape", [x], { shape: [multiplyDims(batch, first), ...others] });
  const wide = spread(emit, planes, size.slice(1));
  const [, h = 1, w = 1] = wide.type.shape;
  const columns = emit("reshape", [wide], { shape: [batch, first, multiplyDims(h, w), channels] });
  const deep = spread(emit, columns, [size[0] ?? 1, 1]);
  return emit("reshape", [deep], { shape: [batch, deep.type.shape[1] ?? 1, h, w, channels] });
};

/** Each cell of an image divided among its copies. */
const spread = (emit: Emit, image: Value, size: readonly number[]): Value => {
  if (size.every((factor) => factor === 1)) return image;
  const inputSize = image.type.shape.slice(1, 3).map((dim, axis) => Number(dim) * (size[axis] ?? 1));
  const pads = size.map(() => [0, 0]);
  return emit("avgPool2dGradient", [image], { poolSize: size, strides: size, pads, inputSize });
};
