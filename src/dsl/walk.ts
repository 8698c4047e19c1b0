/** The order in which a model's expressions are visited: depth first, inputs left to right, each object once. */
import type { AnyExpr } from "./expr.js";

/** What an expression is computed from; the body of a scope comes after its argument. */
export const partsOf = (expr: AnyExpr): readonly AnyExpr[] => {
  const node = expr["~node"];
  switch (node.kind) {
    case "input":
    case "placeholder":
      return [];
    case "layer":
      return node.inputs;
    case "named":
    case "shared":
    case "frozen":
      return [node.argument, node.body];
  }
};

/** All expressions that the roots need, each after its parts; without recursion, so that models may be deep. */
export const walk = (roots: readonly AnyExpr[]): readonly AnyExpr[] => {
  const order = new Set<AnyExpr>();
  const opened = new Set<AnyExpr>();
  const stack = roots.toReversed();
  for (let expr = stack.at(-1); expr !== undefined; expr = stack.at(-1)) {
    if (order.has(expr) || opened.has(expr)) {
      stack.pop();
      order.add(expr);
    } else {
      opened.add(expr);
      stack.push(...partsOf(expr).toReversed());
    }
  }
  return [...order];
};

/** The expressions that read each expression: those that it is a part of. */
export type Readers = ReadonlyMap<AnyExpr, readonly AnyExpr[]>;

export const readersOf = (roots: readonly AnyExpr[]): Readers => {
  const readers = new Map<AnyExpr, AnyExpr[]>();
  for (const expr of walk(roots))
    for (const part of partsOf(expr)) {
      const known = readers.get(part);
      if (known === undefined) readers.set(part, [expr]);
      else known.push(expr);
    }
  return readers;
};
