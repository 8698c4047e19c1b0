/** Keras mappings of the activations: `Activation`, layers with options, functions of `keras.ops`, and activations inside layers. */
import { activationList, isActivationWord } from "./activations.js";
import { activationNames, kerasActivation, kerasActivationLayer } from "./keras-names.js";
import {
  given,
  valueStep,
  type KerasMapping,
  type KerasReadRequest,
  type KerasStep,
  type KerasValue,
  type LayerOptions,
} from "./keras.js";

/** An activation by its name here, with options other than the defaults. */
const activationStep = (name: string, inputs: readonly KerasValue[], options: LayerOptions = {}): KerasStep =>
  isActivationWord(name)
    ? valueStep(name, inputs, options)
    : { word: "activation", inputs, options: { name, ...given(options) } };

/** A layer with an activation inside: by name in its options, or a layer after it where that has options. */
export const applyActivated = ({ config, apply, nested }: KerasReadRequest, step: KerasStep): KerasValue => {
  const { name, layer } = config.activation();
  const y = apply({ ...step, options: given({ ...step.options, activation: name }) });
  return layer === undefined ? y : nested(layer, [y], "activation");
};

export const activationKeras: KerasMapping = {
  kind: "keras",
  word: "activation",
  classes: ["Activation"],
  read: ({ config, inputs, apply, nested }) => {
    const { name = "linear", layer } = config.activation();
    return layer === undefined ? apply(activationStep(name, inputs)) : nested(layer, inputs, "activation");
  },
  write: ({ options, inputs, layer, operation }) => {
    const { name, ...rest } = options;
    const special = Object.entries(given(rest));
    if (special.length === 0)
      return layer({ className: "Activation", config: { activation: kerasActivation(name) }, inputs });
    const config = Object.fromEntries(special.map(([key, value]) => [inSnakeCase(key), finiteOrNull(value)]));
    const className = kerasActivationLayer(name);
    return className === undefined
      ? operation({
          module: "keras.src.ops.nn",
          className: inPascalCase(String(name)),
          config,
          arguments: inputs,
        })
      : layer({ className, config, inputs });
  },
};

/** JSON has no infinity; Keras has none in its place. */
const finiteOrNull = (value: unknown): unknown => (value === Infinity ? null : value);
const inSnakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const inPascalCase = (name: string): string => name.replace(/^[a-z]/, (letter) => letter.toUpperCase());
export const inCamelCase = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The activations that are layer values are written by their names; those with a layer in Keras have mappings of their own for it. */
export const activationMappings: readonly KerasMapping[] = activationList.filter(isActivationWord).map((word) => ({
  kind: "keras",
  word,
  classes: [],
  write: ({ inputs, layer }) =>
    layer({ className: "Activation", config: { activation: kerasActivation(word) }, inputs }),
}));

/** Keras's function of that name, as a node of `keras.ops.nn`: its options are the activation's. */
export const readActivationOperation = (
  snake: string,
  { config, inputs, apply }: KerasReadRequest,
): KerasValue | undefined => {
  const name = activationNames.get(snake);
  if (name === undefined || name === "linear") return undefined;
  const options = config.rest((key) => inCamelCase(key));
  const axis = options["axis"] === -1 ? { axis: undefined } : {};
  return apply(activationStep(name, inputs, { ...options, ...axis }));
};
