/** Keras mappings of the activations: `Activation`, layers with options, functions of `keras.ops`, and activations inside layers. */
import { activationNames, kerasActivation } from "./keras-names.js";
import { given, only, type KerasMapping, type KerasReadRequest, type KerasStep, type KerasValue } from "./keras.js";

/** Activations that are words of the DSL; the others are `activation({ name })`. */
const words = new Set([
  "elu",
  "gelu",
  "hardSigmoid",
  "hardSwish",
  "logSoftmax",
  "mish",
  "relu",
  "relu6",
  "selu",
  "sigmoid",
  "silu",
  "softmax",
  "softplus",
  "tanh",
]);

/** An activation by its name here, with options other than the defaults. */
export const activationStep = (
  name: string,
  inputs: readonly KerasValue[],
  options: Readonly<Record<string, unknown>> = {},
): KerasStep => {
  const special = given(options);
  return Object.keys(special).length === 0 && words.has(name)
    ? { word: name, inputs }
    : { word: "activation", inputs, options: { name, ...special } };
};

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
  write: ({ options, inputs, layer, operation, refuse }) => {
    const { name, ...rest } = options;
    const special = Object.entries(given(rest));
    if (special.length === 0)
      return layer({ className: "Activation", config: { activation: kerasActivation(name) }, inputs });
    const config = Object.fromEntries(special.map(([key, value]) => [inSnakeCase(key), value]));
    switch (name) {
      case "relu":
        return layer({
          className: "ReLU",
          config: { ...config, max_value: finiteOrNull(config["max_value"]) },
          inputs,
        });
      case "elu":
        return layer({ className: "ELU", config, inputs });
      case "leakyRelu":
        return layer({ className: "LeakyReLU", config, inputs });
      case "softmax":
        return layer({ className: "Softmax", config, inputs });
      case "celu":
      case "gelu":
      case "hardShrink":
      case "logSoftmax":
      case "softShrink":
      case "squareplus":
      case "threshold":
        return operation({
          module: "keras.src.ops.nn",
          className: inPascalCase(String(name)),
          config,
          arguments: inputs,
        });
      default:
        refuse(`options of ${String(name)} have nothing like them in Keras: leave them out`);
        return only(inputs);
    }
  },
};

const finiteOrNull = (value: unknown): unknown => (value === Infinity || value === undefined ? null : value);
const inSnakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const inPascalCase = (name: string): string => name.replace(/^[a-z]/, (letter) => letter.toUpperCase());
export const inCamelCase = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The mapping of an activation that is a layer value; written by its name. */
export const activationValueKeras = (word: string): KerasMapping => ({
  kind: "keras",
  word,
  classes: [],
  write: ({ inputs, layer }) =>
    layer({ className: "Activation", config: { activation: kerasActivation(word) }, inputs }),
});

/** Keras's function of that name, as a node of `keras.ops.nn`: its options are the activation's. */
export const readActivationOperation = (
  snake: string,
  { config, inputs, apply }: KerasReadRequest,
): KerasValue | undefined => {
  const name = activationNames.get(snake);
  if (name === undefined || name === "linear") return undefined;
  const options = config.rest((key) => inCamelCase(key));
  // Keras's function of gelu is approximate unless it is told otherwise; its activation is not.
  const approximate = name === "gelu" ? { approximate: options["approximate"] ?? true } : {};
  const axis = options["axis"] === -1 ? { axis: undefined } : {};
  return apply(activationStep(name, inputs, { ...options, ...approximate, ...axis }));
};
