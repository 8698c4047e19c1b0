/** Emits gradient clipping. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { div, max, min, mul, sqrt } from "../../formula/formula.js";
import type { Clipping } from "./optimizer.js";

type Gradients = readonly (Value | undefined)[];

const sumOfSquares = (value: Value, emit: Emit): Value => {
  const squares = emit("elementwise", [value], { formula: mul("x0", "x0") });
  return emit("reduceSum", [squares], { axes: value.type.shape.map((_, axis) => axis), keepDims: false });
};

/**
 * The gradients, none too large: g · limit / max(‖g‖, limit), with the norm of one or of all, or each element in
 * [−limit, limit].
 *
 * Source  Pascanu et al. 2013 (arXiv:1211.5063); Keras 3 `clipnorm`, `global_clipnorm`, `clipvalue`.
 */
export const clipGradients = (gradients: Gradients, clipping: Clipping | undefined, emit: Emit): Gradients => {
  if (clipping === undefined) return gradients;
  const { by, limit } = clipping;
  const scaled = (gradient: Value, squares: Value): Value =>
    emit("elementwise", [gradient, squares], { formula: mul("x0", div(limit, max(sqrt("x1"), limit))) });
  if (by === "value")
    return gradients.map(
      (gradient) => gradient && emit("elementwise", [gradient], { formula: min(max("x0", -limit), limit) }),
    );
  if (by === "norm") return gradients.map((gradient) => gradient && scaled(gradient, sumOfSquares(gradient, emit)));
  const known = gradients.filter((gradient) => gradient !== undefined);
  const [first, ...others] = known.map((gradient) => sumOfSquares(gradient, emit));
  if (first === undefined) return gradients;
  const total = others.reduce((sum, squares) => emit("add", [sum, squares]), first);
  return gradients.map((gradient) => gradient && scaled(gradient, total));
};
