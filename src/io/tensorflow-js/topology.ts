/** A functional model as TensorFlow.js writes it: Keras 2's form of configurations and of calls. */
import { isObject, type JsonObject } from "../../json-object.js";
import type { KerasTensor } from "../../ops/keras.js";
import type { MadeLayer, WrittenLayers } from "../keras/write-layers.js";

/** The `modelTopology` of model.json. */
export const topologyOf = ({ layers, inputs, outputs }: WrittenLayers): JsonObject => ({
  class_name: "Model",
  config: {
    name: "model",
    layers: layers.map(jsonOf),
    input_layers: inputs.map(endOf),
    output_layers: outputs.map(endOf),
  },
  keras_version: "tfjs-layers 4.22.0",
  backend: "tensor_flow.js",
});

const endOf = ({ layer, node }: KerasTensor): unknown => [layer, node, 0];

const jsonOf = ({ name, className, config, nodes }: MadeLayer): JsonObject => ({
  class_name: className,
  name,
  config: { name, ...configOf(className, config) },
  inbound_nodes:
    className === "InputLayer" ? [] : nodes.map(({ reads }) => reads.map((one) => [one.layer, one.node, 0, {}])),
});

const configOf = (className: string, config: JsonObject): JsonObject => {
  if (className === "InputLayer") return { batch_input_shape: config["batch_shape"], dtype: "float32", sparse: false };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, isObject(value) ? describedOf(value) : value]),
  );
};

/** An initialiser, a regulariser or a constraint: its name and its options. */
const describedOf = (value: JsonObject): JsonObject => {
  const { class_name: name, config } = value;
  const options = isObject(config) ? config : {};
  // Where TensorFlow.js says "normal" it does not cut either.
  const distribution = options["distribution"] === "untruncated_normal" ? { distribution: "normal" } : {};
  return { class_name: name, config: { ...options, ...distribution } };
};
