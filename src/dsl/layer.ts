/** Layers: generic functions from expression to expression that also are functions of types, from shape to shape. */
import { invariant } from "../errors.js";
import { E } from "../fp.js";
import type { LayerSpec } from "../ops/layer.js";
import { isPoisoned, poisoned, type AsShape, type Shape, type ShapeError } from "../shape/shape.js";
import type { AnyExpr, Expr, ExprNode } from "./expr.js";
import type { NoWeights } from "./layer-weights.js";
import { makeExprOf, type ExprKind, type ExprKinds } from "./probabilities.js";

/** A layer as a function of types: `~out` says the output's shape in terms of `~in`. */
export interface AnyLayer {
  readonly "~in": unknown;
  /** True inside `strict(…)`: no window may leave out a cell. */
  readonly "~strict": unknown;
  readonly "~out": unknown;
  readonly "~kind": ExprKind;
}

/** The output shape of layer L on shape S; X is true where no window may leave out a cell. */
export type Apply<L, S, X = unknown> = On<L, S, X>["~out" & keyof L];
/** What layer L says about its weights on shape S; `never` where it says nothing. */
export type Describe<L, S> = On<L, S, unknown>["~params" & keyof L];
type On<L, S, X> = L & { readonly "~in": S; readonly "~strict": X };

/**
 * {@link Apply} as an interface member that is read through a deferred key: while S is generic, TypeScript sees an opaque
 * indexed access whose inference and variance stop at the `in out` parameters, instead of descending into the arithmetic
 * (which ends in TS2589 "excessively deep"). Its constraint is Shape, so generic blocks compose.
 */
export interface Out<in out L, in out S> {
  out: AsShape<Apply<L, S>>;
}

/** `out`, but deferred while T is generic. */
export type Key<T> = [T] extends [unknown] ? "out" : never;

/**
 * `unknown` for a good shape, the sentence for a poisoned one. The indexed access makes it usable in generic code: a
 * deferred X[k] accepts what its base constraint accepts, which here is Guard<Shape> = unknown; a bare deferred
 * conditional type would accept nothing.
 */
export type Guard<S> = (S extends ShapeError<infer M> ? { check: M } : { check: unknown })["check"];

/** A layer that can be applied: by a call, or in `pipe`, `flow`, `chain` and `sequential`. */
export interface Layer<Kind extends ExprKind = "values"> extends AnyLayer {
  <S extends Shape>(x: Expr<S> & Guard<Out<this, S>[Key<S>]>): ExprKinds<Out<this, S>[Key<S>]>[Kind];
  readonly "~kind": Kind;
}

/** A layer that keeps the shape. */
export interface SameShape<Kind extends ExprKind = "values"> extends AnyLayer {
  <S extends Shape>(x: Expr<S> & Guard<S>): ExprKinds<S>[Kind];
  readonly "~out": this["~in"];
  readonly "~kind": Kind;
  readonly "~params": NoWeights;
}

/** Applies a layer's rule: sentences never throw, they poison the shape; a poisoned argument passes on its own. */
export const applySpec = (layer: LayerSpec, inputs: readonly AnyExpr[], kind: ExprKind = "values"): AnyExpr =>
  reapplied({ kind: "layer", layer, inputs }, inputs, kind);

/** The application of a layer again, to other inputs. */
export const reapplied = (node: LayerNode, inputs: readonly AnyExpr[], kind: ExprKind): AnyExpr =>
  makeExprOf(kind, outputShape(node.layer, inputs), { ...node, inputs });
type LayerNode = Extract<ExprNode, { kind: "layer" }>;

const outputShape = (layer: LayerSpec, inputs: readonly AnyExpr[]): Shape => {
  const shapes = inputs.map(({ shape }) => shape);
  const result = layer.rule(shapes);
  return shapes.find(isPoisoned) ?? (E.isLeft(result) ? poisoned(result.left) : result.right);
};

/** A layer's function, and beside it the same layer inside `strict(…)`. */
interface LayerFunction {
  (x: AnyExpr): AnyExpr;
  readonly "~strictly": (x: AnyExpr) => AnyExpr;
}

/** A function of expressions as a layer of the type that its maker declares; `strict` says that the layer is inside `strict(…)`. */
export const asLayer = <L extends AnyLayer>(apply: (x: AnyExpr, strict: boolean) => AnyExpr): L => {
  const layer: LayerFunction = Object.assign((x: AnyExpr) => apply(x, false), {
    "~strictly": (x: AnyExpr) => apply(x, true),
  });
  // Sound where `apply` computes the shape that `~out` declares, which test/types proves at random; `~in`, `~out`,
  // `~strict` and `~kind` exist only as types.
  return layer as unknown as L;
};

/** Any function of one expression: a `flow`, a lambda. */
export type ExprFunction = (x: never) => AnyExpr;

/** Whether a value is a layer, and no function that makes one of options. */
export const isLayerFunction = (value: unknown): value is LayerFunction =>
  typeof value === "function" && "~strictly" in value;

/** What `strict(…)` says about a function whose layers it cannot reach. */
export const cannotLookInto =
  "strict: it cannot look into a flow, a lambda or a finished expression: put the layers into sequential(...)" as const;

/** Stands for what `strict(…)` cannot look into; its rule gives the sentence, so that it is never built. */
const refused: LayerSpec = {
  name: "strict",
  options: {},
  rule: () => E.left(cannotLookInto),
  build: (_, [x]) => {
    invariant(x, "strict has one input");
    return x;
  },
};

/** A layer as the function that its types see it as: the other direction of {@link asLayer}; `strict` as there. */
export const asFunction = (layer: AnyLayer | ExprFunction, strict = false): ((x: AnyExpr) => AnyExpr) => {
  if (strict) return isLayerFunction(layer) ? layer["~strictly"] : (x) => applySpec(refused, [x]);
  // Sound because every AnyLayer was made by asLayer, and an ExprFunction is given what its own type asks for.
  return layer as unknown as (x: AnyExpr) => AnyExpr;
};

/** The layer that a specification describes. */
export const defineLayer = <L extends AnyLayer>(layer: LayerSpec, kind: ExprKind = "values"): L =>
  asLayer<L>((x, strict) => applySpec(strict ? strictly(layer) : layer, [x], kind));

const strictly = (layer: LayerSpec): LayerSpec => ({ ...layer, rule: (inputs) => layer.rule(inputs, true) });
