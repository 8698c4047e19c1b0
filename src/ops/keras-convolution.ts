/** Keras mappings of the convolutions: one reading and one writing for all ranks and kinds. */
import type { AxesOption, AxesPadding } from "../shape/axis-options.js";
import { perAxis, sidesPerAxis } from "../shape/axis-options.js";
import type { Sides } from "../shape/padding.js";
import type { Dim, Shape } from "../shape/shape.js";
import { glorotUniform, zeros } from "./initializers.js";
import { given, only, weightsNamed, type KerasMapping, type KerasReadRequest, type LayerOptions } from "./keras.js";
import type { KerasConfig } from "./keras-config.js";
import { kerasActivation } from "./keras-names.js";
import { writeConstraint, writeInitializer, writeRegularizer } from "./keras-objects.js";
import { applyActivated } from "./keras-activation.js";

type Kind = "plain" | "depthwise" | "separable" | "transposed";

interface Convolution {
  readonly word: string;
  readonly className: string;
  readonly rank: 1 | 2 | 3;
  readonly kind: Kind;
  /** Whether the layer here has `kernelConstraint`. */
  readonly constrained?: true;
}

const paddings = ["valid", "same", "causal"] as const;

const readOptions = (config: KerasConfig, { rank, kind, constrained }: Convolution): LayerOptions => {
  config.channelsLast();
  const filters = kind === "depthwise" ? undefined : config.number("filters");
  // Keras 2 wrote options of the whole family into a depthwise convolution.
  if (kind === "depthwise") config.ignore("filters", "groups");
  const isGrouped = kind === "plain" || kind === "transposed";
  const kernel = isGrouped ? "kernel" : undefined;
  if (!isGrouped) config.ignore("kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups");
  const options = given({
    filters,
    kernelSize: config.sizes("kernel_size", rank),
    strides: config.sizesOr(1, "strides", rank),
    padding: config.textOr("valid", "padding", rank === 1 ? paddings : ["valid", "same"]),
    outputPadding: kind === "transposed" ? config.sizesOr(undefined, "output_padding", rank) : undefined,
    dilationRate: config.sizesOr(1, "dilation_rate", rank),
    groups: isGrouped ? config.numberOr(1, "groups") : undefined,
    depthMultiplier: isGrouped ? undefined : config.numberOr(1, "depth_multiplier"),
    useBias: config.flagOr(true, "use_bias"),
    ...(kernel === undefined
      ? {}
      : {
          kernelInitializer: config.initializer("kernel_initializer", glorotUniform),
          kernelRegularizer: config.regularizer("kernel_regularizer"),
          kernelConstraint: constrained ? config.constraint("kernel_constraint") : undefined,
        }),
    ...(isGrouped
      ? {}
      : {
          depthwiseInitializer: config.initializer("depthwise_initializer", glorotUniform),
          depthwiseRegularizer: config.regularizer("depthwise_regularizer"),
        }),
    ...(kind === "separable"
      ? {
          pointwiseInitializer: config.initializer("pointwise_initializer", glorotUniform),
          pointwiseRegularizer: config.regularizer("pointwise_regularizer"),
        }
      : {}),
    biasInitializer: config.initializer("bias_initializer", zeros),
  });
  config.noteTraining("bias_regularizer", "bias_constraint", "depthwise_constraint", "pointwise_constraint");
  if (kernel !== undefined && !constrained) config.noteTraining("kernel_constraint");
  if (kind === "transposed" && options["groups"] !== undefined)
    config.refuse("groups of a transposed convolution are not supported: use groups of 1");
  return options;
};

const weightNames = ({ kind }: Convolution, { useBias }: LayerOptions): readonly string[] => [
  ...(kind === "separable" ? ["depthwiseKernel", "pointwiseKernel"] : ["kernel"]),
  ...(useBias === false ? [] : ["bias"]),
];

/** Sound casts: options of a layer that the DSL has accepted. */
const axesOf = (value: unknown, rank: number, standard = 1): readonly number[] =>
  perAxis((value as AxesOption | undefined) ?? standard, rank);

/** Cells before and after each axis where they are given in numbers; undefined for words, or where there are none. */
export const explicitSides = (padding: unknown, rank: number): readonly Sides[] | undefined => {
  if (padding === undefined || typeof padding === "string") return undefined;
  const option = padding as AxesPadding; // sound: an option that the DSL has accepted
  const sides =
    rank === 1 && Array.isArray(option) && option.length === 2
      ? [option as unknown as Sides]
      : sidesPerAxis(option, rank);
  return sides.every((pair) => pair.every((cells) => cells === 0)) ? undefined : sides;
};

