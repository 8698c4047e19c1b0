/** Resize and Upsample: along one axis after the other, by gathers where elements are copied and by products where they are blended. */
import { add, x0, x1 } from "../../../../formula/formula.js";
import {
  malformed,
  refuse,
  type OnnxReadRequest,
  type OnnxReading,
  type OnnxTensor,
} from "../../../../ops/onnx-reading.js";
import { taken } from "../../../../ops/onnx-reading-moves.js";
import { axisOf, dimsOf, numbersOf, sampleSize } from "../../../../ops/onnx-reading-numbers.js";
import { matrixProduct } from "../../../../ops/onnx-reading-product.js";
import { applied, fileOrder, withAxisLast } from "../../../../ops/onnx-reading-tensors.js";
import { resampledRow, type Resampling } from "../interpolation.js";

interface AxisPlan {
  readonly axis: number;
  readonly scale: number;
  readonly output: number;
  readonly region: readonly [number, number];
}

const largestOutput = 2 ** 16;

const scaledSize = (size: number, scale: number): number => {
  const output = Math.floor(size * scale);
  return scale > 0 && output >= 1 && output <= largestOutput
    ? output
    : malformed(`an axis of ${size} times ${scale}: sizes are 1 to ${largestOutput}`);
};

/** An optional input that is there and not empty: operator sets 11 and 12 give empty ones for what is left out. */
const filled = (request: OnnxReadRequest, index: number): OnnxTensor | undefined => {
  const tensor = request.inputs[index];
  return tensor === undefined || tensor.shape.includes(0) ? undefined : tensor;
};

/** The axes that change. */
const plansOf = (request: OnnxReadRequest): readonly AxisPlan[] => {
  const { attributes, opset } = request;
  const x = request.input(0);
  const rank = x.shape.length;
  const axes = attributes.ints("axes")?.map((axis) => axisOf(axis, rank)) ?? fileOrder(rank);
  const first = opset === 10 ? 0 : 1;
  const [roi, scales, sizes] = [
    first === 1 ? filled(request, 1) : undefined,
    filled(request, 1 + first),
    filled(request, 2 + first),
  ];
  const regions = roi === undefined ? [] : numbersOf(roi, "the region");
  const given =
    scales === undefined
      ? dimsOf(sizes ?? malformed("neither scales nor sizes are given"), "sizes").map(sampleSize)
      : numbersOf(scales, "scales");
  if (given.length !== axes.length) malformed(`${given.length} scales or sizes do not fit ${axes.length} axes`);
  const wanted =
    scales === undefined
      ? keptAspect(
          attributes.text("keep_aspect_ratio_policy", "stretch"),
          given,
          axes.map((axis) => sampleSize(x.shape[axis] ?? 1)),
        )
      : undefined;
  return axes.flatMap((axis, i): readonly AxisPlan[] => {
    const size = sampleSize(x.shape[axis] ?? 1);
    const scale = wanted?.[i]?.scale ?? given[i] ?? 1;
    const region = [regions[i] ?? 0, regions[i + axes.length] ?? 1] as const;
    const output = wanted?.[i]?.output ?? (scale === 1 ? size : scaledSize(size, scale));
    const isWhole = attributes.text("coordinate_transformation_mode", "half_pixel") !== "tf_crop_and_resize";
    if (output === size && scale === 1 && (isWhole || (region[0] === 0 && region[1] === 1))) return [];
    if (typeof x.shape[axis] !== "number") return refuse("a resized batch axis");
    if (!(output >= 1 && output <= largestOutput)) malformed(`an axis of ${output}: sizes are 1 to ${largestOutput}`);
    return [{ axis, scale, output, region }];
  });
};

interface Sized {
  readonly scale: number;
  readonly output: number;
}

