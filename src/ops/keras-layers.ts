/** Keras layers that are no single layer here: scales and shifts, `LayerScale`, the identity. */
import type { Nested } from "../dsl/param.js";
import { only, type KerasMapping, type KerasReadRequest, type KerasValue } from "./keras.js";
import { isObject } from "../json-object.js";
import { shownValue } from "./keras-config.js";

const isNested = (value: unknown): value is Nested =>
  typeof value === "number"
    ? Number.isFinite(value)
    : Array.isArray(value) && value.length > 0 && value.every(isNested);

/** A number, or numbers in lists, bare or as Keras keeps an array. */
const numbersOf = (value: unknown): Nested | undefined => {
  const bare = isObject(value) && isObject(value["config"]) ? value["config"]["value"] : value;
  return isNested(bare) ? bare : undefined;
};

const flatNumbers = (value: Nested): readonly number[] =>
  typeof value === "number" ? [value] : value.flatMap(flatNumbers);

const hasRank = (value: Nested, most: number): boolean =>
  typeof value === "number" || (most > 0 && value.every((item) => hasRank(item, most - 1)));

/** x by an operation with a number, or with numbers that stretch over the last axes. */
export const withNumbers = (
  { apply }: Pick<KerasReadRequest, "apply">,
  word: string,
  operands: readonly (KerasValue | Nested)[],
  part?: string,
): KerasValue => {
  const named = part === undefined ? {} : { part };
  const isValue = (one: KerasValue | Nested): one is KerasValue => typeof one === "object" && "value" in one;
  const values = operands.map((one) =>
    typeof one === "number" || isValue(one)
      ? one
      : apply({ word: "tensor", inputs: [], arguments: [{ value: one }], part: `${part ?? word.slice(4)}_by` }),
  );
  const inputs = values.filter((one) => typeof one !== "number");
  let place = 0;
  const given = values.map((one) => (typeof one === "number" ? { value: one } : { input: place++ }));
  return apply({ word, inputs, arguments: given, ...named });
};

/** scale · x + offset; a factor of 1 and a summand of 0 are left out. */
const scaledAndShifted = (request: KerasReadRequest, scale: Nested, offset: Nested): KerasValue => {
  const x = only(request.inputs);
  if (scale === 1 && offset === 0)
    return request.apply({ word: "activation", options: { name: "linear" }, inputs: [x] });
  const scaled = scale === 1 ? x : withNumbers(request, "ops.multiply", [x, scale], offset === 0 ? undefined : "scale");
  return offset === 0 ? scaled : withNumbers(request, "ops.add", [scaled, offset]);
};

export const rescalingKeras = {
  kind: "keras",
  word: "ops.multiply",
  classes: ["Rescaling"],
  read: (request) => {
    const { config, inputs } = request;
    const rank = inputs[0]?.shape.length ?? 0;
    const [scale, offset] = [numbersOf(config.raw("scale") ?? 1), numbersOf(config.raw("offset") ?? 0)];
    if (scale === undefined || offset === undefined || !hasRank(scale, rank) || !hasRank(offset, rank)) {
      config.bad("scale and offset are no numbers: the file is damaged");
      return only(inputs);
    }
    return scaledAndShifted(request, scale, offset);
  },
  note: "as `ops.multiply` and `ops.add`",
} satisfies KerasMapping;

const epsilon = 1e-7;

