/** The activations by name: what a layer can have inline, and `activation({ … })` with options. They are those of the list. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { nearestName } from "../dsl/nearest-name.js";
import { isLayerFunction } from "../dsl/layer.js";
import type { ExprKind } from "../dsl/probabilities.js";
import { optionText } from "../shape/text.js";
import * as words from "./activation-index.js";
import type { Inline } from "./activation-operator.js";

type Words = typeof words;
type OperatorOf<A extends string> = A extends "linear"
  ? { readonly inline: typeof none }
  : Words[`${A}Operator` & keyof Words];
type NameOf<Export> = Export extends `${infer Name}Operator` ? Name : never;

/** An activation of the list by its operator's name, or `linear`, which is none. */
export type ActivationName = "linear" | NameOf<keyof Words>;

/** Options under Keras's names, in camelCase. */
export type ActivationOptions = { readonly [A in ActivationName]: OptionsOf<OperatorOf<A>> };
type OptionsOf<O> = O extends { readonly inline: { readonly defaults: infer Defaults } }
  ? [keyof Defaults] extends [never]
    ? object
    : { readonly [K in keyof Defaults]?: Defaults[K] | undefined }
  : object;

/** The activations over an axis: those with that option. */
export type OverAxisName = {
  readonly [A in ActivationName]: "axis" extends keyof ActivationOptions[A] ? A : never;
}[ActivationName];

/** Softmax and sigmoid give probabilities. */
export type ActivationKind<A> = A extends ProbabilitiesName ? "probabilities" : "values";
type ProbabilitiesName = {
  readonly [A in ActivationName]: OperatorOf<A> extends { readonly inline: { readonly gives: "probabilities" } }
    ? A
    : never;
}[ActivationName];

const none: Inline<Record<never, never>, "values"> = { gives: "values", defaults: {}, emit: (_, x) => x };

const suffix = "Operator";
const activations: ReadonlyMap<string, Inline> = new Map<string, Inline>([
  ["linear", none],
  ...Object.entries<unknown>(words).flatMap(([name, value]) =>
    isActivation(value) ? [[name.slice(0, -suffix.length), value.inline] as const] : [],
  ),
]);

// A declaration: the table above is made with it.
function isActivation(value: unknown): value is { readonly inline: Inline } {
  return typeof value === "object" && value !== null && "inline" in value;
}

const inlineOf = (activation: ActivationName): Inline => activations.get(activation) ?? none;

export const activationKind = (activation: ActivationName = "linear"): ExprKind => inlineOf(activation).gives;

/** Whether it works over an axis, which an option names. */
export const worksOverAxis = (activation: ActivationName): boolean => "axis" in inlineOf(activation).defaults;

/** Emits the activation's operator; options that are not given have their defaults. */
export const emitActivation = (
  emit: Emit,
  x: Value,
  activation: ActivationName = "linear",
  options: object = {},
): Value => {
  const inline = inlineOf(activation);
  return inline.emit(emit, x, withDefaults(inline, options));
};

const withDefaults = ({ defaults }: Inline, options: object): object => {
  const given = Object.entries<unknown>({ ...options }).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
};

/** `hard_swish` and `HardSwish` are written hardSwish here. */
const inCamelCase = (name: string): string =>
  name
    .replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());

/** A sentence for a name that types did not check; undefined for a known one. */
export const activationProblem = (layer: string, activation: string = "linear"): string | undefined => {
  if (activations.has(activation)) return undefined;
  const nearest = nearestName(inCamelCase(String(activation)), [...activations.keys()]) ?? "linear";
  return `${layer}: activation ${optionText(activation).slice(0, 40)} is unknown: use ${nearest}, or another of Keras's in camelCase`;
};

/** A sentence for options that types did not check. */
export const activationOptionsProblem = (activation: ActivationName, options: object): string | undefined => {
  const inline = inlineOf(activation);
  const defaults: Readonly<Record<string, unknown>> = { ...inline.defaults };
  for (const [name, value] of Object.entries<unknown>({ ...options })) {
    if (!Object.hasOwn(defaults, name)) {
      const names = Object.keys(defaults).join(", ");
      return `activation: ${activation} has no option ${name}: ${names === "" ? "leave it out" : `use ${names}`}`;
    }
    if (!fits(value, defaults[name]))
      return `activation: ${name} ${optionText(value)} of ${activation} cannot be used: give a ${kindOf(defaults[name])}`;
  }
  const problem = inline.problem?.(withDefaults(inline, options));
  return problem === undefined ? undefined : `activation: ${problem}`;
};

const kindOf = (standard: unknown): string => (typeof standard === "number" ? "finite number" : typeof standard);

/** A number is finite, as formulas need it, or the default. */
const fits = (value: unknown, standard: unknown): boolean =>
  value === undefined || value === standard
    ? true
    : typeof standard === "number"
      ? Number.isFinite(value)
      : typeof value === typeof standard;

/** All names of the list, `linear` first; of two names of one activation the first in the alphabet is its own. */
export const activationList: readonly ActivationName[] = [...activations.keys()].filter(isName);

function isName(name: string): name is ActivationName {
  return activations.has(name);
}

/** What Keras calls it, and the layer of Keras that takes its options. */
export const kerasActivationOf = (
  activation: ActivationName,
): { readonly name: string; readonly layer: string | undefined } => {
  const inline = inlineOf(activation);
  const own = activationList.find((name) => inlineOf(name) === inline) ?? activation;
  return { name: inline.keras?.name ?? inSnakeCase(own), layer: inline.keras?.layer };
};

const inSnakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether it is a layer value under its name: `relu`, not `leakyRelu`, which takes options. */
export const isActivationWord = (name: string): boolean => {
  const word: unknown = Object.entries<unknown>(words).find(([key]) => key === name)?.[1];
  return isLayerFunction(word);
};
