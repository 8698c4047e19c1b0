/** Keras's operations (`keras.ops`) as nodes of a functional model, which `x + 3` and `x[:, 1:]` make: read and written. */
import type { Nested } from "../dsl/param.js";
import { inPascalCase, readActivationOperation } from "./keras-activation.js";
import { isObject } from "../json-object.js";
import { listOf, shownValue } from "./keras-config.js";
import { formatOf } from "./keras-convolution.js";
import { withNumbers } from "./keras-layers.js";
import { mergeStep } from "./keras-merge.js";
import {
  only,
  type KerasMapping,
  type KerasOperand,
  type KerasReadRequest,
  type KerasTensor,
  type KerasValue,
  type KerasWriteRequest,
} from "./keras.js";

const numpy = "keras.src.ops.numpy";

/** Keras's operations of two operands, the words for two tensors, and the words of `ops`. */
const binary: ReadonlyMap<string, { readonly merge?: string; readonly ops: string }> = new Map([
  ["Add", { merge: "add", ops: "ops.add" }],
  ["Subtract", { merge: "subtract", ops: "ops.subtract" }],
  ["Multiply", { merge: "multiply", ops: "ops.multiply" }],
  ["Maximum", { merge: "maximum", ops: "ops.maximum" }],
  ["Minimum", { merge: "minimum", ops: "ops.minimum" }],
  ["TrueDivide", { ops: "ops.divide" }],
  ["Divide", { ops: "ops.divide" }],
  ["Power", { ops: "ops.power" }],
]);

const unary: ReadonlyMap<string, string> = new Map([
  ["Negative", "ops.negative"],
  ["Absolute", "ops.abs"],
  ["Exp", "ops.exp"],
  ["Log", "ops.log"],
  ["Sqrt", "ops.sqrt"],
  ["Square", "ops.square"],
]);

const isValue = (one: unknown): one is KerasValue => isObject(one) && "value" in one && "shape" in one;

const numbersIn = (one: unknown): Nested | undefined => {
  const bare = isObject(one) && isObject(one["config"]) ? one["config"]["value"] : one;
  const isNested = (value: unknown): value is Nested =>
    typeof value === "number"
      ? Number.isFinite(value)
      : Array.isArray(value) && value.length > 0 && value.every(isNested);
  return isNested(bare) ? bare : undefined;
};

const readBinary = (request: KerasReadRequest, className: string): KerasValue => {
  const { config, apply } = request;
  const [first, second] = [...request.given, ...Object.values(request.named)];
  const found = binary.get(className);
  const [a, b] = [isValue(first) ? first : numbersIn(first), isValue(second) ? second : numbersIn(second)];
  if (found === undefined || a === undefined || b === undefined) {
    config.bad(
      `its operands ${shownValue(first)} and ${shownValue(second)} are no tensors or numbers: the file is damaged`,
    );
    return only(request.inputs);
  }
  return isValue(a) && isValue(b) && found.merge !== undefined
    ? apply(mergeStep(found.merge, [a, b]))
    : withNumbers(request, found.ops, [a, b]);
};

