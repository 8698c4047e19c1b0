/** What operations work on: expressions, tensors without a batch axis, and numbers; and how an operation becomes a node. */
import type { Value } from "../../compiler/ir/graph.js";
import { invariant } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Argument, LayerBuilder } from "../../ops/layer.js";
import type { Operator } from "../../ops/operator.js";
import { isPoisoned, poisoned, type Shape } from "../../shape/shape.js";
import { makeExpr, type AnyExpr, type Expr } from "../expr.js";
import { isParam, makeParam, nodeOfParam, type AnyParam, type Param } from "../param.js";

/** A value of a model: per example, or the same for all. */
export type Tensor = AnyExpr | AnyParam;

/** The axes of a tensor, without the batch; a number has none. */
export type AxesOf<X> = X extends { readonly shape: infer S } ? S : [];
export const axesOf = (x: Tensor | number): Shape => (typeof x === "number" ? [] : x.shape);

/** What tells an expression; unlike `X extends AnyExpr` it is decided while a shape is generic, whose constraints are not looked at. */
export interface HasBatch {
  readonly "~node": unknown;
}

/** An expression where one of the operands X is one, else a tensor without a batch axis. */
export type TensorLike<X, S> = [Extract<X, HasBatch>] extends [never] ? Param<S> : Expr<S>;

/** What an operation is to the graph. */
export interface Operation {
  /** The word that automatic names count on. */
  readonly name: string;
  readonly options?: object;
  /** The word in `ops` where it is not the name. */
  readonly word?: string;
  /** What its function is given: the inputs in their order where nothing else is said. */
  readonly given?: readonly Argument[];
  /** From the axes of the operands, without the batch. */
  readonly rule: (shapes: readonly Shape[]) => Either<string, Shape>;
  readonly build: (builder: LayerBuilder, inputs: readonly Value[]) => Value;
  /** Operators of the user's own that it emits. */
  readonly operators?: readonly Operator[];
}

/** The operation on these tensors; a shape that does not fit is a sentence in the result. */
export const applyOperation = (
  { options = {}, word, given: said, ...operation }: Operation,
  inputs: readonly Tensor[],
): Tensor => {
  const shapes = inputs.map(axesOf);
  const given = shapes.find(isPoisoned);
  const shape = given ?? resultShape(operation.rule(shapes));
  const written =
    operation.operators === undefined
      ? { word: `ops.${word ?? operation.name}`, arguments: said ?? inputs.map((_, input) => ({ input })) }
      : undefined;
  const node = { kind: "layer", layer: { ...operation, options, written }, inputs: inputs.map(nodeOfParam) } as const;
  return inputs.every(isParam) ? makeParam(shape, node) : makeExpr(shape, node);
};

/** What stands for an operation that cannot be, for a reason that no shape tells. */
export const refusedOperation = (name: string, problem: string): Tensor =>
  applyOperation(
    { name, rule: () => E.left(problem), build: () => invariant(false, "a rule that refuses is never built") as never },
    [],
  );

const resultShape = (result: Either<string, Shape>): Shape => (E.isLeft(result) ? poisoned(result.left) : result.right);
