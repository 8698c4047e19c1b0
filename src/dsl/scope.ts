/** Scopes of names: each `named` block opens one; automatic names count per scope, as in Keras. */
import { invariant } from "../errors.js";
import type { AnyExpr, ExprNode } from "./expr.js";
import { isParam } from "./param.js";
import { partsOf, walk, type Readers } from "./walk.js";

type NamedNode = Extract<ExprNode, { kind: "named" }>;
type SharedNode = Extract<ExprNode, { kind: "shared" }>;

export interface Scope {
  /** `stage1/block2`; empty at the top. */
  readonly path: string;
  /** Names that are taken here. */
  readonly names: Set<string>;
  /** By word the number of the last automatic name, so that a thousand layers of one kind are not counted a thousand times. */
  readonly counts: Map<string, number>;
  readonly outer: Scope | undefined;
  /** In a block that is shared: the names of its layers, of which later applications take the first one's. */
  readonly sharing: Sharing | undefined;
  /** The expressions that belong to the block; undefined at the top, where all do. */
  readonly members: ReadonlySet<AnyExpr> | undefined;
  /** The composed layer that all of this is part of: people see it as one. */
  readonly within: ComposedLayer | undefined;
}

export interface ComposedLayer {
  /** Its path. */
  readonly name: string;
  /** What its automatic names count on. */
  readonly word: string;
}

/** Names of the layers of a shared block, in the order in which they are visited. */
export interface Sharing {
  readonly names: string[];
  /** Where a later application stands in them; undefined while the first one writes them. */
  next: number | undefined;
}

/** The outermost scope. */
export const topScope = (): Scope => ({
  path: "",
  names: new Set(),
  counts: new Map(),
  outer: undefined,
  sharing: undefined,
  members: undefined,
  within: undefined,
});

/** The scope of a named block. */
export const openScope = (outer: Scope, block: NamedNode, readers?: Readers): Scope => ({
  path: outer.path === "" ? block.name : `${outer.path}/${block.name}`,
  names: new Set(),
  counts: new Map(),
  outer,
  sharing: outer.sharing,
  members: block.whole === true ? undefined : dependents(block.body, block.placeholder, readers),
  within: outer.within,
});

/** The scope of a composed layer, which has an automatic name. */
export const composedScope = (outer: Scope, block: NamedNode, readers: Readers): Scope => {
  const path = layerName(outer, block.name);
  return { ...openScope(outer, block, readers), path, within: outer.within ?? { name: path, word: block.name } };
};

/** Inside a shared block: names are taken in the scope around it; what the block only captures is none of its layers. */
export const sharedScope = (outer: Scope, block: SharedNode, sharing: Sharing, readers?: Readers): Scope => ({
  ...outer,
  outer,
  sharing,
  members: dependents(block.body, block.placeholder, readers),
});

/** The name of a layer: the next automatic one, or in a later application of a shared block the first one's. */
export const layerName = (scope: Scope, word: string): string => {
  const { sharing } = scope;
  if (sharing === undefined) return uniqueName(scope, word);
  if (sharing.next === undefined) {
    const name = uniqueName(scope, word);
    sharing.names.push(name);
    return name;
  }
  const name = sharing.names[sharing.next++];
  invariant(name, "a shared block has the same layers at each application");
  return name;
};

/** The innermost scope that the expression belongs to: what a block only captures from outside is named outside. */
export const insideOf = (expr: AnyExpr, scope: Scope): Scope =>
  scope.members === undefined || scope.members.has(expr) || scope.outer === undefined
    ? scope
    : insideOf(expr, scope.outer);

/** The path of a layer that has a name of its own. */
export const ownPath = (scope: Scope, name: string): string => {
  scope.names.add(name);
  return scope.path === "" ? name : `${scope.path}/${name}`;
};

/** `conv2d`, `conv2d_1`, … with the scope's path before it; the name is taken from then on. */
const uniqueName = (scope: Scope, word: string): string => {
  let count = scope.counts.get(word) ?? 0;
  let name = count === 0 ? word : `${word}_${count}`;
  while (scope.names.has(name)) name = `${word}_${++count}`;
  scope.counts.set(word, count);
  scope.names.add(name);
  return scope.path === "" ? name : `${scope.path}/${name}`;
};

/**
 * The expressions that belong to a block: those between its placeholder and its body, which depend on the placeholder,
 * and the tensors without a batch axis that nothing outside reads; what the block only captures does not.
 */
export const dependents = (body: AnyExpr, placeholder: AnyExpr, readers?: Readers): ReadonlySet<AnyExpr> => {
  const members = new Set(reachable(body, placeholder));
  if (readers === undefined) return members;
  // Readers come before what they read.
  for (const expr of walk([body]).toReversed())
    if (isParam(expr) && readers.get(expr)?.every((reader) => members.has(reader)) === true) members.add(expr);
  return members;
};

/** Those between placeholder and body; a placeholder inside depends where the argument of its block does. */
const reachable = (body: AnyExpr, placeholder: AnyExpr): readonly AnyExpr[] => {
  // Parts come before what they are parts of, and a block's argument before its body.
  const order = walk([body]);
  const argumentOf = new Map(
    order.flatMap(({ "~node": node }) => ("placeholder" in node ? [[node.placeholder, node.argument] as const] : [])),
  );
  const found = new Set<AnyExpr>();
  for (const expr of order) {
    const argument = argumentOf.get(expr);
    const isInside = argument !== undefined && found.has(argument);
    if (expr === placeholder || isInside || partsOf(expr).some((part) => found.has(part))) found.add(expr);
  }
  return [...found];
};
