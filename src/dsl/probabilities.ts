/** Values that are probabilities: a loss from logits refuses them in types. */
import { makeExpr, type AnyExpr, type Expr, type ExprNode } from "./expr.js";
import type { Shape } from "../shape/shape.js";

/** What softmax and sigmoid give: an expression like any other, and known to be probabilities. */
export interface Probabilities<out S> extends Expr<S> {
  readonly "~probabilities": true;
}

/** What a layer can give. */
export interface ExprKinds<S> {
  values: Expr<S>;
  probabilities: Probabilities<S>;
}
export type ExprKind = keyof ExprKinds<unknown>;

/** Makes an expression of that kind. */
export const makeExprOf = (kind: ExprKind, shape: Shape, node: ExprNode): AnyExpr => {
  const values = makeExpr(shape, node);
  return kind === "values" ? values : asProbabilities(values);
};

const asProbabilities = (values: AnyExpr): Probabilities<Shape> => ({ ...values, "~probabilities": true });

export const isProbabilities = (expr: AnyExpr): expr is Probabilities<Shape> => "~probabilities" in expr;

export const kindOf = (expr: AnyExpr): ExprKind => (isProbabilities(expr) ? "probabilities" : "values");
