/** Scopes of names: each `named` block opens one; automatic names count per scope, as in Keras. */
import type { AnyExpr, ExprNode } from "./expr.js";

type NamedNode = Extract<ExprNode, { kind: "named" }>;

export interface Scope {
  /** `stage1/block2`; empty at the top. */
  readonly path: string;
  /** Names that are taken here. */
  readonly names: Set<string>;
  readonly outer: Scope | undefined;
  /** The expressions that belong to the block; undefined at the top, where all do. */
  readonly members: ReadonlySet<AnyExpr> | undefined;
}

/** A scope for a named block, or the top. */
export const openScope = (name: string, outer: Scope | undefined, block: NamedNode | undefined): Scope => ({
  path: outer === undefined || outer.path === "" ? name : `${outer.path}/${name}`,
  names: new Set(),
  outer,
  members: block === undefined ? undefined : dependents(block.body, block.placeholder),
});

/** The innermost scope that the expression belongs to: what a block only captures from outside is named outside. */
export const insideOf = (expr: AnyExpr, scope: Scope): Scope =>
  scope.members === undefined || scope.members.has(expr) || scope.outer === undefined
    ? scope
    : insideOf(expr, scope.outer);

/** `conv2d`, `conv2d_1`, … with the scope's path before it; the name is taken from then on. */
export const uniqueName = (scope: Scope, word: string): string => {
  let name = word;
  for (let count = 1; scope.names.has(name); count++) name = `${word}_${count}`;
  scope.names.add(name);
  return scope.path === "" ? name : `${scope.path}/${name}`;
};

/** The expressions between a placeholder and the body: those that depend on it. */
export const dependents = (body: AnyExpr, placeholder: AnyExpr): ReadonlySet<AnyExpr> => {
  const found = new Map<AnyExpr, boolean>();
  const depends = (expr: AnyExpr): boolean => {
    const known = found.get(expr);
    if (known !== undefined) return known;
    // Every input is asked, not only the first that depends, so that all members are found.
    const node = expr["~node"];
    if ("placeholder" in node) found.set(node.placeholder, depends(node.argument));
    const answers = sourcesOf(expr).map(depends);
    const answer = expr === placeholder || answers.includes(true);
    found.set(expr, answer);
    return answer;
  };
  depends(body);
  return new Set([...found].filter(([, inside]) => inside).map(([expr]) => expr));
};

/** What an expression is computed from. */
const sourcesOf = (expr: AnyExpr): readonly AnyExpr[] => {
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