/** `x[:, 1:3]`: one of each axis in order, without steps; an index alone or a new axis changes the rank by a reshape. */
const readSlices = (request: KerasReadRequest): KerasValue => {
  const { config, apply } = request;
  const x = only(request.inputs);
  const key = request.given[1];
  const list: readonly unknown[] = Array.isArray(key) ? key : [key];
  const begin: number[] = [];
  const size: number[] = [];
  const target: (number | null)[] = [];
  const wrong = (): KerasValue => {
    config.refuse(`the index ${shownValue(key)} is not supported: use slices without steps`);
    return x;
  };
  const dots = list.findIndex((one) => isObject(one) && one["class_name"] === "__ellipsis__");
  if (dots >= 0 || x.shape.includes(null)) return wrong();
  const axes = [null, ...x.shape];
  let axis = 0;
  for (const one of list) {
    if (one === null) {
      if (axis === 0) return wrong();
      target.push(1);
      continue;
    }
    const dim = axes[axis];
    const slice = isObject(one) && isObject(one["config"]) ? one["config"] : undefined;
    if (axis === 0) {
      if (slice === undefined || [slice["start"], slice["stop"], slice["step"]].some((end) => (end ?? null) !== null))
        return wrong();
    } else if (typeof dim !== "number") return wrong();
    else if (slice !== undefined) {
      const at = (end: unknown, standard: number): number =>
        (end ?? null) === null
          ? standard
          : Math.min(Math.max(Number(end) < 0 ? dim + Number(end) : Number(end), 0), dim);
      const [from, to] = [at(slice["start"], 0), at(slice["stop"], dim)];
      if ((slice["step"] ?? 1) !== 1 || !(to > from)) return wrong();
      begin.push(from);
      size.push(to - from);
      target.push(to - from);
    } else if (Number.isSafeInteger(one) && Number(one) >= -dim && Number(one) < dim) {
      begin.push(Number(one) < 0 ? dim + Number(one) : Number(one));
      size.push(1);
    } else return wrong();
    axis++;
  }
  const rest = x.shape.slice(begin.length).map(Number);
  const wholeBegin = [...begin, ...rest.map(() => 0)];
  const wholeSize = [...size, ...rest];
  const shape = [...target, ...rest];
  const same = wholeSize.join() === x.shape.join();
  const keepsRank = shape.join() === wholeSize.join();
  const sliced = same
    ? x
    : apply({
        word: "ops.slice",
        inputs: [x],
        arguments: [{ input: 0 }, { value: { begin: wholeBegin, size: wholeSize } }],
        ...(keepsRank ? {} : { part: "slice" }),
      });
  return keepsRank && !same ? sliced : apply({ word: "reshape", options: { targetShape: shape }, inputs: [sliced] });
};

const axesGiven = ({ config, named, given }: KerasReadRequest): readonly number[] | undefined => {
  const own = config.axes("axis") ?? (Array.isArray(named["axis"]) ? named["axis"] : undefined);
  const late = own ?? (typeof given[1] === "number" ? [given[1]] : undefined);
  return late?.filter((axis) => typeof axis === "number");
};

const readReduction = (request: KerasReadRequest, word: string): KerasValue => {
  const { config, inputs, apply } = request;
  const axes = axesGiven(request);
  const keepDims = config.flagOr(false, "keepdims");
  config.off("initial");
  if (axes === undefined) config.refuse("a reduction over all axes, the batch too, is not supported: name its axes");
  const options = { axes: axes ?? [-1], ...(keepDims === true ? { keepDims } : {}) };
  return apply({ word, inputs, arguments: [{ input: 0 }, { value: options }] });
};

const readPad = (request: KerasReadRequest): KerasValue => {
  const { config, named, inputs, apply } = request;
  const x = only(inputs);
  config.textOr("constant", "mode", ["constant"]);
  const widths = config.raw("pad_width");
  const value = named["constant_values"] ?? 0;
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((cells) => Number.isSafeInteger(cells));
  const [batch, ...sides] = listOf(widths);
  if (String(batch) !== "0,0" || sides.length !== x.shape.length || !sides.every(isPair) || typeof value !== "number") {
    config.refuse(`pad_width ${shownValue(widths)} is not supported: give a pair of each axis, and none of the batch`);
    return x;
  }
  return apply({ word: "ops.pad", inputs, arguments: [{ input: 0 }, { value: sides }, { value: { value } }] });
};

