/** Where a model begins. */
import { inputShape, type InputShape } from "../shape/input.js";
import type { Shape } from "../shape/shape.js";
import { makeExpr, type Expr } from "./expr.js";
import type { Guard } from "./layer.js";

/** Output shapes are mutable tuples, so that a hover shows `Expr<[28, 28, 1]>`. */
export type Mutable<S> = { -readonly [I in keyof S]: S[I] };

/**
 * What is fed to a model, by its shape without the batch axis; `null` is an axis that is not known before data comes.
 *
 * @example
 * const image = input([28, 28, 1], { name: "image" }) // Expr<[28, 28, 1]>
 */
export function input<const S extends Shape>(
  shape: S & Guard<InputShape<S>>,
  options: { readonly name?: string | undefined } = {},
): Expr<Mutable<S>> {
  const node = { kind: "input", name: options.name } as const;
  // Sound: inputShape copies the axes, or poisons a shape that Guard refuses.
  return makeExpr(inputShape(shape), node) as Expr<Mutable<S>>;
}