/** Sizes as they are, or so that all axes have one scale: the smallest or the largest of them. */
const keptAspect = (policy: string, wanted: readonly number[], sizes: readonly number[]): readonly Sized[] => {
  const scales = wanted.map((output, i) => output / (sizes[i] ?? 1));
  if (policy === "stretch") return wanted.map((output, i) => ({ output, scale: scales[i] ?? 1 }));
  if (policy !== "not_larger" && policy !== "not_smaller")
    return malformed(`the policy '${policy.slice(0, 20)}' is no word of ONNX`);
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return sizes.map((size) => ({ scale, output: Math.floor(scale * size + 0.5) }));
};

const resamplingOf = (
  { attributes, opset }: OnnxReadRequest,
  size: number,
  { scale, output, region }: AxisPlan,
): Resampling => ({
  size,
  scale,
  output,
  region,
  // Before operator set 11 there was one way only.
  coordinates: opset < 11 ? "asymmetric" : attributes.text("coordinate_transformation_mode", "half_pixel"),
  nearest: opset < 11 ? "floor" : attributes.text("nearest_mode", "round_prefer_floor"),
  mode: attributes.text("mode", "nearest"),
  cubic: attributes.float("cubic_coeff_a", -0.75),
  excludesOutside: attributes.int("exclude_outside", 0) !== 0,
  antialias: attributes.int("antialias", 0) !== 0,
});

const alongAxis = (request: OnnxReadRequest, x: OnnxTensor, plan: AxisPlan): OnnxTensor => {
  const { axis, output } = plan;
  const size = Number(x.shape[axis]);
  const resampling = resamplingOf(request, size, plan);
  if (!["nearest", "linear", "cubic"].includes(resampling.mode))
    malformed(`the mode '${resampling.mode.slice(0, 20)}' is no word of ONNX`);
  const rows = fileOrder(output).map((at) => resampledRow(at, resampling));
  if (resampling.mode === "nearest" && rows.every(({ outside }) => outside === undefined))
    return taken(
      request,
      x,
      axis,
      rows.map(({ weights }) => weights[0]?.index ?? 0),
    );
  const data = new Float32Array(size * output);
  rows.forEach(({ weights }, at) => {
    for (const { index, weight } of weights) data[index * output + at] = (data[index * output + at] ?? 0) + weight;
  });
  const matrix = request.known([size, output], { data }, "float");
  const blended = withAxisLast(request, x, axis, (turned) => matrixProduct(request, turned, matrix));
  if (rows.every(({ outside }) => outside === undefined)) return blended;
  const value = request.attributes.float("extrapolation_value", 0);
  const outside = request.known(
    blended.shape.map((_, at) => (at === axis ? output : 1)),
    { data: Float32Array.from(rows, (row) => (row.outside === undefined ? 0 : value)) },
    "float",
  );
  return applied(request, "elementwise", [blended, outside], { formula: add(x0, x1) });
};

const resized = (request: OnnxReadRequest, plans: readonly AxisPlan[]): OnnxTensor =>
  plans.reduce((tensor, plan) => alongAxis(request, tensor, plan), request.input(0));

/** Scales as an attribute (operator set 7) or an input. */
const upsampled = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const scales =
    request.inputs[1] === undefined ? request.attributes.floats("scales") : numbersOf(request.inputs[1], "scales");
  if (scales?.length !== x.shape.length) return malformed("scales do not fit the axes");
  const plans = scales.flatMap((scale, axis): readonly AxisPlan[] => {
    if (scale === 1) return [];
    const size = x.shape[axis];
    if (typeof size !== "number") return refuse("a resized batch axis");
    return [{ axis, scale, output: scaledSize(size, scale), region: [0, 1] }];
  });
  return resized({ ...request, opset: 10 }, plans);
};

export const resizeFamily: readonly OnnxReading[] = [
  { kind: "onnxReading", reads: "Resize", read: (request) => resized(request, plansOf(request)) },
  { kind: "onnxReading", reads: "Upsample", read: upsampled },
];
