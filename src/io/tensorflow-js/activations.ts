/** Activations in TensorFlow.js: by name where it has the same function, else as layers that compute it. */
import type { KerasLayer, KerasTensor } from "../../ops/keras.js";
import type { Emit } from "../keras/write-layers.js";
import { only, rescaling, type Refuse } from "./parts.js";

/**
 * TensorFlow.js's names by Keras's. Its `hardSigmoid` is Keras 2's (0.2 x + 0.5), and is not among them.
 */
const names: ReadonlyMap<string, string> = new Map([
  ...[
    "linear",
    "elu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
    "mish",
    "gelu",
  ].map((name) => [name, name] as const),
  ["silu", "swish"],
  ["log_softmax", "log_softmax"],
]);

interface Placed {
  readonly x: KerasTensor;
  readonly part?: string | undefined;
  readonly emit: Emit;
}

/** Keras 3's relu6(x + 3) / 6. */
const hardSigmoid = ({ x, part, emit }: Placed): KerasTensor => {
  const { shape } = x;
  const shifted = rescaling({ inputs: [x], part: "shift", shape }, 1, 3, emit);
  const clipped = emit({ className: "ReLU", config: { max_value: 6 }, inputs: [shifted], part: "clip", shape });
  return rescaling({ inputs: [clipped], shape, ...(part === undefined ? {} : { part }) }, 1 / 6, 0, emit);
};

const partOf = (part: string | undefined): { readonly part?: string } => (part === undefined ? {} : { part });

/** Functions that are several layers there. */
const made: ReadonlyMap<string, (placed: Placed) => KerasTensor> = new Map<string, (placed: Placed) => KerasTensor>([
  ["hard_sigmoid", hardSigmoid],
  [
    "hard_silu",
    ({ x, part, emit }) =>
      emit({
        className: "Multiply",
        config: {},
        inputs: [x, hardSigmoid({ x, part: "gate", emit })],
        shape: x.shape,
        ...partOf(part),
      }),
  ],
  [
    "leaky_relu",
    ({ x, part, emit }) =>
      emit({ className: "LeakyReLU", config: { alpha: 0.2 }, inputs: [x], shape: x.shape, ...partOf(part) }),
  ],
]);

/** A layer with an activation in its options: one that is not had there follows it. */
export const activated = (layer: KerasLayer, emit: Emit, refuse: Refuse): KerasTensor => {
  const given = layer.config["activation"];
  const wanted = typeof given === "string" ? given : "linear";
  const name = names.get(wanted);
  if (name !== undefined) return emit({ ...layer, config: { ...layer.config, activation: name } });
  const function_ = made.get(wanted);
  if (function_ === undefined) return refuse(`TensorFlow.js has no activation ${wanted.slice(0, 40)}: use another`);
  if (layer.className === "Activation") return function_({ x: only(layer), part: layer.part, emit });
  const x = emit({ ...layer, config: { ...layer.config, activation: "linear" } });
  return function_({ x, part: "activation", emit });
};
