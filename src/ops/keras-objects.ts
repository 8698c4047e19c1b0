/** Initialisers, regularisers and constraints as Keras's configurations, and back. */
import { isObject, type JsonObject } from "../json-object.js";
import type { Constraint, Regularizer } from "./layer.js";
import type { FanMode, Initializer, ScaledDistribution } from "./initializers.js";

/** `GlorotUniform` and `glorot_uniform` are `glorotuniform`. */
const keyOf = (name: unknown): string => String(name).replaceAll("_", "").toLowerCase();

interface Described {
  readonly key: string;
  readonly config: JsonObject;
}

/** A text or `{ class_name, config }`. */
const described = (value: unknown): Described | undefined => {
  if (typeof value === "string") return { key: keyOf(value), config: {} };
  if (!isObject(value) || typeof value["class_name"] !== "string") return undefined;
  const config = value["config"];
  return { key: keyOf(value["class_name"]), config: isObject(config) ? config : {} };
};

const numberIn = (config: JsonObject, key: string, standard: number): number => {
  const value = config[key];
  return typeof value === "number" && Number.isFinite(value) ? value : standard;
};

const scaled = (scale: number, mode: FanMode, distribution: ScaledDistribution = "truncatedNormal"): Initializer => ({
  kind: "varianceScaling",
  scale,
  mode,
  distribution,
});

const named: ReadonlyMap<string, Initializer> = new Map<string, Initializer>([
  ["zeros", { kind: "zeros" }],
  ["zero", { kind: "zeros" }],
  ["ones", { kind: "ones" }],
  ["one", { kind: "ones" }],
  ["glorotuniform", scaled(1, "fanAverage", "uniform")],
  ["glorotnormal", scaled(1, "fanAverage")],
  ["heuniform", scaled(2, "fanIn", "uniform")],
  ["henormal", scaled(2, "fanIn")],
  ["lecununiform", scaled(1, "fanIn", "uniform")],
  ["lecunnormal", scaled(1, "fanIn")],
]);

const modes: ReadonlyMap<unknown, FanMode> = new Map([
  ["fan_in", "fanIn"],
  ["fan_out", "fanOut"],
  ["fan_avg", "fanAverage"],
]);
/** Keras 2's `normal` is truncated, as Keras 3's `truncated_normal`. */
const distributions: ReadonlyMap<unknown, ScaledDistribution> = new Map([
  ["truncated_normal", "truncatedNormal"],
  ["normal", "truncatedNormal"],
  ["untruncated_normal", "untruncatedNormal"],
  ["uniform", "uniform"],
]);

/** Undefined for one that svertka has not: the weights are in the file, so that it only says how they once began. */
export const readInitializer = (value: unknown): Initializer | undefined => {
  const found = described(value);
  if (found === undefined) return undefined;
  const { key, config } = found;
  switch (key) {
    case "constant":
      return { kind: "constant", value: numberIn(config, "value", 0) };
    case "randomnormal":
    case "truncatednormal":
      return {
        kind: key === "randomnormal" ? "randomNormal" : "truncatedNormal",
        mean: numberIn(config, "mean", 0),
        stddev: numberIn(config, "stddev", 0.05),
      };
    case "randomuniform":
      return {
        kind: "randomUniform",
        minval: numberIn(config, "minval", -0.05),
        maxval: numberIn(config, "maxval", 0.05),
      };
    case "orthogonal":
    case "orthogonalinitializer":
      return { kind: "orthogonal", gain: numberIn(config, "gain", 1) };
    case "variancescaling":
      return scaled(
        numberIn(config, "scale", 1),
        modes.get(config["mode"]) ?? "fanIn",
        distributions.get(config["distribution"]),
      );
    default:
      return named.get(key);
  }
};

