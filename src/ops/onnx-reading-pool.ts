/** ONNX's poolings over one, two or three axes. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { padAxis, takeEvery } from "./axis-steps.js";
import { extentOf } from "./conv-window.js";
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { channelsLast } from "./onnx-reading-tensors.js";
import { kernelSizes, spatialSizes, windowCounts, windowOf, type OnnxReadWindow } from "./onnx-reading-window.js";
import { emitPool } from "./pool-layer.js";
import { mul, x0 } from "../formula/formula.js";

interface ReadPool {
  readonly window: OnnxReadWindow;
  readonly counts: readonly { readonly count: number; readonly beyond: number }[];
  /** Channels last. */
  readonly image: Value;
  readonly rank: number;
}

const poolOf = (request: OnnxReadRequest): ReadPool => {
  const x = request.input(0);
  const sizes = spatialSizes(x);
  const window = windowOf(request, sizes, kernelSizes(request.attributes.ints("kernel_shape"), sizes.length));
  const counts = windowCounts(sizes, window, request.attributes.int("ceil_mode", 0) !== 0);
  if (counts.some(({ count }) => count < 1)) malformed("the pool does not fit the image");
  return { window, counts, image: x.in(channelsLast(x.shape.length)), rank: x.shape.length };
};

/** The pads with what the last windows reach beyond them. */
const reaching = ({ window: { pads }, counts }: ReadPool): OnnxReadWindow["pads"] =>
  pads.map(([before, after], axis) => [before, after + (counts[axis]?.beyond ?? 0)] as const);

const isDilated = ({ window: { dilations } }: ReadPool): boolean => dilations.some((dilation) => dilation !== 1);

const windowWith = (
  { window: { kernel, strides } }: ReadPool,
  pads: OnnxReadWindow["pads"],
): Parameters<typeof emitPool>[3] => ({ poolSize: kernel, strides, pads });

const padded = (emit: Emit, image: Value, pads: OnnxReadWindow["pads"], value: number): Value =>
  pads.flat().every((side) => side === 0) ? image : emit("pad", [image], { pads: [[0, 0], ...pads, [0, 0]], value });

/** Elements along the axes of a dilated window: each is a step of the program. */
const mostTaps = 512;

/** Dilated windows, element by element: all first elements of windows, all second ones, … folded by an operator of two. */
const folded = (emit: Emit, { window, counts }: ReadPool, image: Value, operator: "add" | "maximum"): Value => {
  const { kernel, strides, dilations } = window;
  if (kernel.reduce((all, size) => all + size, 0) > mostTaps)
    refuse(`a dilated pool of more than ${mostTaps} elements: use a smaller one`);
  return kernel.reduce((current, size, axis) => {
    const [step = 1, dilation = 1, count = 1] = [strides[axis], dilations[axis], counts[axis]?.count];
    const reach = (count - 1) * step + extentOf(size, dilation);
    const missing = Math.max(0, reach - Number(current.type.shape[axis + 1]));
    const whole = padAxis(emit, current, axis + 1, [0, missing]);
    const taps = Array.from({ length: size }, (_, tap) =>
      takeEvery(emit, whole, axis + 1, { from: tap * dilation, step, count }),
    );
    return taps.reduce((sum, tap) => emit(operator, [sum, tap]));
  }, image);
};

/** Below every float32 but −∞: what a pad counts as among maxima. */
const lowest = -3.4028234663852886e38;

export const readMaxPool = (request: OnnxReadRequest): OnnxTensor => {
  if (request.outputs > 1) refuse("the places of the maxima, its second output: leave them out");
  const pool = poolOf(request);
  const { emit } = request;
  const value = isDilated(pool)
    ? folded(emit, pool, padded(emit, pool.image, reaching(pool), lowest), "maximum")
    : emitPool(emit, "maxPool2d", pool.image, windowWith(pool, reaching(pool)));
  return request.made(value, channelsLast(pool.rank), request.input(0).element);
};

export const readAveragePool = (request: OnnxReadRequest): OnnxTensor => {
  const pool = poolOf(request);
  const { emit } = request;
  const countsPads = request.attributes.int("count_include_pad", 0) !== 0;
  return request.made(
    isDilated(pool) ? dilatedMean(request, pool, countsPads) : mean(emit, pool, countsPads),
    channelsLast(pool.rank),
  );
};

/** What windows reach beyond the pads never counts. */
const mean = (emit: Emit, pool: ReadPool, countsPads: boolean): Value => {
  if (!countsPads) return emitPool(emit, "avgPool2d", pool.image, windowWith(pool, reaching(pool)));
  const image = padded(emit, pool.image, pool.window.pads, 0);
  return emitPool(
    emit,
    "avgPool2d",
    image,
    windowWith(
      pool,
      pool.counts.map(({ beyond }) => [0, beyond] as const),
    ),
  );
};

const dilatedMean = (request: OnnxReadRequest, pool: ReadPool, countsPads: boolean): Value => {
  const { emit } = request;
  const sum = folded(emit, pool, padded(emit, pool.image, reaching(pool), 0), "add");
  return emit("multiply", [sum, shares(request, pool, countsPads)]);
};

/** One over the number of elements of each window that count: a product over the axes. */
const shares = ({ emit }: OnnxReadRequest, { window, counts, image }: ReadPool, countsPads: boolean): Value => {
  const perAxis = window.kernel.map((size, axis) => {
    const [stride = 1, dilation = 1, [before, after] = [0, 0]] = [
      window.strides[axis],
      window.dilations[axis],
      window.pads[axis],
    ];
    const [from, to] = countsPads
      ? [-before, Number(image.type.shape[axis + 1]) + after]
      : [0, Number(image.type.shape[axis + 1])];
    return Array.from({ length: counts[axis]?.count ?? 1 }, (_, place) => {
      const begin = place * stride - before;
      const taps = Array.from({ length: size }, (__, tap) => begin + tap * dilation);
      return 1 / taps.filter((at) => at >= from && at < to).length;
    });
  });
  const vectors = perAxis.map((value, axis) =>
    emit("constant", [], { dtype: "f32", shape: [value.length, ...perAxis.slice(axis).map(() => 1)], value }),
  );
  return vectors.reduce((product, vector) => emit("multiply", [product, vector]));
};

/** The p-norm of each window: pads are zeros, which add nothing. */
export const readLpPool = (request: OnnxReadRequest): OnnxTensor => {
  const pool = poolOf(request);
  const { emit, attributes } = request;
  const p = attributes.int("p", 2);
  if (p < 1) malformed(`p ${p} is no norm`);
  const powers = emit("elementwise", [pool.image], { formula: ["pow", ["abs", x0], p] });
  const image = padded(emit, powers, reaching(pool), 0);
  const area = pool.window.kernel.reduce((all, size) => all * size, 1);
  const noPads = pool.window.kernel.map(() => [0, 0] as const);
  const sum = isDilated(pool)
    ? folded(emit, pool, image, "add")
    : emit("elementwise", [emitPool(emit, "avgPool2d", image, windowWith(pool, noPads))], { formula: mul(area, x0) });
  return request.made(emit("elementwise", [sum], { formula: ["pow", x0, 1 / p] }), channelsLast(pool.rank));
};
