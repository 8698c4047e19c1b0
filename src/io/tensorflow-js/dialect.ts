/** What TensorFlow.js has of Keras's layers, and what takes the place of the others. Facts of tfjs-layers 4.22. */
import type { KerasLayer, KerasOperation, KerasTensor, LayerOptions } from "../../ops/keras.js";
import type { Emit, LayerDialect } from "../keras/write-layers.js";
import { activated } from "./activations.js";
import { endName, layerName } from "./names.js";
import { operationLayers } from "./operations.js";
import { negative, only, overPlane, rescaling, sizesOf, type Refuse } from "./parts.js";

type Rule = (layer: KerasLayer, emit: Emit, refuse: Refuse) => KerasTensor;

const same: Rule = (layer, emit) => emit(layer);

/** The layer with these options in place of its own. */
const withConfig =
  (config: (from: LayerOptions, refuse: Refuse) => LayerOptions): Rule =>
  (layer, emit, refuse) =>
    emit({ ...layer, config: config(layer.config, refuse) });

const isOne = (value: unknown): boolean => sizesOf(value).every((size) => size === 1);

/** Zeros before a row, so that nothing looks ahead; TensorFlow.js knows the word and does not do it. */
const causal = (layer: KerasLayer, emit: Emit, refuse: Refuse): KerasLayer => {
  const { kernel_size: size, dilation_rate: rate, ...config } = layer.config;
  const [cells = 1] = sizesOf(size);
  const [step = 1] = sizesOf(rate);
  const x = only(layer);
  const shape = x.shape.map((dim, axis) => (axis === 0 && dim !== null ? dim + (cells - 1) * step : dim));
  const padding = {
    padding: [
      [(cells - 1) * step, 0],
      [0, 0],
    ],
  };
  const row = { className: "ZeroPadding1D", config: {}, inputs: [x], shape, part: "padding" };
  const padded = overPlane(row, { className: "ZeroPadding2D", config: padding }, emit, refuse);
  const valid = { ...config, kernel_size: size, dilation_rate: rate, padding: "valid" };
  return { ...layer, config: valid, inputs: [padded] };
};

const convolution: Rule = (layer, emit, refuse) => {
  if (layer.config["padding"] === "causal") return convolution(causal(layer, emit, refuse), emit, refuse);
  const { groups = 1, ...config } = layer.config;
  if (groups === 1) return activated({ ...layer, config }, emit, refuse);
  const channels = only(layer).shape.at(-1);
  if (layer.className !== "Conv2D" || channels !== groups || typeof channels !== "number")
    return refuse("TensorFlow.js has no convolution in groups: use groups of 1, or depthwiseConv2d");
  // A group for each channel is a depthwise convolution; its kernel has the same numbers in the same order.
  const { filters, kernel_initializer, kernel_regularizer, kernel_constraint: _, ...rest } = config;
  const own = {
    depth_multiplier: Number(filters) / channels,
    depthwise_initializer: kernel_initializer,
    depthwise_regularizer: kernel_regularizer,
  };
  return activated({ ...layer, className: "DepthwiseConv2D", config: { ...rest, ...own } }, emit, refuse);
};

const transposed: Rule = (layer, emit, refuse) => {
  const { output_padding: padding = null, dilation_rate: rate, ...config } = layer.config;
  if (padding !== null) refuse("TensorFlow.js has no outputPadding: leave it out");
  if (!isOne(rate)) refuse("TensorFlow.js has no transposed convolution with dilation: use a dilationRate of 1");
  return activated({ ...layer, config }, emit, refuse);
};

const batchNormalization: Rule = (layer, emit, refuse) =>
  only(layer).shape.length > 3
    ? refuse("TensorFlow.js normalises images of at most two axes: leave it out")
    : emit(layer);

/** A mean or maximum over a volume is that over an image with two of its axes in a row. */
const globalOverVolume: Rule = (layer, emit, refuse) => {
  const [depth, height, width, channels] = sizesOf(only(layer).shape);
  if (depth === undefined || height === undefined || width === undefined || channels === undefined)
    return refuse("TensorFlow.js needs the size of its input: give input(...) numbers");
  const shape = [depth * height, width, channels];
  const plane = emit({ ...layer, className: "Reshape", config: { target_shape: shape }, shape, part: "plane" });
  const { keepdims: _, ...config } = layer.config;
  return emit({ ...layer, className: layer.className.replace("3D", "2D"), config, inputs: [plane] });
};

/** A layer along a row is that along the first axis of an image one cell wide. */
const alongRow =
  (className: string, config: (from: LayerOptions) => LayerOptions): Rule =>
  (layer, emit, refuse) =>
    overPlane(layer, { className, config: config(layer.config) }, emit, refuse);

/** A factor for each channel, which is a depthwise kernel of one cell. */
const scaleOfChannels: Rule = (layer, emit, refuse) => {
  const config = {
    kernel_size: [1, 1],
    strides: [1, 1],
    padding: "valid",
    depth_multiplier: 1,
    use_bias: false,
    activation: "linear",
  };
  return overPlane(layer, { className: "DepthwiseConv2D", config }, emit, refuse);
};

