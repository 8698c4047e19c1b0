/** Small pieces that layers which TensorFlow.js has not are made of. */
import type { KerasLayer, KerasTensor } from "../../ops/keras.js";
import type { Emit } from "../keras/write-layers.js";

export type Refuse = (rule: string) => never;

/** A number or a list of numbers as a list; of a shape with unknown axes those before the first of them. */
export const sizesOf = (value: unknown): readonly number[] => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const end = list.findIndex((size) => typeof size !== "number");
  return list.slice(0, end < 0 ? undefined : end).map(Number);
};

/** The one input of a layer, which the writer has counted. */
export const only = ({ inputs }: Pick<KerasLayer, "inputs">): KerasTensor => {
  const [x] = inputs;
  if (x === undefined) throw new Error("svertka bug: a layer of TensorFlow.js is written with an input");
  return x;
};

type Place = Pick<KerasLayer, "inputs" | "part" | "shape">;

/** scale · x + offset: numbers, or lists of them over the last axes. */
export const rescaling = ({ inputs, part, shape }: Place, scale: unknown, offset: unknown, emit: Emit): KerasTensor =>
  emit({
    className: "Rescaling",
    config: { scale, offset },
    inputs,
    ...(part === undefined ? {} : { part }),
    ...(shape === undefined ? {} : { shape }),
  });

export const negative = (x: KerasTensor, emit: Emit): KerasTensor =>
  rescaling({ inputs: [x], part: "negative", shape: x.shape }, -1, 0, emit);

/** A layer for images over one of fewer axes: it is reshaped to an image before, and back afterwards. */
export const overPlane = (
  layer: KerasLayer,
  inner: Pick<KerasLayer, "className" | "config">,
  emit: Emit,
  refuse: Refuse,
): KerasTensor => {
  const x = only(layer);
  if (x.shape.length === 3) return emit({ ...layer, ...inner });
  const sizes = sizesOf(x.shape);
  const channels = sizes.at(-1);
  if (x.shape.length > 3 || sizes.length !== x.shape.length || channels === undefined)
    return refuse("TensorFlow.js needs images or rows of known size for it: give input(...) numbers");
  const plane = x.shape.length === 2 ? [sizes[0] ?? 1, 1, channels] : [1, 1, channels];
  const image = emit({
    className: "Reshape",
    config: { target_shape: plane },
    inputs: [x],
    shape: plane,
    part: partOf(layer, "plane"),
  });
  const { shape, ...rest } = layer;
  const done = emit({ ...rest, ...inner, inputs: [image] });
  // Its result has its own shape as an image; -1 is the axis that is counted from the others.
  return emit({
    className: "Reshape",
    config: { target_shape: x.shape.length === 2 ? [-1, channels] : [channels] },
    inputs: [done],
    ...(shape === undefined ? {} : { shape }),
    part: partOf(layer, "row"),
  });
};

const partOf = ({ part }: KerasLayer, own: string): string => (part === undefined ? own : `${part}_${own}`);
