/** ONNX's ConvTranspose over one, two or three axes: the gradients of convolutions by their inputs. */
import type { Value } from "../compiler/ir/graph.js";
import { padAxis, placeEvery } from "./axis-steps.js";
import { extentOf } from "./conv-window.js";
import type { Conv2dInputGradientAttributes } from "./conv2d-input-gradient.js";
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { channelsLast } from "./onnx-reading-tensors.js";
import {
  asRows,
  dilationsOf,
  explicitPads,
  fromRows,
  kernelSizes,
  lastPair,
  spatialSizes,
  stridesOf,
} from "./onnx-reading-window.js";
import { asImages, asVolume, kernelAt, sumOver } from "./volume.js";

/** Along one axis: what is cut from the sum of all windows, at both ends; below 0 zeros are put there. */
interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly output: number;
  readonly cuts: readonly [number, number];
}

const deepestKernel = 64;

/** The axes of the output, by pads or by the shape that is asked for. */
const axesOf = (request: OnnxReadRequest, sizes: readonly number[], kernel: readonly number[]): readonly Axis[] => {
  const { attributes } = request;
  const count = sizes.length;
  const [strides, dilations] = [stridesOf(request, count), dilationsOf(request, count)];
  const extra = attributes.ints("output_padding") ?? sizes.map(() => 0);
  const word = attributes.text("auto_pad", "NOTSET");
  const isSame = word === "SAME_UPPER" || word === "SAME_LOWER";
  const asked = attributes.ints("output_shape")?.slice(-count);
  const pads = word === "VALID" ? sizes.map(() => [0, 0] as const) : explicitPads(request, count);
  return sizes.map((size, axis): Axis => {
    const [stride = 1, dilation = 1, more = 0] = [strides[axis], dilations[axis], extra[axis]];
    if (more < 0 || more >= Math.max(stride, dilation))
      malformed(`output_padding ${more} is not below the stride ${stride} or the dilation ${dilation}`);
    const all = stride * (size - 1) + extentOf(kernel[axis] ?? 1, dilation);
    const wanted = asked?.[axis] ?? (isSame ? size * stride : undefined);
    const [before, after] = wanted === undefined ? (pads[axis] ?? [0, 0]) : shared(all + more - wanted, word);
    return { size, stride, dilation, output: all + more - before - after, cuts: [before, after - more] };
  });
};

/** The odd cell goes behind for SAME_UPPER, else before. */
const shared = (total: number, word: string): readonly [number, number] => {
  const half = Math.floor(total / 2);
  return word === "SAME_UPPER" ? [half, total - half] : [total - half, half];
};

export const readConvTranspose = (request: OnnxReadRequest): OnnxTensor => {
  const { emit, made, attributes } = request;
  const [x, w] = [request.input(0), request.input(1)];
  const sizes = spatialSizes(x);
  const rank = x.shape.length;
  const kernel = kernelSizes(w.shape.slice(2).map(Number), sizes.length);
  if (w.shape.length !== rank) malformed(`a kernel [${w.shape.join(", ")}] does not fit a tensor of rank ${rank}`);
  const groups = attributes.int("group", 1);
  const axes = axesOf(request, sizes, kernel);
  const value = rank === 5 ? overVolume(request, x, w, { axes, groups }) : overImage(request, x, w, { axes, groups });
  const bias = request.inputs[2];
  return made(bias === undefined ? value : emit("biasAdd", [value, bias.in([0])]), channelsLast(rank));
};

interface Spread {
  readonly axes: readonly Axis[];
  readonly groups: number;
}

interface CutAndRest {
  readonly attrs: Conv2dInputGradientAttributes;
  readonly around: readonly (readonly [number, number])[];
}

/** What the operator cuts, and what is left to be put around its result. */
const attributesOf = (axes: readonly Axis[], groups: number): CutAndRest => {
  const cut = axes.map(({ cuts: [before, after] }) => [Math.max(0, before), Math.max(0, after)] as const);
  const inputSize = axes.map(({ output, cuts: [before, after] }) => output + Math.min(0, before) + Math.min(0, after));
  return {
    attrs: {
      strides: lastPair(
        axes.map(({ stride }) => stride),
        1,
      ),
      dilations: lastPair(
        axes.map(({ dilation }) => dilation),
        1,
      ),
      pads: lastPair(cut, [0, 0] as const),
      inputSize: lastPair(inputSize, 1),
      groups,
    },
    around: axes.map(({ cuts: [before, after] }) => [Math.max(0, -before), Math.max(0, -after)] as const),
  };
};

const overImage = (request: OnnxReadRequest, x: OnnxTensor, w: OnnxTensor, { axes, groups }: Spread): Value => {
  const { emit } = request;
  const { attrs, around } = attributesOf(axes, groups);
  const image = asRows(request, x).in([0, 2, 3, 1]);
  const value = emit("conv2dInputGradient", [image, asRows(request, w).in([2, 3, 1, 0])], attrs);
  const first = 3 - axes.length;
  const wide = around.reduce((sum, sides, axis) => padAxis(emit, sum, axis + first, sides), value);
  return x.shape.length === 3 ? fromRows(emit, wide) : wide;
};

/** What each place of the kernel's depth gives over two axes, at the planes where it lands, summed. */
const overVolume = ({ emit }: OnnxReadRequest, x: OnnxTensor, w: OnnxTensor, { axes, groups }: Spread): Value => {
  const [deep, ...flat] = axes;
  const depth = Number(w.shape[2]);
  if (deep === undefined || depth > deepestKernel)
    return refuse(`a kernel of depth ${depth}, more than ${deepestKernel}`);
  if (!Number.isInteger(deep.output) || deep.output < 1) malformed(`pads leave ${deep.output} planes of the output`);
  const { attrs, around } = attributesOf(flat, groups);
  const volume = x.in(channelsLast(5));
  const weights = w.in([2, 3, 4, 1, 0]);
  const images = asImages(emit, volume);
  const sum = sumOver(emit, depth, (place) => {
    const planes = asVolume(emit, emit("conv2dInputGradient", [images, kernelAt(emit, weights, place)], attrs), volume);
    return placeEvery(emit, planes, 1, {
      from: place * deep.dilation - deep.cuts[0],
      step: deep.stride,
      size: deep.output,
    });
  });
  return around.reduce((wide, sides, axis) => padAxis(emit, wide, axis + 2, sides), sum);
};
