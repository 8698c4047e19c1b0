/** Clip: bounds as attributes before operator set 11, as inputs from then on. */
import { x0 } from "../../../../formula/formula.js";
import type { OnnxReadRequest, OnnxReading, OnnxTensor } from "../../../../ops/onnx-reading.js";
import { scalarOf } from "../../../../ops/onnx-reading-numbers.js";
import { applied } from "../../../../ops/onnx-reading-tensors.js";

/** No float32 lies beyond them. */
const largest = 3.4028234663852886e38;

/** A bound that is a number, or a tensor that only the run knows. */
type Bound = number | OnnxTensor | undefined;

const boundOf = ({ attributes, inputs }: OnnxReadRequest, index: number, name: string): Bound => {
  const given = inputs[index];
  if (given === undefined) return attributes.has(name) ? attributes.float(name, 0) : undefined;
  return given.numbers === undefined ? given : scalarOf(given, `the bound ${name}`);
};

/** Bounds that every number keeps are none. */
const isNone = (bound: Bound, sign: 1 | -1): boolean =>
  bound === undefined || (typeof bound === "number" && bound * sign >= largest);

const clip = (request: OnnxReadRequest): OnnxTensor => {
  const x = request.input(0);
  const [least, most] = [boundOf(request, 1, "min"), boundOf(request, 2, "max")];
  if (least === 0 && most === 6) return applied(request, "relu6", [x], {}, x.element);
  if (least === 0 && isNone(most, 1)) return applied(request, "relu", [x], {}, x.element);
  const bounded = (tensor: OnnxTensor, bound: Bound, operator: "max" | "min"): OnnxTensor =>
    bound === undefined
      ? tensor
      : typeof bound === "number"
        ? applied(request, "elementwise", [tensor], { formula: [operator, x0, bound] }, x.element)
        : applied(request, operator === "max" ? "maximum" : "minimum", [tensor, bound], {}, x.element);
  const above = isNone(least, -1) ? x : bounded(x, least, "max");
  return isNone(most, 1) ? above : bounded(above, most, "min");
};

export const clipFamily: readonly OnnxReading[] = [{ kind: "onnxReading", reads: "Clip", read: clip }];