/** [1, h, w] and the like: an operation that only changes the axes. */
const readReshape = (request: KerasReadRequest, className: string): KerasValue => {
  const { config, inputs, apply } = request;
  const x = only(inputs);
  const shape = [...x.shape];
  if (className === "Reshape") {
    const [, ...target] = config.axes("newshape") ?? [];
    return apply({ word: "reshape", options: { targetShape: target }, inputs });
  }
  const axes = config.axes("axis") ?? [];
  for (const axis of axes) {
    const rank = shape.length + (className === "ExpandDims" ? 2 : 1);
    const place = axis === null ? -1 : (axis < 0 ? rank + axis : axis) - 1;
    const fits = place >= 0 && (className === "ExpandDims" ? place <= shape.length : shape[place] === 1);
    if (!fits) config.refuse(`axis ${shownValue(axis)} is not supported: use another`);
    if (className === "ExpandDims") shape.splice(place, 0, 1);
    else shape.splice(place, 1);
  }
  if (axes.length === 0) config.refuse("an axis that is not named is not supported: name it");
  return apply({ word: "reshape", options: { targetShape: shape.map((dim) => dim ?? -1) }, inputs });
};

const readTranspose = ({ config, inputs, apply }: KerasReadRequest): KerasValue => {
  const [batch, ...dims] = config.axes("axes") ?? [];
  if (batch !== 0) config.refuse("a transposition that moves the batch axis is not supported: keep axis 0 first");
  return apply({ word: "permute", options: { dims }, inputs });
};

const reductions: ReadonlyMap<string, string> = new Map([
  ["Mean", "ops.reduceMean"],
  ["Max", "ops.reduceMax"],
  ["Sum", "ops.reduceSum"],
]);

/** Reads a node of `keras.ops`; undefined where the operation is none that is known. */
export const readOperation = (className: string, request: KerasReadRequest): KerasValue | undefined => {
  const { config, inputs, apply } = request;
  const reduction = reductions.get(className);
  const word = unary.get(className);
  if (binary.has(className)) return readBinary(request, className);
  if (word !== undefined) return apply({ word, inputs, arguments: [{ input: 0 }] });
  if (reduction !== undefined) return readReduction(request, reduction);
  switch (className) {
    case "GetItem":
      return readSlices(request);
    case "Pad":
      return readPad(request);
    case "Reshape":
    case "Squeeze":
    case "ExpandDims":
      return readReshape(request, className);
    case "Transpose":
      return readTranspose(request);
    case "Concatenate": {
      const axis = config.numberOr(-1, "axis");
      return apply({ word: "concatenate", inputs, options: axis === undefined ? {} : { axis } });
    }
    default:
      return readActivationOperation(className.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase(), request);
  }
};

/** Names of the operations that are read, for docs/keras.md; activations as operations are read, too. */
export const operationNames: readonly string[] = [
  ...binary.keys(),
  ...unary.keys(),
  ...reductions.keys(),
  "GetItem",
  "Pad",
  "Reshape",
  "Squeeze",
  "ExpandDims",
  "Transpose",
  "Concatenate",
];

const operandsOf = ({ given, refuse }: KerasWriteRequest): readonly (KerasOperand | number)[] =>
  given.flatMap((one): readonly (KerasOperand | number)[] => {
    if ("kind" in one) return [one];
    if (typeof one.value === "number") return [one.value];
    refuse("an argument of it is no number or tensor: use layers in its place");
    return [];
  });

/** A weight times a tensor is an EinsumDense; with other operations Keras has no layer for a weight of its own. */
const writeScale = (
  request: KerasWriteRequest,
  operands: readonly (KerasOperand | number)[],
): KerasTensor | undefined => {
  const parameter = operands.find((one) => typeof one === "object" && one.kind === "parameter");
  const x = operands.find((one) => typeof one === "object" && one.kind === "tensor");
  if (parameter === undefined || typeof parameter === "number") return undefined;
  const letters = "abcdefgh".slice(0, request.shape.length + 1);
  const fits = x !== undefined && typeof x === "object" && x.kind === "tensor" && parameter.shape.length === 1;
  if (!fits || parameter.kind !== "parameter" || parameter.shape[0] !== request.shape.at(-1)) return undefined;
  return request.layer({
    className: "EinsumDense",
    config: {
      equation: `${letters},${letters.at(-1) ?? ""}->${letters}`,
      output_shape: request.shape,
      activation: "linear",
      bias_axes: null,
    },
    inputs: [x],
    weights: [parameter.weight],
  });
};

