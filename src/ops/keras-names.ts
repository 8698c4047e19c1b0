/** Keras's names of activations and ours, both ways. */
import { activationList, kerasActivationOf, type ActivationName } from "./activations.js";

/** By Keras's name; older files may have ours in snake case where Keras has another by now (`hard_swish`). */
export const activationNames: ReadonlyMap<string, ActivationName> = new Map(
  [
    ...activationList.map((name) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name] as const),
    ...activationList.toReversed().map((name) => [kerasActivationOf(name).name, name] as const),
  ].map(([keras, name]) => [keras, ownName(name)] as const),
);

/** Of two names of one activation, that which Keras's name comes from. */
function ownName(name: ActivationName): ActivationName {
  const { name: keras } = kerasActivationOf(name);
  return activationList.find((one) => kerasActivationOf(one).name === keras) ?? name;
}

const isName = (name: unknown): name is ActivationName => activationList.some((one) => one === name);

/** Keras's name of an activation of ours, `linear` for none. */
export const kerasActivation = (name: unknown): string => (isName(name) ? kerasActivationOf(name).name : "linear");

/** Keras's layer that takes the activation's options; undefined where it is a function of `keras.ops`. */
export const kerasActivationLayer = (name: unknown): string | undefined =>
  isName(name) ? kerasActivationOf(name).layer : undefined;
