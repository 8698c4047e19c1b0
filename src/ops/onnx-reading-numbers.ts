/** Known numbers of an ONNX file as sizes, axes and scalars: what shape arithmetic ends in. */
import { concreteDim, type Dim, type Dims } from "../compiler/ir/type.js";
import { malformed, refuse, type OnnxNumbers, type OnnxTensor } from "./onnx-reading.js";

/**
 * Numbers that depend on the batch are known for two sizes of it, large primes: a size that is k times the one and k times
 * the other is `kn`. So every operator on shapes is folded as on any numbers.
 */
export const batchSamples = [1_000_003, 1_000_033] as const;

/** An axis as `batchSamples[0]` examples have it. */
export const sampleSize = (dim: Dim): number => concreteDim(dim, batchSamples[0]);

/** Whether numbers change with the batch. */
export const dependsOnBatch = ({ data, twin }: OnnxNumbers): boolean =>
  twin !== undefined && twin.some((value, i) => value !== data[i]);

const knownNumbers = (tensor: OnnxTensor, what: string): OnnxNumbers =>
  tensor.numbers ?? refuse(`${what} computed at run time: a graph of svertka has fixed shapes, so give an initialiser`);

/** Numbers that do not depend on the batch. */
export const numbersOf = (tensor: OnnxTensor, what: string): readonly number[] => {
  const numbers = knownNumbers(tensor, what);
  if (dependsOnBatch(numbers)) refuse(`${what} that depend on the batch size: give the input a fixed first axis`);
  return Array.from(numbers.data);
};

/** The numbers for `batchSamples[0]` examples. */
export const sampledNumbers = (tensor: OnnxTensor, what: string): readonly number[] =>
  Array.from(knownNumbers(tensor, what).data);

/** The only number of a tensor. */
export const scalarOf = (tensor: OnnxTensor, what: string): number => {
  const [value, ...more] = numbersOf(tensor, what);
  return value === undefined || more.length > 0 ? malformed(`${what} is no single number`) : value;
};

/** Sizes, the batch among them. */
export const dimsOf = (tensor: OnnxTensor, what: string): Dims => {
  const { data, twin } = knownNumbers(tensor, what);
  return Array.from(data, (value, i) => dimOf(value, twin?.[i] ?? value, what));
};

const dimOf = (value: number, twin: number, what: string): Dim => {
  if (value === twin) return value;
  const factor = value / batchSamples[0];
  if (!Number.isSafeInteger(factor) || factor < 1 || factor * batchSamples[1] !== twin)
    refuse(`${what} that depend on the batch size other than as a multiple: give the input a fixed first axis`);
  return factor === 1 ? "n" : `${factor}n`;
};

/** An axis by number, from the end where it is negative. */
export const axisOf = (axis: number, rank: number): number => {
  const place = axis < 0 ? axis + rank : axis;
  return Number.isInteger(place) && place >= 0 && place < rank
    ? place
    : malformed(`axis ${axis} is none of a tensor of rank ${rank}`);
};

/** Different axes by number, in order. */
export const axesOf = (axes: readonly number[], rank: number): readonly number[] => {
  const places = axes.map((axis) => axisOf(axis, rank));
  if (new Set(places).size < places.length) malformed(`axes ${axes.join(", ").slice(0, 60)} name one twice`);
  return places.toSorted((a, b) => a - b);
};
