/** ONNX's Conv over one, two or three axes: all become convolutions over two. */
import type { Value } from "../compiler/ir/graph.js";
import { padAxis, takeEvery } from "./axis-steps.js";
import { extentOf, type Slide } from "./conv-window.js";
import { malformed, refuse, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { channelsLast } from "./onnx-reading-tensors.js";
import {
  asRows,
  fromRows,
  kernelSizes,
  lastPair,
  spatialSizes,
  windowOf,
  type OnnxReadWindow,
} from "./onnx-reading-window.js";
import { asImages, asVolume, kernelAt, sumOver } from "./volume.js";

/** Places of a kernel's depth: each is a convolution. */
const deepestKernel = 64;

const noPads = [0, 0] as const;

/** The attributes of our operator: the last two of the window's axes. */
const slideOf = ({ strides, dilations, pads }: OnnxReadWindow): Slide => ({
  strides: lastPair(strides, 1),
  dilations: lastPair(dilations, 1),
  pads: lastPair(pads, noPads),
});

export const readConv = (request: OnnxReadRequest): OnnxTensor => {
  const { emit, made, attributes } = request;
  const [x, w] = [request.input(0), request.input(1)];
  const sizes = spatialSizes(x);
  const rank = x.shape.length;
  const kernel = kernelSizes(w.shape.slice(2).map(Number), sizes.length);
  const wanted = attributes.ints("kernel_shape");
  if (w.shape.length !== rank || (wanted !== undefined && wanted.join() !== kernel.join()))
    malformed(`a kernel [${w.shape.join(", ")}] does not fit a tensor of rank ${rank}`);
  const groups = attributes.int("group", 1);
  const [filters = 1] = w.shape;
  if (typeof filters !== "number" || !Number.isInteger(groups) || groups < 1 || filters % groups !== 0)
    malformed(`${groups} groups do not divide ${filters} filters`);
  const window = windowOf(request, sizes, kernel);
  const result =
    rank === 5 ? overVolume(request, x, w, { window, groups }) : overImage(request, x, w, { window, groups });
  const bias = request.inputs[2];
  const value = bias === undefined ? result : emit("biasAdd", [result, bias.in([0])]);
  return made(rank === 3 ? fromRows(emit, value) : value, channelsLast(rank));
};

interface Slid {
  readonly window: OnnxReadWindow;
  readonly groups: number;
}

const overImage = (request: OnnxReadRequest, x: OnnxTensor, w: OnnxTensor, { window, groups }: Slid): Value => {
  const { emit } = request;
  const image = asRows(request, x).in([0, 2, 3, 1]);
  const weights = asRows(request, w);
  const slide = slideOf(window);
  if (groups === 1 || x.shape[1] !== groups || w.shape[1] !== 1)
    return emit("conv2d", [image, weights.in([2, 3, 1, 0])], { ...slide, groups });
  const [filters, , height = 1, width = 1] = weights.shape;
  // Filter c · m + j belongs to channel c: in memory the kernel of groups is that of channels.
  const kernel = weights.in([2, 3, 1, 0], [height, width, groups, Number(filters) / groups]);
  return emit("depthwiseConv2d", [image, kernel], slide);
};

/** The sum, over the depth of the kernel, of convolutions of the planes that each place of it meets. */
const overVolume = ({ emit }: OnnxReadRequest, x: OnnxTensor, w: OnnxTensor, { window, groups }: Slid): Value => {
  const { kernel, strides, dilations, pads } = window;
  const [depth = 1, stride = 1, dilation = 1] = [kernel[0], strides[0], dilations[0]];
  const [before, after] = pads[0] ?? noPads;
  if (depth > deepestKernel) refuse(`a kernel of depth ${depth}, more than ${deepestKernel}`);
  const volume = x.in(channelsLast(5));
  const padded = padAxis(emit, volume, 1, [before, after]);
  const count = Math.floor((Number(padded.type.shape[1]) - extentOf(depth, dilation)) / stride) + 1;
  if (count < 1) malformed(`the kernel of depth ${depth} does not fit ${Number(padded.type.shape[1])} planes`);
  const weights = w.in([2, 3, 4, 1, 0]);
  const images = sumOver(emit, depth, (place) => {
    const planes = takeEvery(emit, padded, 1, { from: place * dilation, step: stride, count });
    return emit("conv2d", [asImages(emit, planes), kernelAt(emit, weights, place)], { ...slideOf(window), groups });
  });
  return asVolume(emit, images, volume);
};
