/** An expression: the description of a value in a model. No tensor is in it, and nothing runs when it is made. */
import type { LayerSpec } from "../ops/layer.js";
import type { Shape } from "../shape/shape.js";

/**
 * A value of a model, by its shape; the batch axis is left out.
 *
 * One application is one object: an expression used twice is one node of the graph.
 */
export interface Expr<out S> {
  readonly shape: S;
  /** How it came about; for the compiler only. */
  readonly "~node": ExprNode;
}

/** Expressions whose shape is not known statically, as the compiler walks them. */
export type AnyExpr = Expr<Shape>;

export type ExprNode =
  | { readonly kind: "input"; readonly name: string | undefined }
  | {
      readonly kind: "layer";
      readonly layer: LayerSpec;
      readonly inputs: readonly AnyExpr[];
      /**
       * The path, in the scope around it, of a layer of a model that was read from a file; applications of one path share
       * its weights.
       */
      readonly path?: string | undefined;
      /** Whether training leaves its weights as they are, as inside `frozen`. */
      readonly frozen?: boolean | undefined;
    }
  /** Stands for the argument inside the body of a scope. */
  | { readonly kind: "placeholder" }
  /**
   * `body` computed from `placeholder`, which stands for `argument`; its layers' names begin with `name`. A composed layer
   * is one of these whose name counts, as a layer's does, and that people see as one layer.
   */
  | {
      readonly kind: "named";
      readonly name: string;
      readonly composed?: boolean;
      /** Whether all of the body belongs to the scope, also what does not come from the argument: a member of an ensemble. */
      readonly whole?: boolean;
      readonly argument: AnyExpr;
      readonly placeholder: AnyExpr;
      readonly body: AnyExpr;
    }
  /** Like `named`, without a name: all applications with the same token use the weights of the first. */
  | {
      readonly kind: "shared";
      readonly token: object;
      readonly argument: AnyExpr;
      readonly placeholder: AnyExpr;
      readonly body: AnyExpr;
    }
  /** Like `named`, without a name: training leaves the weights of its layers as they are. */
  | {
      readonly kind: "frozen";
      readonly argument: AnyExpr;
      readonly placeholder: AnyExpr;
      readonly body: AnyExpr;
    };

/** Makes an expression. */
export const makeExpr = <S>(shape: S, node: ExprNode): Expr<S> => ({ shape, "~node": node });

/** The shape of an expression, or of a model's output or outputs: `ShapeOf<typeof net>`. */
export type ShapeOf<E> = E extends { readonly shape: infer S }
  ? S
  : E extends { readonly outputs: infer O }
    ? ShapeOf<O>
    : { [K in keyof E]: ShapeOf<E[K]> };
