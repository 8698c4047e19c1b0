/** The same expressions from inputs of other shapes: every rule is asked again, names and sharing stay. */
import { invariant } from "../errors.js";
import type { Shape } from "../shape/shape.js";
import { makeExpr, type AnyExpr } from "./expr.js";
import { reapplied } from "./layer.js";
import { inScope } from "./named.js";
import { kindOf, makeExprOf } from "./probabilities.js";
import { partsOf, walk } from "./walk.js";

/** The copies of all expressions that the roots need; an input without a new shape is its own. */
export const withShapes = (
  roots: readonly AnyExpr[],
  shapes: ReadonlyMap<AnyExpr, Shape>,
): ReadonlyMap<AnyExpr, AnyExpr> => {
  const order = walk(roots);
  const copies = new Map<AnyExpr, AnyExpr>();
  const copyOf = (expr: AnyExpr): AnyExpr => {
    const copy = copies.get(expr);
    invariant(copy, "an expression comes after its parts, and a block's body after its argument");
    return copy;
  };
  const argumentOf = new Map(
    order.flatMap(({ "~node": node }) => ("placeholder" in node ? [[node.placeholder, node.argument] as const] : [])),
  );
  // One that its body does not read is not in the order.
  for (const placeholder of argumentOf.keys()) copies.set(placeholder, placeholder);
  for (const expr of order) {
    const argument = argumentOf.get(expr);
    // A placeholder that left its block has none; compiling refuses it.
    const changed = argument === undefined ? undefined : copies.get(argument);
    const shape = shapes.get(expr) ?? (changed === argument ? undefined : changed?.shape);
    // What does not depend on such an input, as a weight that the user declared, stays as it is.
    const isSame = shape === undefined && partsOf(expr).every((part) => copyOf(part) === part);
    copies.set(expr, isSame ? expr : copyWith(expr, copyOf, shape));
  }
  return copies;
};

const copyWith = (expr: AnyExpr, copyOf: (expr: AnyExpr) => AnyExpr, shape: Shape | undefined): AnyExpr => {
  const node = expr["~node"];
  switch (node.kind) {
    case "input":
    case "placeholder":
      return shape === undefined ? expr : makeExpr(shape, node);
    case "layer":
      return reapplied(node, node.inputs.map(copyOf), kindOf(expr));
    case "named":
    case "shared":
    case "frozen": {
      const argument = copyOf(node.argument);
      const body = copyOf(node.body);
      const inside = node.kind === "named" ? inScope(node.name, argument.shape, body.shape) : body.shape;
      return makeExprOf(kindOf(expr), inside, { ...node, argument, placeholder: copyOf(node.placeholder), body });
    }
  }
};
