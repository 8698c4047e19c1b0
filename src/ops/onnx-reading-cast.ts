/** Casts of ONNX: all elements are float32 here, so that a cast only rounds or compares. */
import { eq, ge, neg, select, sub, x0, type Formula } from "../formula/formula.js";
import { refuse, type OnnxElement, type OnnxMaking, type OnnxTensor } from "./onnx-reading.js";
import { applied } from "./onnx-reading-tensors.js";

/** ONNX's numbers for its types; those of few digits would need rounding that we do not do. */
const targets: ReadonlyMap<number, OnnxElement> = new Map([
  [1, "float"],
  [10, "float"],
  [11, "float"],
  [16, "float"],
  [2, "whole"],
  [3, "whole"],
  [4, "whole"],
  [5, "whole"],
  [6, "whole"],
  [7, "whole"],
  [12, "whole"],
  [13, "whole"],
  [9, "truth"],
]);

const truncated: Formula = select(ge(x0, 0), ["floor", x0], neg(["floor", neg(x0)]));

export const castTo = (making: OnnxMaking, tensor: OnnxTensor, type: number): OnnxTensor => {
  const element = targets.get(type) ?? refuse(`a cast to type ${type}: floats, whole numbers and truth values only`);
  return castElements(making, tensor, element);
};

/** Towards zero for whole numbers, not 0 for truth values. */
export const castElements = (making: OnnxMaking, tensor: OnnxTensor, element: OnnxElement): OnnxTensor => {
  if (element === tensor.element || tensor.element === "truth" || (element === "float" && tensor.element === "whole"))
    return relabelled(making, tensor, element);
  const formula = element === "whole" ? truncated : sub(1, eq(x0, 0));
  return applied(making, "elementwise", [tensor], { formula }, element);
};

const relabelled = ({ made, known }: OnnxMaking, tensor: OnnxTensor, element: OnnxElement): OnnxTensor =>
  element === tensor.element
    ? tensor
    : tensor.numbers === undefined
      ? made(tensor.in(tensor.order), tensor.order, element)
      : known(tensor.shape.map(Number), tensor.numbers, element);
