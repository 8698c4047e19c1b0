/** A model whose input had unknown axes, for data of one size. */
import { mistake, type SvertkaError } from "../errors.js";
import { givenInputProblem, type GivenInputProblem } from "../shape/given-input.js";
import { inputShape, type InputShape } from "../shape/input.js";
import { isPoisoned, poisoned, type AsShape, type Shape } from "../shape/shape.js";
import type { AnyExpr, Expr, ShapeOf } from "./expr.js";
import type { Mutable } from "./input.js";
import type { AnyLayer, Apply, Guard } from "./layer.js";
import type { Model, ModelDescription } from "./model.js";
import { problemOf } from "./model-problems.js";
import type { ExprKinds } from "./probabilities.js";
import { withShapes } from "./with-shapes.js";

/** Shapes of inputs by name, without the batch axis. */
export type InputShapes = Readonly<Record<string, Shape>>;

/** The sentence of a layer that does not take the shape; `unknown` for one that does, or that types do not know. */
type LayerFits<L, S> = L extends AnyLayer ? Guard<Apply<L, S>> : unknown;
type Sized<I, O, L, S extends Shape> = L extends AnyLayer
  ? Model<Expr<Mutable<S>>, ExprKinds<AsShape<Apply<L, S>>>[L["~kind"]], L>
  : Model<I extends AnyExpr ? Expr<Mutable<S>> : I, O, L>;

/**
 * The same model for an input of this shape: unknown axes become numbers, and every rule is asked again. Names of weights
 * and their shapes stay, since they do not depend on unknown axes, so weights of one serve the other.
 *
 * Shape   of the input or, by name, of some of the inputs; without the batch axis. A known axis stays as it is. The result's
 *         shape is computed by types where the model was made of an input and a layer, else it stays as it was.
 * Errors  a shape that does not agree with the input's; a layer that does not take it, with that layer's sentence; both
 *         are said when the model is compiled where types do not know them.
 *
 * @example
 * const net = model(input([null, null, 3]), sequential(conv2d({ filters: 8, kernelSize: 3 }), globalAvgPool2d))
 * const sized = withInputShape(net, [224, 224, 3]) // Model<Expr<[224, 224, 3]>, Expr<[8]>, …>
 */
export function withInputShape<I, O, L, const S extends Shape>(
  net: Model<I, O, L>,
  shape: S & Guard<InputShape<S>> & GivenInputProblem<S, ShapeOf<I>> & LayerFits<L, S>,
): Sized<I, O, L, S>;
export function withInputShape<M extends Model<unknown, unknown>>(net: M, shapes: InputShapes): M;
export function withInputShape(net: Model<unknown, unknown>, given: Shape | InputShapes): Model<unknown, unknown> {
  const description = net["~model"];
  const names = Object.keys(description.inputs);
  const shapes = isShape(given) ? { [names[0] ?? "input"]: given } : given;
  const known = new Map<AnyExpr, Shape>();
  for (const [name, expr] of Object.entries(description.inputs)) {
    const shape = shapes[name];
    if (shape !== undefined) known.set(expr, checkedShape(shape, expr.shape));
  }
  const copies = withShapes([...Object.values(description.inputs), ...Object.values(description.outputs)], known);
  const copyOf = (expr: AnyExpr): AnyExpr => copies.get(expr) ?? expr;
  const inputs = mapExprs(description.inputs, copyOf);
  const outputs = mapExprs(description.outputs, copyOf);
  const problem = badNames(given, names) ?? lasting(description) ?? problemOf(inputs, outputs);
  return {
    ...net,
    inputs: mapGiven(net.inputs, copyOf),
    outputs: mapGiven(net.outputs, copyOf),
    "~model": { inputs, outputs, problem },
  };
}

const isShape = (given: Shape | InputShapes): given is Shape => Array.isArray(given);

/** The shape, or poisoned by what is wrong with it. */
const checkedShape = (given: Shape, needed: Shape): Shape => {
  const shape = inputShape(given);
  if (isPoisoned(shape) || isPoisoned(needed)) return isPoisoned(needed) ? needed : shape;
  const problem = givenInputProblem(given, needed);
  return problem === undefined ? shape : poisoned(problem);
};

const badNames = (given: Shape | InputShapes, names: readonly string[]): SvertkaError | undefined => {
  if (isShape(given))
    return names.length === 1
      ? undefined
      : mistake(
          "BadModel",
          "",
          `withInputShape: one shape is given and the model has ${names.length} inputs: give shapes by name`,
        );
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : mistake(
        "BadModel",
        unknown.slice(0, 40),
        `withInputShape: the model has no input of that name: its inputs are ${names.join(", ").slice(0, 80)}`,
      );
};

/** A problem that no shape mends. */
const lasting = ({ problem }: ModelDescription): SvertkaError | undefined =>
  problem?.tag === "BadModel" ? problem : undefined;

const mapExprs = (
  exprs: Readonly<Record<string, AnyExpr>>,
  copyOf: (expr: AnyExpr) => AnyExpr,
): Readonly<Record<string, AnyExpr>> =>
  Object.fromEntries(Object.entries(exprs).map(([name, expr]) => [name, copyOf(expr)]));

/** What a model shows of its ends: an expression, or several by name. */
const mapGiven = (given: unknown, copyOf: (expr: AnyExpr) => AnyExpr): unknown =>
  isExpr(given)
    ? copyOf(given)
    : typeof given === "object" && given !== null
      ? Object.fromEntries(
          Object.entries(given).map(([name, one]: [string, unknown]) => [name, isExpr(one) ? copyOf(one) : one]),
        )
      : given;

const isExpr = (value: unknown): value is AnyExpr =>
  typeof value === "object" && value !== null && "~node" in value && "shape" in value;
