/** The activations, in one table: what a layer can have inline by name, and `activation({ … })` with options. */
import type { Attributes, Emit, Value } from "../compiler/ir/graph.js";
import { ge, min, mul, select, sub, x0, type Formula } from "../formula/formula.js";
import { placeOf } from "../shape/axis.js";
import { optionText } from "../shape/text.js";

/** Options under Keras's names, in camelCase. */
export interface ActivationOptions {
  readonly linear: object;
  /** min(x, maxValue) from the threshold on, negativeSlope (x - threshold) below it. */
  readonly relu: {
    readonly negativeSlope?: number | undefined;
    readonly maxValue?: number | undefined;
    readonly threshold?: number | undefined;
  };
  readonly relu6: object;
  readonly leakyRelu: { readonly negativeSlope?: number | undefined };
  readonly elu: { readonly alpha?: number | undefined };
  readonly selu: object;
  readonly gelu: { readonly approximate?: boolean | undefined };
  readonly silu: object;
  /** Another name of silu. */
  readonly swish: object;
  readonly hardSwish: object;
  readonly mish: object;
  readonly sigmoid: object;
  readonly hardSigmoid: object;
  readonly tanh: object;
  readonly softplus: object;
  /** The axis is the last, unless `axis` names another; the batch is axis 0. */
  readonly softmax: { readonly axis?: number | undefined };
  readonly logSoftmax: { readonly axis?: number | undefined };
}
export type ActivationName = keyof ActivationOptions;

/** An option's value, as people give it: a number, or a switch. */
type Options = Readonly<Record<string, number | boolean>>;

interface Activation {
  /** The options with their defaults, which are Keras's. */
  readonly defaults: Options;
  readonly emit: (emit: Emit, x: Value, options: Options) => Value;
}

/** The operator `name` with the options as its attributes; `attributesOf` where they have other names. */
const operator = (
  name: string,
  defaults: Options = {},
  attributesOf: (options: Options) => Attributes = (options) => options,
): Activation => ({ defaults, emit: (emit, x, options) => emit(name, [x], attributesOf(options)) });

/** Keras's relu with a slope, a ceiling and a threshold. */
const bentRelu = ({ negativeSlope = 0, maxValue = Infinity, threshold = 0 }: Options): Formula => {
  const upper = maxValue === Infinity ? x0 : min(x0, Number(maxValue));
  const lower = mul(Number(negativeSlope), sub(x0, Number(threshold)));
  return select(ge(x0, Number(threshold)), upper, negativeSlope === 0 ? 0 : lower);
};

const relu: Activation = {
  defaults: { negativeSlope: 0, maxValue: Infinity, threshold: 0 },
  emit: (emit, x, options) =>
    Object.entries(relu.defaults).every(([name, value]) => options[name] === value)
      ? emit("relu", [x], {})
      : emit("elementwise", [x], { formula: bentRelu(options) }),
};

/** An operator over the last axis; another axis is brought there and back. */
const overAxis = (name: "softmax" | "logSoftmax"): Activation => ({
  defaults: { axis: -1 },
  emit: (emit, x, { axis }) => {
    const rank = x.type.shape.length - 1;
    const place = placeOf(Number(axis), rank) ?? rank - 1;
    if (place === rank - 1) return emit(name, [x], {});
    // Two axes change their places, which is its own inverse.
    const swap = x.type.shape.map((_, i) => (i === place + 1 ? rank : i === rank ? place + 1 : i));
    const turned = emit("transpose", [x], { permutation: swap });
    return emit("transpose", [emit(name, [turned], {})], { permutation: swap });
  },
});

const activations: Readonly<Record<ActivationName, Activation>> = {
  linear: { defaults: {}, emit: (_, x) => x },
  relu,
  relu6: operator("relu6"),
  leakyRelu: operator("leakyRelu", { negativeSlope: 0.2 }, ({ negativeSlope = 0 }) => ({ alpha: negativeSlope })),
  elu: operator("elu", { alpha: 1 }),
  selu: operator("selu"),
  gelu: operator("gelu", { approximate: false }),
  silu: operator("silu"),
  swish: operator("silu"),
  hardSwish: operator("hardSwish"),
  mish: operator("mish"),
  sigmoid: operator("sigmoid"),
  hardSigmoid: operator("hardSigmoid"),
  tanh: operator("tanh"),
  softplus: operator("softplus"),
  softmax: overAxis("softmax"),
  logSoftmax: overAxis("logSoftmax"),
};

/** Softmax and sigmoid give probabilities. */
export type ActivationKind<A> = A extends "softmax" | "sigmoid" ? "probabilities" : "values";
export const activationKind = (activation: ActivationName = "linear"): "probabilities" | "values" =>
  activation === "softmax" || activation === "sigmoid" ? "probabilities" : "values";

/** Emits the activation's operator; options that are not given have their defaults. */
export const emitActivation = (
  emit: Emit,
  x: Value,
  activation: ActivationName = "linear",
  options: Readonly<Record<string, number | boolean | undefined>> = {},
): Value => {
  const { defaults, emit: emitWith } = activations[activation];
  const all = Object.entries(defaults).map(([name, value]) => [name, options[name] ?? value] as const);
  return emitWith(emit, x, Object.fromEntries(all));
};

const known = Object.keys(activations)
  .filter((name) => name !== "linear")
  .join(", ");

/** A sentence for a name that types did not check; undefined for a known one. */
export const activationProblem = (layer: string, activation: string = "linear"): string | undefined =>
  Object.hasOwn(activations, activation)
    ? undefined
    : `${layer}: activation ${optionText(activation).slice(0, 18)} is unknown: use one of ${known}`;

/** A sentence for options that types did not check. */
export const activationOptionsProblem = (activation: ActivationName, options: object): string | undefined => {
  const { defaults } = activations[activation];
  for (const [name, value] of Object.entries<unknown>({ ...options })) {
    const standard = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    if (standard === undefined) {
      const names = Object.keys(defaults).join(", ");
      return `activation: ${activation} has no option ${name}: ${names === "" ? "leave it out" : `use ${names}`}`;
    }
    const fits = value === undefined || (typeof standard === "number" ? isNumber(value) : typeof value === "boolean");
    if (!fits)
      return `activation: ${name} ${optionText(value)} of ${activation} cannot be used: give a ${typeof standard}`;
  }
  return undefined;
};

const isNumber = (value: unknown): boolean => typeof value === "number" && !Number.isNaN(value);
