/** A functional model as Keras 3 writes it into config.json, and where each weight lies in its file. */
import type { KerasOperand, KerasTensor } from "../../ops/keras.js";
import type { JsonObject } from "../../json-object.js";
import { counted, snakeCase } from "./names.js";
import type { MadeLayer, MadeNode, WrittenLayers } from "./write-layers.js";

/** The content of config.json. */
export const functionalConfig = ({ layers, inputs, outputs, keys }: WrittenLayers): JsonObject => ({
  module: "keras.src.models.functional",
  class_name: "Functional",
  config: {
    name: "model",
    trainable: true,
    layers: layers.map(jsonOf),
    input_layers: endsOf(inputs),
    output_layers: keys === undefined ? endsOf(outputs) : keyed(keys, outputs),
  },
  registered_name: "Functional",
  build_config: { input_shape: null },
});

const jsonOf = ({ name, className, module, config, nodes }: MadeLayer): JsonObject => ({
  module,
  class_name: className,
  config: { name, ...config },
  registered_name: module === "keras.layers" ? null : className,
  name,
  inbound_nodes: className === "InputLayer" ? [] : nodes.map(inboundNode),
});

const inboundNode = ({ reads, operands, plain = [], named = {} }: MadeNode): JsonObject => {
  const tensors = reads.map(jsonOfTensor);
  const args = operands === undefined ? (tensors.length > 1 ? [tensors] : tensors) : operands.map(jsonOfOperand);
  return { args: [...args, ...plain], kwargs: named };
};

const jsonOfTensor = ({ layer, node, shape }: KerasTensor): JsonObject => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, ...shape], dtype: "float32", keras_history: [layer, node, 0] },
});

const jsonOfOperand = (one: KerasOperand | number): unknown => {
  if (typeof one === "number") return one;
  if (one.kind === "tensor") return jsonOfTensor(one);
  // A parameter was refused when the operation was made.
  const value = one.kind === "constant" ? one.values : [];
  return { class_name: "__numpy__", config: { value, dtype: "float32" } };
};

/** Flat for one, nested for several. */
const endsOf = (tensors: readonly KerasTensor[]): unknown => {
  const all = tensors.map(({ layer, node }) => [layer, node, 0]);
  return all.length === 1 ? all[0] : all;
};

const keyed = (keys: readonly string[], tensors: readonly KerasTensor[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(tensors.map((tensor, place) => [keys[place] ?? "", endsOf([tensor])]));

/** A group of the file with our names of the weights in it. */
export interface WeightGroup {
  readonly path: string;
  readonly name: string;
  readonly weights: readonly string[];
}

const random = /Dropout|Noise/;

/** The groups of all layers, and those of layers that draw random numbers, whose state Keras keeps there. */
export const weightGroups = ({
  layers,
}: WrittenLayers): { readonly groups: readonly WeightGroup[]; readonly seeds: readonly string[] } => {
  const names = counted();
  const placed = layers
    .filter(({ module }) => module === "keras.layers")
    .map((layer) => ({ layer, path: `layers/${names(snakeCase(layer.className))}` }));
  return {
    groups: placed.map(({ layer: { name, weights }, path }) => ({
      path: `${path}/vars`,
      name,
      weights: weights.map((weight) => weight.name),
    })),
    seeds: placed.filter(({ layer }) => draws(layer)).map(({ path }) => `${path}/seed_generator/vars`),
  };
};

/** A layer whose rate is 0 keeps no state. */
const draws = ({ className, config }: MadeLayer): boolean =>
  random.test(className) && Number(config["rate"] ?? config["stddev"] ?? 0) > 0;
