/** The same expressions from other inputs, each a new object: a model used as a part of another, with weights of its own. */
import { invariant } from "../errors.js";
import type { AnyExpr } from "./expr.js";
import { kindOf, makeExprOf } from "./probabilities.js";
import { walk } from "./walk.js";

/** Copies of all expressions that the roots need; those replaced are taken as they are. */
export const copied = (
  roots: readonly AnyExpr[],
  replaced: ReadonlyMap<AnyExpr, AnyExpr>,
): ReadonlyMap<AnyExpr, AnyExpr> => {
  const copies = new Map(replaced);
  // What shares weights in the model does so in its copy, and not with the model.
  const tokens = new Map<object, object>();
  const tokenOf = (token: object): object => {
    const known = tokens.get(token) ?? {};
    tokens.set(token, known);
    return known;
  };
  const copyOf = (expr: AnyExpr): AnyExpr => {
    const copy = copies.get(expr);
    invariant(copy, "an expression comes after its parts, and a block's body after its argument");
    return copy;
  };
  const copy = (expr: AnyExpr): AnyExpr => {
    const node = expr["~node"];
    switch (node.kind) {
      case "input":
        return expr;
      case "placeholder":
        return makeExprOf(kindOf(expr), expr.shape, { ...node });
      case "layer":
        return makeExprOf(kindOf(expr), expr.shape, { ...node, inputs: node.inputs.map(copyOf) });
      case "named":
      case "shared":
      case "frozen": {
        // One that its body does not read was not visited.
        const placeholder = copies.get(node.placeholder) ?? node.placeholder;
        const parts = { argument: copyOf(node.argument), placeholder, body: copyOf(node.body) };
        const inside =
          node.kind === "shared" ? { ...node, ...parts, token: tokenOf(node.token) } : { ...node, ...parts };
        return makeExprOf(kindOf(expr), expr.shape, inside);
      }
    }
  };
  for (const expr of walk(roots)) if (!copies.has(expr)) copies.set(expr, copy(expr));
  return copies;
};