/** Channels are dropped as a whole: one draw for all cells of a channel. */
const spatialDropout: Rule = (layer, emit) =>
  emit({
    ...layer,
    className: "Dropout",
    config: {
      ...layer.config,
      noise_shape: [null, ...only(layer).shape.map((_, axis, { length }) => (axis === length - 1 ? null : 1))],
    },
  });

const subtract: Rule = (layer, emit) => {
  const [a, b] = layer.inputs;
  return a === undefined || b === undefined
    ? emit(layer)
    : emit({ ...layer, className: "Add", inputs: [a, negative(b, emit)] });
};

const softmax: Rule = (layer, emit, refuse) => {
  const { axis = -1 } = layer.config;
  return axis === -1 || axis === only(layer).shape.length
    ? emit(layer)
    : refuse("TensorFlow.js has softmax over the last axis only: use that one");
};

const relu = withConfig(({ max_value = null, negative_slope = 0, threshold = 0 }, refuse) =>
  negative_slope === 0 && threshold === 0
    ? { max_value }
    : refuse("TensorFlow.js's ReLU has no negativeSlope and no threshold: use leakyRelu"),
);

/** TensorFlow.js's bilinear interpolation has other centres of pixels than Keras's. */
const upSampling = withConfig(({ interpolation = "nearest", ...config }, refuse) =>
  interpolation === "nearest"
    ? { ...config, interpolation }
    : refuse("TensorFlow.js interpolates otherwise than Keras: use interpolation 'nearest'"),
);

const elu = withConfig((config, refuse) =>
  (config["alpha"] ?? 1) === 1 ? config : refuse("TensorFlow.js has ELU with an alpha of 1 only: use that one"),
);

const withoutKeepDims = withConfig(({ keepdims: _, ...config }) => config);

/** By Keras's class; what is not here TensorFlow.js has not. */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...["Conv1D", "Conv2D", "Conv3D"].map((name) => [name, convolution] as const),
  ...["DepthwiseConv2D", "SeparableConv2D", "Dense", "Activation"].map((name) => [name, activated] as const),
  ...["Conv2DTranspose", "Conv3DTranspose"].map((name) => [name, transposed] as const),
  ["BatchNormalization", batchNormalization],
  ["LayerNormalization", same],
  ...["1D", "2D", "3D"].flatMap((rank) =>
    [`MaxPooling${rank}`, `AveragePooling${rank}`].map((name) => [name, same] as const),
  ),
  ...["1D", "2D"].flatMap((rank) =>
    [`GlobalMaxPooling${rank}`, `GlobalAveragePooling${rank}`].map((name) => [name, withoutKeepDims] as const),
  ),
  ["GlobalMaxPooling3D", globalOverVolume],
  ["GlobalAveragePooling3D", globalOverVolume],
  ...["ZeroPadding2D", "Cropping2D"].map((name) => [name, same] as const),
  ["ZeroPadding1D", alongRow("ZeroPadding2D", ({ padding }) => ({ padding: [padding, [0, 0]] }))],
  ["Cropping1D", alongRow("Cropping2D", ({ cropping }) => ({ cropping: [cropping, [0, 0]] }))],
  ["UpSampling1D", alongRow("UpSampling2D", ({ size }) => ({ size: [sizesOf(size)[0] ?? 2, 1] }))],
  ["UpSampling2D", upSampling],
  ...["Add", "Average", "Multiply", "Maximum", "Minimum", "Concatenate"].map((name) => [name, same] as const),
  ["Subtract", subtract],
  ...["Flatten", "Reshape", "Permute"].map((name) => [name, same] as const),
  ["Rescaling", (layer, emit) => rescaling(layer, layer.config["scale"] ?? 1, layer.config["offset"] ?? 0, emit)],
  ["EinsumDense", scaleOfChannels],
  ...["Dropout", "GaussianNoise", "GaussianDropout", "SpatialDropout1D"].map((name) => [name, same] as const),
  ["SpatialDropout2D", spatialDropout],
  ["SpatialDropout3D", spatialDropout],
  ["ReLU", relu],
  ["LeakyReLU", withConfig(({ negative_slope: alpha = 0.3 }) => ({ alpha }))],
  ["ELU", elu],
  ["PReLU", same],
  ["Softmax", softmax],
]);

const layerOf: Rule = (layer, emit, refuse) => {
  const rule = rules.get(layer.className);
  return rule === undefined
    ? refuse(`TensorFlow.js has no layer ${layer.className.slice(0, 40)}: use layers that it has`)
    : rule(layer, emit, refuse);
};

export const tensorFlowJsDialect: LayerDialect = {
  program: "TensorFlow.js",
  format: "model.json",
  layerName,
  endName,
  layer: layerOf,
  operation: (operation: KerasOperation, emit, refuse) =>
    // What an operation becomes are layers again, which may have their own rules.
    operationLayers(operation, (layer) => layerOf(layer, emit, refuse), refuse),
};
