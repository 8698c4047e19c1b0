/** Keras mappings of the poolings over windows, global and adaptive. */
import type { AxesOption } from "../shape/axis-options.js";
import { perAxis } from "../shape/axis-options.js";
import { given, only, type KerasLayer, type KerasMapping, type KerasTensor, type KerasWriteRequest } from "./keras.js";
import { explicitSides, formatOf, resized, sidesConfig } from "./keras-convolution.js";

type Rank = 1 | 2 | 3;

interface Pooling {
  readonly word: string;
  readonly rank: Rank;
}

/** Sound cast: options of a layer that the DSL has accepted. */
const axesOf = (value: unknown, rank: number): readonly number[] =>
  perAxis((value as AxesOption | undefined) ?? 2, rank);

const poolLayer = (
  className: string,
  { options }: Pick<KerasWriteRequest, "options">,
  { rank, padding }: { readonly rank: Rank; readonly padding: string },
): Pick<KerasLayer, "className" | "config"> => {
  const poolSize = axesOf(options["poolSize"], rank);
  const strides = options["strides"] === undefined ? poolSize : axesOf(options["strides"], rank);
  const each = rank === 1 ? { pool_size: poolSize[0], strides: strides[0] } : { pool_size: poolSize, strides };
  return { className, config: { ...each, padding, data_format: "channels_last" } };
};

/** max(x) over cells of which those outside do not count: as far below zero as float32 goes. */
const lowest = -3.402_823e38;

const paddedForMax = ({ inputs, options, operation }: KerasWriteRequest, rank: Rank): readonly KerasTensor[] => {
  const sides = explicitSides(options["padding"], rank);
  if (sides === undefined) return inputs;
  const x = only(inputs);
  return [
    operation({
      module: "keras.src.ops.numpy",
      className: "Pad",
      config: { pad_width: [[0, 0], ...sides, [0, 0]], mode: "constant" },
      arguments: [x],
      named: { constant_values: lowest },
      shape: resized(x.shape, sides),
      part: "padding",
    }),
  ];
};

const wordPadding = (padding: unknown): string => (typeof padding === "string" ? padding : "valid");

/** Max or average pooling. Padding in numbers: for the maximum a padding with the lowest number; for the mean there is nothing. */
/* @__NO_SIDE_EFFECTS__ */
export const poolKeras = ({ word, rank, of }: Pooling & { readonly of: "Max" | "Average" }): KerasMapping => ({
  kind: "keras",
  word,
  classes: [`${of}Pooling${rank}D`],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    const poolSize = config.sizesOr(undefined, "pool_size", rank) ?? 2;
    const strides = config.sizesOr(undefined, "strides", rank);
    return apply({
      word,
      inputs,
      options: given({
        poolSize: poolSize === 2 ? undefined : poolSize,
        strides: JSON.stringify(strides) === JSON.stringify(poolSize) ? undefined : strides,
        padding: config.textOr("valid", "padding", ["valid", "same"]),
      }),
    });
  },
  write: (request) => {
    const { options, layer, refuse } = request;
    const isExplicit = explicitSides(options["padding"], rank) !== undefined;
    if (of === "Average" && isExplicit)
      refuse("Keras has no mean over windows with padding in numbers: use 'same' or 'valid'");
    const inputs = of === "Max" ? paddedForMax(request, rank) : request.inputs;
    return layer({
      ...poolLayer(`${of}Pooling${rank}D`, request, { rank, padding: wordPadding(options["padding"]) }),
      inputs,
    });
  },
  ...(of === "Max" ? { note: "padding in numbers: `keras.ops.pad` with the lowest number before it" } : {}),
});

/** Sum pooling: the mean of windows of the zero-padded input, times their cells. */
/* @__NO_SIDE_EFFECTS__ */
export const sumPoolKeras = ({ word, rank }: Pooling): KerasMapping => ({
  kind: "keras",
  word,
  classes: [],
  write: (request) => {
    const { options, inputs, shape, layer, refuse } = request;
    const x = only(inputs);
    const size = axesOf(options["poolSize"], rank);
    const strides = options["strides"] === undefined ? size : axesOf(options["strides"], rank);
    const same = size.map((pool, axis) => {
      const [cells, out, stride = 1] = [x.shape[axis], shape[axis], strides[axis]];
      if (typeof cells !== "number" || typeof out !== "number") return undefined;
      const total = Math.max((out - 1) * stride + pool - cells, 0);
      return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
    });
    const known = same.filter((pair) => pair !== undefined);
    const isSame = options["padding"] === "same";
    if (isSame && known.length < rank) refuse("'same' needs the size of its input: give input(...) numbers");
    const sides = isSame ? known : explicitSides(options["padding"], rank);
    const padded =
      sides === undefined
        ? x
        : layer({
            className: `ZeroPadding${rank}D`,
            config: { padding: sidesConfig(sides), ...formatOf(rank) },
            inputs,
            shape: resized(x.shape, sides),
            part: "padding",
          });
    const mean = layer({
      ...poolLayer(`AveragePooling${rank}D`, request, { rank, padding: "valid" }),
      inputs: [padded],
      part: "mean",
    });
    const cells = size.reduce((product, cell) => product * cell, 1);
    return layer({ className: "Rescaling", config: { scale: cells, offset: 0 }, inputs: [mean] });
  },
  note: "written as a mean (of the zero-padded input) and `Rescaling`",
});

/** A pooling over all cells; with `keepdims` a reshape follows. */
/* @__NO_SIDE_EFFECTS__ */
export const globalPoolKeras = ({ word, rank, of }: Pooling & { readonly of: "Max" | "Average" }): KerasMapping => ({
  kind: "keras",
  word,
  classes: [`Global${of}Pooling${rank}D`],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    const keeps = config.flagOr(false, "keepdims") === true;
    const pooled = apply({ word, inputs });
    if (!keeps) return pooled;
    const [channels = null] = pooled.shape;
    if (channels === null) config.refuse("keepdims on unknown channels is not supported: give the input numbers");
    const targetShape = [...Array.from({ length: rank }, () => 1), channels ?? 1];
    return apply({ word: "reshape", options: { targetShape }, inputs: [pooled], part: "reshape" });
  },
  write: ({ inputs, layer }) =>
    layer({
      className: `Global${of}Pooling${rank}D`,
      config: { data_format: "channels_last", keepdims: false },
      inputs,
    }),
});

/** A pooling into so many cells. */
/* @__NO_SIDE_EFFECTS__ */
export const adaptivePoolKeras = ({ word, rank, of }: Pooling & { readonly of: "Max" | "Average" }): KerasMapping => ({
  kind: "keras",
  word,
  classes: [`Adaptive${of}Pooling${rank}D`],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({ word, options: { outputSize: config.sizes("output_size", rank) }, inputs });
  },
  write: ({ options, inputs, layer }) => {
    const size = axesOf(options["outputSize"], rank);
    return layer({
      className: `Adaptive${of}Pooling${rank}D`,
      config: { output_size: rank === 1 ? size[0] : size, data_format: "channels_last" },
      inputs,
    });
  },
});
