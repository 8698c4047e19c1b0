/** Nodes whose inputs are all known are computed while the file is read: by their own readings and the operators' oracles. */
import { graphBuilder } from "../../../compiler/ir/builder.js";
import type { Graph } from "../../../compiler/ir/graph.js";
import { concreteShape } from "../../../compiler/ir/type.js";
import { invariant } from "../../../errors.js";
import { runFormula } from "../../../ops/elementwise-reference.js";
import { OnnxReadFailure, type OnnxMaking, type OnnxTensor } from "../../../ops/onnx-reading.js";
import { dependsOnBatch } from "../../../ops/onnx-reading-numbers.js";
import { fileOrder } from "../../../ops/onnx-reading-tensors.js";
import { permuted } from "../../../ops/permuted.js";
import type { ReferenceTensor } from "../../../ops/operator.js";
import { references } from "../../../ops/references.js";
import { operators } from "../../../ops/registry.js";
import { checkedEmit } from "./making.js";
import { computedTensor, knownTensor } from "./tensor.js";

/** Elements of a tensor beyond which a node is left to the compiled graph, which computes what depends on weights once. */
const mostFolded = 2 ** 20;
/** The same where numbers depend on the batch: sizes only, as the samples of the batch are large. */
const mostSizes = 2 ** 10;

type Read = (making: OnnxMaking, inputs: readonly (OnnxTensor | undefined)[]) => readonly OnnxTensor[];

interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
  readonly element: OnnxTensor["element"];
}

/** The outputs as known tensors, or undefined where the node is to be read like any other. */
export const folded = (
  making: OnnxMaking,
  inputs: readonly (OnnxTensor | undefined)[],
  read: Read,
  name: string,
): readonly OnnxTensor[] | undefined => {
  const given = inputs.filter((input) => input !== undefined);
  if (given.length === 0 || given.some(({ numbers }) => numbers === undefined)) return undefined;
  const varies = given.some(({ numbers }) => numbers !== undefined && dependsOnBatch(numbers));
  const first = inWorld(inputs, read, { twin: false, most: varies ? mostSizes : mostFolded, varies });
  if (first === undefined) return undefined;
  const second = varies ? inWorld(inputs, read, { twin: true, most: mostSizes, varies }) : first;
  if (second === undefined || first.some(({ shape }, i) => shape.join() !== second[i]?.shape.join())) return undefined;
  const weight = given.some(({ numbers }) => numbers?.weight !== undefined) ? name : undefined;
  return first.map(({ shape, data, element }, i) => {
    const twin = varies ? Float64Array.from(second[i]?.data ?? []) : undefined;
    const numbers = element === "float" ? Float32Array.from(data) : Float64Array.from(data);
    return making.known(shape, { data: numbers, twin, weight: element === "float" ? weight : undefined }, element);
  });
};

interface World {
  /** Whether numbers are those of the second sample of the batch. */
  readonly twin: boolean;
  readonly most: number;
  readonly varies: boolean;
}

const inWorld = (
  inputs: readonly (OnnxTensor | undefined)[],
  read: Read,
  { twin, most, varies }: World,
): readonly Numbers[] | undefined => {
  const builder = graphBuilder(operators);
  const emit = checkedEmit(builder, most);
  const feeds = new Map<number, Float64Array>();
  const known: OnnxMaking["known"] = (shape, numbers, element) =>
    knownTensor(shape, numbers, element, (order, target) => {
      const value = emit("input", [], { name: String(feeds.size), dtype: "f32", shape: target });
      feeds.set(value.id, Float64Array.from(permuted(numbers.data, shape, order)));
      return value;
    });
  const making: OnnxMaking = {
    emit,
    known,
    made: (value, order = fileOrder(value.type.shape.length), element = "float") =>
      computedTensor(emit, value, order, element),
  };
  const here = inputs.map((input) => {
    if (input?.numbers === undefined) return undefined;
    const { data, twin: other, weight } = input.numbers;
    return known(input.shape.map(Number), { data: twin ? (other ?? data) : data, weight }, input.element);
  });
  try {
    const outputs = read(making, here);
    const values = outputs.map((output) =>
      output.numbers === undefined ? output.in(output.order.toSorted(byNumber)) : undefined,
    );
    const computed = evaluated(builder.finish([]), feeds);
    return outputs.map(({ shape, element, numbers }, i) => {
      const data = numbers?.data ?? computed.get(values[i]?.id ?? -1)?.data;
      invariant(data, "a folded value was not computed");
      return { shape: shape.map(Number), data, element };
    });
  } catch (failure) {
    // Too large to fold, or only one of the samples' numbers are wrong: the ordinary reading says so, if it is.
    if (failure instanceof OnnxReadFailure && (varies || failure.tag === "Unsupported")) return undefined;
    throw failure;
  }
};

const byNumber = (a: number, b: number): number => a - b;

/** Every node's value, in float64. */
const evaluated = (
  { nodes }: Graph,
  feeds: ReadonlyMap<number, Float64Array>,
): ReadonlyMap<number, ReferenceTensor> => {
  const values = new Map<number, ReferenceTensor>();
  for (const { id, op, inputs, attrs, type } of nodes) {
    const shape = concreteShape(type.shape, 1);
    const size = shape.reduce((a, b) => a * b, 1);
    const output: ReferenceTensor = { shape, data: feeds.get(id) ?? new Float64Array(size) };
    const read = inputs.map((input) => values.get(input)).filter((value) => value !== undefined);
    const formula = operators.get(op)?.formula?.(attrs);
    if (op === "constant") fillConstant(output.data, attrs["value"]);
    else if (formula !== undefined) runFormula(formula, read, output);
    else references.get(op)?.run(read, output, attrs);
    values.set(id, output);
  }
  return values;
};

const fillConstant = (data: Float64Array, value: unknown): void => {
  if (Array.isArray(value)) data.set(value.map(Number));
  else data.fill(Number(value));
};