/** Undefined for one that is no sum of absolute values and squares. */
export const readRegularizer = (value: unknown): Regularizer | undefined => {
  const { key, config } = described(value) ?? { key: "", config: {} };
  if (!["l1", "l2", "l1l2"].includes(key)) return undefined;
  // Keras's `"l2"` alone is L2(0.01); `L1L2()` is none.
  const standard = key === "l1l2" ? 0 : 0.01;
  return {
    l1: key === "l2" ? 0 : numberIn(config, "l1", standard),
    l2: key === "l1" ? 0 : numberIn(config, "l2", standard),
  };
};

const axesIn = (config: JsonObject): readonly number[] => {
  const axis = config["axis"] ?? 0;
  return (Array.isArray(axis) ? axis : [axis]).map(Number);
};

export const readConstraint = (value: unknown): Constraint | undefined => {
  const { key, config } = described(value) ?? { key: "", config: {} };
  const norm = (minimum: number, maximum: number, rate = 1): Constraint => ({
    kind: "norm",
    minimum,
    maximum,
    rate,
    axes: axesIn(config),
  });
  switch (key) {
    case "nonneg":
    case "nonnegative":
      return { kind: "nonNegative" };
    case "maxnorm":
      return norm(0, numberIn(config, "max_value", 2));
    case "unitnorm":
      return norm(1, 1);
    case "minmaxnorm":
      return norm(numberIn(config, "min_value", 0), numberIn(config, "max_value", 1), numberIn(config, "rate", 1));
    default:
      return undefined;
  }
};

const object = (module: string, name: string, config: JsonObject): JsonObject => ({
  module,
  class_name: name,
  config,
  registered_name: null,
});

const modeNames: Readonly<Record<FanMode, string>> = { fanIn: "fan_in", fanOut: "fan_out", fanAverage: "fan_avg" };
const distributionNames: Readonly<Record<ScaledDistribution, string>> = {
  truncatedNormal: "truncated_normal",
  untruncatedNormal: "untruncated_normal",
  uniform: "uniform",
};

/** Keras's configuration of an initialiser; of given numbers it is zeros, as the weights are in the file. */
export const writeInitializer = (initializer: unknown, standard: Initializer): JsonObject => {
  // Sound: the option's type, which files that no compiler has seen have passed by now, as initializerProblem was asked.
  const one = (initializer ?? standard) as Initializer;
  const of = (name: string, config: JsonObject = {}): JsonObject => object("keras.initializers", name, config);
  switch (one.kind) {
    case "zeros":
    case "fromArray":
      return of("Zeros");
    case "ones":
      return of("Ones");
    case "constant":
      return of("Constant", { value: one.value });
    case "randomUniform":
      return of("RandomUniform", { minval: one.minval, maxval: one.maxval, seed: null });
    case "randomNormal":
      return of("RandomNormal", { mean: one.mean, stddev: one.stddev, seed: null });
    case "truncatedNormal":
      return of("TruncatedNormal", { mean: one.mean, stddev: one.stddev, seed: null });
    case "orthogonal":
      return of("Orthogonal", { gain: one.gain, seed: null });
    case "varianceScaling":
      return of("VarianceScaling", {
        scale: one.scale,
        mode: modeNames[one.mode],
        distribution: distributionNames[one.distribution],
        seed: null,
      });
  }
};

export const writeRegularizer = (regularizer: unknown): JsonObject | null => {
  if (regularizer === undefined) return null;
  const { l1, l2 } = regularizer as Regularizer; // sound: as above
  return object("keras.regularizers", "L1L2", { l1, l2 });
};

export const writeConstraint = (constraint: unknown): JsonObject | null => {
  if (constraint === undefined) return null;
  const one = constraint as Constraint; // sound: as above
  if (one.kind === "nonNegative") return object("keras.constraints", "NonNeg", {});
  const { minimum, maximum, rate, axes } = one;
  return object("keras.constraints", "MinMaxNorm", {
    min_value: minimum,
    max_value: maximum,
    rate,
    axis: axes.length === 1 ? axes[0] : axes,
  });
};
