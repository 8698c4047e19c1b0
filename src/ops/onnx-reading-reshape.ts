/** Reshapes of an ONNX file's tensors: axes that are split or joined where they lie, so that images need not be turned for it. */
import { sizeOf, type Dim, type Dims } from "../compiler/ir/type.js";
import { malformed, type AxisOrder, type OnnxMaking, type OnnxTensor } from "./onnx-reading.js";
import { batchSamples, sampleSize } from "./onnx-reading-numbers.js";
import { fileOrder } from "./onnx-reading-tensors.js";

/** Neighbouring axes `from` that become neighbouring axes `to`. */
interface Group {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The finest groups of axes with as many elements on both sides. */
const groupsOf = (from: readonly number[], to: readonly number[]): readonly Group[] => {
  const groups: Group[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [startFrom, startTo] = [i, j];
    let [left, right] = [from[i++] ?? 1, to[j++] ?? 1];
    while (left !== right && (i < from.length || j < to.length))
      if (left < right && i < from.length) left *= from[i++] ?? 1;
      else if (j < to.length) right *= to[j++] ?? 1;
      else left *= from[i++] ?? 1;
    // An axis of 1 that comes next belongs to the axis before it, where the other side has none left for it.
    groups.push({ from: range(startFrom, Math.min(i, from.length)), to: range(startTo, Math.min(j, to.length)) });
  }
  return groups;
};

const range = (start: number, end: number): readonly number[] =>
  fileOrder(Math.max(0, end - start)).map((axis) => axis + start);

/** The same elements in the file's row-major order under another shape. */
export const reshapedTensor = (making: OnnxMaking, tensor: OnnxTensor, shape: Dims): OnnxTensor => {
  const { emit, made, known } = making;
  const [before, after] = [tensor.shape, shape];
  if (sizeOf(before) !== sizeOf(after))
    malformed(`[${before.join(", ")}] and [${after.join(", ")}] differ in their number of elements`);
  if (tensor.numbers !== undefined && shape.every((dim) => typeof dim === "number"))
    return known(shape.map(Number), tensor.numbers, tensor.element);
  if (shape.includes(0)) return made(tensor.in(fileOrder(before.length), shape), undefined, tensor.element);
  const groups = groupsOf(before.map(sampleSize), after.map(sampleSize));
  // Groups lie where their first axis lies; those that had no axis stay with the group before.
  const placed = inMemory(groups, tensor.order);
  const from = placed.flatMap((group) => group.from);
  const order = placed.flatMap((group) => group.to);
  const value = emit("reshape", [tensor.in(from)], { shape: order.map((axis) => shape[axis] ?? 1) });
  return made(value, order, tensor.element);
};

const inMemory = (groups: readonly Group[], order: AxisOrder): readonly Group[] => {
  let last = -1;
  const places = groups.map(({ from }) => {
    if (from.length > 0) last = Math.min(...from.map((axis) => order.indexOf(axis)));
    return last;
  });
  return groups
    .map((group, index) => ({ group, place: places[index] ?? 0, index }))
    .toSorted((a, b) => a.place - b.place || a.index - b.index)
    .map(({ group }) => group);
};

/** One axis may be -1: what is left of the elements. */
export const withRest = (wanted: Dims, from: Dims): Dims => {
  const rest = wanted.indexOf(-1);
  if (wanted.some((dim) => typeof dim === "number" && dim < -1) || wanted.lastIndexOf(-1) !== rest)
    malformed(`no shape is [${wanted.join(", ")}]`);
  if (rest < 0) return wanted;
  const total = sizeOf(from);
  const others = wanted.filter((_, axis) => axis !== rest).reduce<number>((all, dim) => all * sampleSize(dim), 1);
  const left = sampleSize(total) / others;
  if (!Number.isInteger(left)) malformed(`[${from.join(", ")}] does not fill [${wanted.join(", ")}]`);
  return wanted.with(rest, left === 0 ? 0 : dimFrom(left));
};

/** A size as a number of elements for the sample of the batch. */
const dimFrom = (size: number): Dim => {
  const factor = size / batchSamples[0];
  return !Number.isInteger(factor) ? size : factor === 1 ? "n" : `${factor}n`;
};