/** The shape with so many cells more (or, with a sign, fewer) along the axes between batch and channels. */
export const resized = (shape: Shape, sides: readonly Sides[], sign: 1 | -1 = 1): Shape =>
  shape.map((dim: Dim, axis) => {
    const [before, after] = sides[axis] ?? [0, 0];
    return dim === null ? null : dim + sign * (before + after);
  });

/** Keras's form of sides: a pair for one axis, pairs for more. */
export const sidesConfig = (sides: readonly Sides[]): unknown => (sides.length === 1 ? sides[0] : sides);

const writeConfig = ({ rank, kind }: Convolution, options: LayerOptions): LayerOptions => {
  const { padding } = options;
  const isGrouped = kind === "plain" || kind === "transposed";
  return {
    ...(kind === "depthwise" ? {} : { filters: options["filters"] }),
    kernel_size: axesOf(options["kernelSize"], rank),
    strides: axesOf(options["strides"], rank),
    padding: typeof padding === "string" ? padding : "valid",
    data_format: "channels_last",
    dilation_rate: axesOf(options["dilationRate"], rank),
    ...(kind === "plain" ? { groups: options["groups"] ?? 1 } : {}),
    ...(kind === "transposed"
      ? {
          output_padding:
            options["outputPadding"] === undefined || options["outputPadding"] === null
              ? null
              : axesOf(options["outputPadding"], rank),
        }
      : {}),
    ...(isGrouped ? {} : { depth_multiplier: options["depthMultiplier"] ?? 1 }),
    activation: kerasActivation(options["activation"]),
    use_bias: options["useBias"] ?? true,
    ...(isGrouped
      ? {
          kernel_initializer: writeInitializer(options["kernelInitializer"], glorotUniform),
          kernel_regularizer: writeRegularizer(options["kernelRegularizer"]),
          kernel_constraint: writeConstraint(options["kernelConstraint"]),
        }
      : {
          depthwise_initializer: writeInitializer(options["depthwiseInitializer"], glorotUniform),
          depthwise_regularizer: writeRegularizer(options["depthwiseRegularizer"]),
        }),
    ...(kind === "separable"
      ? {
          pointwise_initializer: writeInitializer(options["pointwiseInitializer"], glorotUniform),
          pointwise_regularizer: writeRegularizer(options["pointwiseRegularizer"]),
        }
      : {}),
    bias_initializer: writeInitializer(options["biasInitializer"], zeros),
  };
};

/** The mapping of a convolution. Padding in numbers becomes zero padding before it, or cropping after a transposed one. */
/* @__NO_SIDE_EFFECTS__ */
export const convolutionKeras = (facts: Convolution): KerasMapping => {
  const { word, className, rank, kind } = facts;
  return {
    kind: "keras",
    word,
    classes: kind === "transposed" ? [className, className.replace("Conv", "Convolution")] : [className],
    read: (request: KerasReadRequest) => {
      const options = readOptions(request.config, facts);
      const weights = weightsNamed(...weightNames(facts, options));
      return applyActivated(request, { word, options, weights, inputs: request.inputs });
    },
    write: ({ options, inputs, shape, layer, refuse }) => {
      const x = only(inputs);
      const dilated = axesOf(options["dilationRate"], rank).some((rate) => rate > 1);
      if (kind !== "depthwise" && dilated && axesOf(options["strides"], rank).some((stride) => stride > 1))
        refuse("Keras has no convolution with strides and dilation together: use one of them");
      const sides = explicitSides(options["padding"], rank);
      const config = writeConfig(facts, options);
      const weights = weightNames(facts, options);
      if (sides === undefined) return layer({ className, config, inputs, weights });
      if (kind === "transposed") {
        const whole = layer({ className, config, inputs, weights, shape: resized(shape, sides) });
        return layer({
          className: `Cropping${rank}D`,
          config: { cropping: sidesConfig(sides), ...formatOf(rank) },
          inputs: [whole],
          part: "cropping",
        });
      }
      const padded = layer({
        className: `ZeroPadding${rank}D`,
        config: { padding: sidesConfig(sides), ...formatOf(rank) },
        inputs: [x],
        shape: resized(x.shape, sides),
        part: "padding",
      });
      return layer({ className, config, inputs: [padded], weights });
    },
    note:
      kind === "transposed"
        ? "padding in numbers: a cropping after it"
        : "padding in numbers: a zero padding before it",
  };
};

/** Keras's one-dimensional paddings and croppings had no such option for long. */
export const formatOf = (rank: number): LayerOptions => (rank === 1 ? {} : { data_format: "channels_last" });
