/** Operations of Keras as layers of TensorFlow.js, which has none of them: arithmetic with numbers, of two tensors, means. */
import type { KerasLayer, KerasOperand, KerasOperation, KerasTensor } from "../../ops/keras.js";
import { listOf } from "../../ops/keras-config.js";
import type { Emit } from "../keras/write-layers.js";
import { negative, rescaling, sizesOf, type Refuse } from "./parts.js";

type Operand = KerasOperand | number;

interface Written {
  readonly operation: KerasOperation;
  readonly emit: Emit;
  readonly refuse: Refuse;
}

const isTensor = (one: Operand | undefined): one is KerasTensor => typeof one === "object" && one.kind === "tensor";

/** The numbers of an operand that has no batch axis and stretches over `x`. */
const numbersFor = (x: KerasTensor, one: Operand | undefined): unknown => {
  if (typeof one === "number") return one;
  if (one === undefined || one.kind !== "constant" || one.shape.length > x.shape.length) return undefined;
  const aligned = x.shape.slice(x.shape.length - one.shape.length);
  return one.shape.every((size, axis) => size === 1 || size === aligned[axis]) ? one.values : undefined;
};

const mapped = (numbers: unknown, f: (value: number) => number): unknown =>
  Array.isArray(numbers) ? numbers.map((one: unknown) => mapped(one, f)) : f(Number(numbers));

/** The layer that has the operation's name and shape. */
const place = (
  { operation: { part, shape } }: Written,
  inputs: readonly KerasTensor[],
): Omit<KerasLayer, "className" | "config"> => ({
  inputs,
  ...(part === undefined ? {} : { part }),
  ...(shape === undefined ? {} : { shape }),
});

const merges = new Set(["Add", "Multiply", "Maximum", "Minimum"]);

const ofTensors = (written: Written, a: KerasTensor, b: KerasTensor): KerasTensor | undefined => {
  const { className } = written.operation;
  if (className === "Subtract")
    return written.emit({ className: "Add", config: {}, ...place(written, [a, negative(b, written.emit)]) });
  return merges.has(className) ? written.emit({ className, config: {}, ...place(written, [a, b]) }) : undefined;
};

/** scale · x + offset where one operand is numbers. */
const withNumbers = (written: Written, x: KerasTensor, numbers: unknown, isFirst: boolean): KerasTensor | undefined => {
  const { operation, emit } = written;
  const scaled = (scale: unknown, offset: unknown): KerasTensor => rescaling(place(written, [x]), scale, offset, emit);
  switch (operation.className) {
    case "Add":
      return scaled(1, numbers);
    case "Subtract":
      return isFirst
        ? scaled(
            1,
            mapped(numbers, (value) => -value),
          )
        : scaled(-1, numbers);
    case "Multiply":
      return scaled(numbers, 0);
    case "TrueDivide":
      return isFirst
        ? scaled(
            mapped(numbers, (value) => 1 / value),
            0,
          )
        : undefined;
    case "Maximum":
      return numbers === 0 ? emit({ className: "ReLU", config: {}, ...place(written, [x]) }) : undefined;
    default:
      return undefined;
  }
};

const binary = (written: Written): KerasTensor | undefined => {
  const [a, b] = written.operation.arguments;
  if (isTensor(a) && isTensor(b)) return ofTensors(written, a, b);
  const x = isTensor(a) ? a : b;
  if (!isTensor(x)) return undefined;
  const numbers = numbersFor(x, isTensor(a) ? b : a);
  return numbers === undefined ? undefined : withNumbers(written, x, numbers, isTensor(a));
};

const activations = new Map([
  ["Relu", "relu"],
  ["Sigmoid", "sigmoid"],
  ["Tanh", "tanh"],
]);

/** A mean or maximum over all axes but the last is a global pooling. */
const pooled = (written: Written, x: KerasTensor): KerasTensor | undefined => {
  const { operation, emit } = written;
  const { axis, keepdims = false } = operation.config;
  const rank = x.shape.length;
  const wanted = Array.from({ length: rank - 1 }, (_, i) => i + 1).join();
  const given = sizesOf(axis).map((one) => (one < 0 ? one + rank + 1 : one));
  const kind = operation.className === "Mean" ? "Average" : operation.className === "Max" ? "Max" : undefined;
  if (kind === undefined || rank < 2 || rank > 3 || given.toSorted((a, b) => a - b).join() !== wanted) return undefined;
  const channels = x.shape.slice(-1);
  const className = `Global${kind}Pooling${rank - 1}D`;
  if (keepdims !== true) return emit({ className, config: {}, ...place(written, [x]) });
  const flat = emit({ className, config: {}, inputs: [x], shape: channels, part: "pooled" });
  const shape = [...Array.from({ length: rank - 1 }, () => 1), ...channels];
  return emit({ className: "Reshape", config: { target_shape: shape }, ...place(written, [flat]) });
};

/** Zeros around an image. */
const padded = (written: Written, x: KerasTensor): KerasTensor | undefined => {
  const { operation, emit } = written;
  const [batch, ...sides] = listOf(operation.config["pad_width"]).map(sizesOf);
  const last = sides.at(-1);
  const isImage = sides.length === 3 && [batch, last].every((side) => side?.every((cells) => cells === 0));
  if (!isImage || operation.named?.["constant_values"] !== 0) return undefined;
  return emit({ className: "ZeroPadding2D", config: { padding: sides.slice(0, 2) }, ...place(written, [x]) });
};

const unary = (written: Written): KerasTensor | undefined => {
  const { operation, emit } = written;
  const [x] = operation.arguments;
  if (!isTensor(x)) return undefined;
  const activation = activations.get(operation.className);
  if (activation !== undefined)
    return emit({ className: "Activation", config: { activation }, ...place(written, [x]) });
  switch (operation.className) {
    case "Negative":
      return rescaling(place(written, [x]), -1, 0, emit);
    case "Square":
      return emit({ className: "Multiply", config: {}, ...place(written, [x, x]) });
    case "Absolute":
      return emit({ className: "Maximum", config: {}, ...place(written, [x, negative(x, emit)]) });
    case "Pad":
      return padded(written, x);
    default:
      return pooled(written, x);
  }
};

/** The layers that compute an operation. */
export const operationLayers = (operation: KerasOperation, emit: Emit, refuse: Refuse): KerasTensor => {
  const written = { operation, emit, refuse };
  const made = operation.arguments.length === 2 ? binary(written) : unary(written);
  return (
    made ??
    refuse(`TensorFlow.js has no layer for the operation ${operation.className.slice(0, 40)}: use layers that it has`)
  );
};