const binaryOperation = (ops: string, className: string): KerasMapping => ({
  kind: "keras",
  word: ops,
  classes: [],
  write: (request) => {
    const operands = operandsOf(request);
    const scaled = ops === "ops.multiply" ? writeScale(request, operands) : undefined;
    if (scaled !== undefined) return scaled;
    if (operands.some((one) => typeof one === "object" && one.kind === "parameter"))
      request.refuse("Keras has no layer for this use of a parameter: use a layer with weights");
    return request.operation({ module: numpy, className, config: {}, arguments: operands });
  },
});

const unaryOperation = (ops: string, className: string, module: "numpy" | "nn" = "numpy"): KerasMapping => ({
  kind: "keras",
  word: ops,
  classes: [],
  write: (request) =>
    request.operation({
      module: module === "nn" ? "keras.src.ops.nn" : numpy,
      className,
      config: {},
      arguments: operandsOf(request),
    }),
});

const valueAt = ({ given }: KerasWriteRequest, place: number): unknown => {
  const one = given[place];
  return one !== undefined && "value" in one ? one.value : undefined;
};

const reduction = (ops: string, className: string): KerasMapping => ({
  kind: "keras",
  word: ops,
  classes: [],
  write: (request) => {
    const options = valueAt(request, 1);
    const { axes, keepDims = false } = isObject(options) ? options : {};
    const config = { axis: axes, keepdims: keepDims };
    return request.operation({ module: numpy, className, config, arguments: [only(request.inputs)] });
  },
});

const slice: KerasMapping = {
  kind: "keras",
  word: "ops.slice",
  classes: [],
  write: (request) => {
    const x = only(request.inputs);
    const options = valueAt(request, 1);
    const { begin, size } = isObject(options) ? options : {};
    const [from, sizes] = [listOf(begin), listOf(size)];
    // Cropping is a layer of Keras over the axes between batch and channels, which slices mostly are.
    const sides = x.shape.map((dim, axis): [number, number] => {
      const before = Number(from[axis] ?? 0);
      return [before, Number(dim) - before - Number(sizes[axis] ?? 0)];
    });
    const spatial = sides.slice(0, -1);
    const whole = sides.at(-1)?.every((cells) => cells === 0) ?? false;
    const rank = spatial.length;
    if (whole && rank >= 1 && rank <= 3)
      return request.layer({
        className: `Cropping${rank}D`,
        config: { cropping: rank === 1 ? spatial[0] : spatial, ...formatOf(rank) },
        inputs: [x],
      });
    const slices = sides.map(([before], axis) => ({
      class_name: "__slice__",
      config: { start: before, stop: before + Number(sizes[axis] ?? 0), step: null },
    }));
    const all = { class_name: "__slice__", config: { start: null, stop: null, step: null } };
    return request.operation({
      module: numpy,
      className: "GetItem",
      config: {},
      arguments: [x],
      plain: [[all, ...slices]],
    });
  },
};

const pad: KerasMapping = {
  kind: "keras",
  word: "ops.pad",
  classes: [],
  write: (request) => {
    const [sides, options] = [valueAt(request, 1), valueAt(request, 2)];
    const value = isObject(options) && typeof options["value"] === "number" ? options["value"] : 0;
    return request.operation({
      module: numpy,
      className: "Pad",
      config: { pad_width: [[0, 0], ...listOf(sides)], mode: "constant" },
      arguments: [only(request.inputs)],
      named: { constant_values: value },
    });
  },
};

/** The words of `ops` that Keras has operations for. */
export const operationMappings: readonly KerasMapping[] = [
  ...[...binary]
    .filter(([className]) => className !== "Divide")
    .map(([className, { ops }]) => binaryOperation(ops, className)),
  ...[...unary].map(([className, word]) => unaryOperation(word, className)),
  ...["relu", "sigmoid"].map((name) => unaryOperation(`ops.${name}`, inPascalCase(name), "nn")),
  unaryOperation("ops.tanh", "Tanh"),
  ...[...reductions].map(([className, word]) => reduction(word, className)),
  slice,
  pad,
];