/** (x − mean) / max(√variance, ε), the numbers from the configuration or, where it was adapted, from the weights. */
export const normalizationKeras = {
  kind: "keras",
  word: "ops.multiply",
  classes: ["Normalization"],
  read: (request) => {
    const { config, inputs, variable } = request;
    const x = only(inputs);
    const axes = config.axes("axis") ?? [-1];
    const isLast = axes.length === 0 || (axes.length === 1 && (axes[0] === -1 || axes[0] === x.shape.length));
    if (!isLast) config.refuse(`axis ${JSON.stringify(axes)} is not the last: use axis -1, or None`);
    const invert = config.flagOr(false, "invert") === true;
    const flat = (value: unknown, place: number): readonly number[] | undefined => {
      const numbers = numbersOf(value);
      return numbers === undefined ? variable(place) : flatNumbers(numbers);
    };
    const mean = flat(config.raw("mean"), 0);
    const variance = flat(config.raw("variance"), 1);
    const channels = axes.length === 0 ? 1 : x.shape.at(-1);
    const fits = (list: readonly number[] | undefined): boolean =>
      list !== undefined && list.every(Number.isFinite) && (list.length === 1 || list.length === channels);
    if (mean === undefined || variance === undefined || !fits(mean) || !fits(variance) || variance.some((v) => v < 0)) {
      config.bad(
        `its mean and variance ${shownValue([mean?.length, variance?.length])} do not fit its input: adapt it again`,
      );
      return x;
    }
    const deviation = variance.map((value) => Math.max(Math.sqrt(value), epsilon));
    const at = (list: readonly number[], place: number): number => list[list.length === 1 ? 0 : place] ?? 0;
    const length = Math.max(mean.length, deviation.length);
    const places = Array.from({ length }, (_, place) => place);
    const shift = places.map((place) => (invert ? at(mean, place) : -at(mean, place) / at(deviation, place)));
    const scale = places.map((place) => (invert ? at(deviation, place) : 1 / at(deviation, place)));
    return length === 1
      ? scaledAndShifted(request, at(scale, 0), at(shift, 0))
      : scaledAndShifted(request, scale, shift);
  },
  note: "as `ops.multiply` and `ops.add`, with the numbers that it was adapted to",
} satisfies KerasMapping;

/** x times a weight of its last axis, a parameter here. */
const scaledByWeight = ({ apply }: KerasReadRequest, x: KerasValue, channels: number): KerasValue => {
  const gamma = apply({
    word: "parameter",
    inputs: [],
    arguments: [{ value: [channels] }, { value: { name: "gamma" } }],
    part: "gamma",
    weights: [{ name: "" }],
  });
  return apply({ word: "ops.multiply", inputs: [x, gamma], arguments: [{ input: 0 }, { input: 1 }] });
};

export const layerScaleKeras = {
  kind: "keras",
  word: "ops.multiply",
  classes: ["LayerScale"],
  read: (request) => {
    const { config, inputs } = request;
    config.ignore("init_values");
    return scaledByWeight(request, only(inputs), config.number("projection_dim"));
  },
  note: "ConvNeXt's: as `ops.multiply` with a `parameter`; written as `EinsumDense`",
} satisfies KerasMapping;

/** The one use of EinsumDense that is read: a factor for each of the last axis, which the writer makes. */
export const einsumDenseKeras = {
  kind: "keras",
  word: "ops.multiply",
  classes: ["EinsumDense"],
  read: (request) => {
    const { config, inputs } = request;
    const x = only(inputs);
    const equation = String(config.raw("equation"));
    const [, axes = "", last] = /^([a-z]+),([a-z])->\1$/.exec(equation) ?? [];
    const channels = x.shape.at(-1);
    config.ignore("output_shape", "kernel_initializer", "kernel_regularizer", "kernel_constraint");
    config.ignore("bias_initializer", "bias_regularizer", "bias_constraint");
    config.off("bias_axes");
    const linear = config.activation().name === undefined;
    if (
      last === undefined ||
      !axes.endsWith(last) ||
      axes.length !== x.shape.length + 1 ||
      typeof channels !== "number" ||
      !linear
    ) {
      config.refuse(`equation ${shownValue(equation)} is not supported: use Dense`);
      return x;
    }
    return scaledByWeight(request, x, channels);
  },
  note: "only as a factor for each of the last axis (`abcd,d->abcd`)",
} satisfies KerasMapping;

export const identityKeras = {
  kind: "keras",
  word: "activation",
  classes: ["Identity"],
  read: ({ inputs, apply }) => apply({ word: "activation", options: { name: "linear" }, inputs }),
} satisfies KerasMapping;

export const activityRegularizationKeras = {
  kind: "keras",
  word: "activation",
  classes: ["ActivityRegularization"],
  read: ({ config, inputs, apply }) => {
    config.noteTraining("l1", "l2");
    return apply({ word: "activation", options: { name: "linear" }, inputs });
  },
} satisfies KerasMapping;

/** [n] becomes [times, n]. */
export const repeatVectorKeras = {
  kind: "keras",
  word: "upSampling1d",
  classes: ["RepeatVector"],
  read: ({ config, inputs, apply }) => {
    const x = only(inputs);
    const row = apply({ word: "reshape", options: { targetShape: [1, x.shape[0] ?? -1] }, inputs: [x], part: "row" });
    return apply({ word: "upSampling1d", options: { size: config.number("n") }, inputs: [row] });
  },
  note: "as `reshape` and `upSampling1d`",
} satisfies KerasMapping;
