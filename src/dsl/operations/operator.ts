/** Any operator of the graph by its name: what the other operations and the layers have no word for. */
import type { Attributes } from "../../compiler/ir/graph.js";
import { f32, type TensorType } from "../../compiler/ir/type.js";
import { E, pipe, type Either } from "../../fp.js";
import type { LayerSpec } from "../../ops/layer.js";
import { operators } from "../../ops/registry.js";
import { isPoisoned, type Shape } from "../../shape/shape.js";
import { shapeText } from "../../shape/text.js";
import type { Expr } from "../expr.js";
import { isParam, nodeOfParam } from "../param.js";
import { applyOperation, type Tensor } from "./operand.js";

/** Types of results that are no floats per example: whole numbers, or rows of which an example has several. */
const unusual = new WeakMap<object, TensorType>();

const typeOf = (x: Tensor, shape: Shape): TensorType => {
  const node = nodeOfParam(x)["~node"];
  const known = node.kind === "layer" ? unusual.get(node.layer.build) : undefined;
  const axes = shape.map(Number);
  return known ?? (isParam(x) ? f32(...axes) : f32("n", ...axes));
};

/** The type of the result, by the operator's own rule. */
const resultType = (
  name: string,
  { inputs, attrs }: { readonly inputs: readonly Tensor[]; readonly attrs: Attributes },
  shapes: readonly Shape[],
): Either<string, TensorType> => {
  const error = shapes.find(isPoisoned);
  if (error !== undefined) return E.left(error.error);
  const operator = operators.get(name);
  if (operator === undefined || inputs.length === 0)
    return E.left(
      `operator: there is no operator '${String(name).slice(0, 40)}' of such inputs: see svertka explain for those that there are`,
    );
  const unknown = shapes.find((shape) => shape.includes(null));
  if (unknown !== undefined)
    return E.left(
      `${name}: an axis of [${shapeText(unknown)}] is unknown, and its type rule needs numbers: give them in input(...)`,
    );
  return operator.type(
    shapes.map((shape, i) => typeOf(inputs[i] ?? { shape, "~param": true }, shape)),
    attrs,
  );
};

const withoutBatch = ({ shape }: TensorType): Shape =>
  (typeof shape[0] === "string" ? shape.slice(1) : shape).map((dim) => (typeof dim === "number" ? dim : null));

/**
 * An operator of the graph by its name, with its attributes, as `svertka explain` prints them. Types do not know its
 * shape: say it by the type argument.
 *
 * Shape   that of the operator's type rule; S in types.
 * Params  none.
 * Errors  those of its type rule; an unknown name; an unknown axis.
 *
 * @example
 * const y = ops.operator<[28, 28, 1]>("reverse", [input([28, 28, 1])], { axes: [2] }) // mirrored
 */
export function operator<S extends Shape = Shape>(
  name: string,
  inputs: readonly Tensor[],
  attrs: Attributes = {},
): Expr<S> {
  const build: LayerSpec["build"] = ({ emit }, values) => emit(name, values, attrs);
  const request = { inputs, attrs };
  const type = resultType(
    name,
    request,
    inputs.map(({ shape }) => shape),
  );
  if (E.isRight(type)) unusual.set(build, type.right);
  const y = applyOperation(
    {
      name: "operator",
      given: [{ value: name }, { inputs: inputs.map((_, input) => input) }, { value: attrs }],
      options: { name, ...attrs },
      rule: (shapes) => pipe(resultType(name, request, shapes), E.map(withoutBatch)),
      build,
    },
    inputs,
  );
  // The caller's word: S is what the operator's type rule gives on these inputs.
  return y as Expr<S>;
}
