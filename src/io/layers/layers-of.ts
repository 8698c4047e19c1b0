/** The layers of a model that is an expression: what a writer of a format, or of source, reads. */
import { mistake, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { AnyExpr } from "../../dsl/expr.js";
import type { Model } from "../../dsl/model.js";
import type { LayerInfo } from "../../dsl/to-graph.js";
import { walk } from "../../dsl/walk.js";
import { outlineOf } from "../../run/inference-graph.js";
import type { LayerCall, LayerGraph } from "./layer-graph.js";
import { applicationOf } from "./words.js";

/**
 * The applications of layers that a model consists of, in the order of its graph. Scopes, `share` and `frozen` are seen in
 * names only; a layer that `compose` made appears as the operations in it.
 *
 * Errors  those of the model; a layer that no word of the DSL makes, as an operator of one's own.
 */
export const layersOf = (model: Model<unknown, unknown>): Either<SvertkaError, LayerGraph> =>
  pipe(
    outlineOf(model),
    E.flatMap(({ layers }) => {
      const stranger = layers.find(({ spec }) => applicationOf(spec.written?.word ?? spec.name) === undefined);
      return stranger === undefined ? E.right(graphOf(model, layers)) : E.left(noWord(stranger));
    }),
  );

const noWord = ({ name, spec }: LayerInfo): SvertkaError =>
  mistake(
    "Unsupported",
    name,
    `${spec.name.slice(0, 40)}: no word of the DSL makes this layer, so that it has no source and no other format: use layers and ops`,
  );

const graphOf = (model: Model<unknown, unknown>, layers: readonly LayerInfo[]): LayerGraph => {
  const { inputs, outputs } = model["~model"];
  const named = Object.entries(inputs);
  const free = valueNames();
  const values = new Map(named.map(([name, expr]) => [expr, free(name)]));
  for (const { name, expr } of layers) values.set(expr, free(name));
  const sourceOf = sources(Object.values(outputs));
  const valueOf = (expr: AnyExpr): string => values.get(sourceOf(expr)) ?? "";
  return {
    inputs: named.map(([name, expr]) => ({ name, value: valueOf(expr), shape: expr.shape })),
    calls: layers.map((layer) => callOf(layer, valueOf)),
    outputs: Object.entries(outputs).map(([name, expr]) => ({ name, value: valueOf(expr) })),
  };
};

const callOf = (
  { name, expr, spec, shape, weights, frozen }: LayerInfo,
  valueOf: (expr: AnyExpr) => string,
): LayerCall => {
  const node = expr["~node"];
  return {
    value: valueOf(expr),
    name,
    word: spec.written?.word ?? spec.name,
    options: spec.written === undefined ? given(spec.options) : {},
    ...(spec.written === undefined ? {} : { arguments: spec.written.arguments }),
    inputs: node.kind === "layer" ? node.inputs.map(valueOf) : [],
    shape,
    weights: Object.fromEntries(weights.map((weight) => [weight.slice(name.length + 1), weight])),
    frozen,
  };
};

/** The options but those that are `undefined`. */
const given = (options: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** A value's name: the layer's path, with a number where that is taken. */
const valueNames = (): ((name: string) => string) => {
  const taken = new Set<string>();
  return (name) => {
    let value = name;
    for (let count = 2; taken.has(value); count++) value = `${name}#${count}`;
    taken.add(value);
    return value;
  };
};

/** The layer or input that an expression is, through the scopes around it. */
const sources = (roots: readonly AnyExpr[]): ((expr: AnyExpr) => AnyExpr) => {
  const direct = new Map<AnyExpr, AnyExpr>();
  for (const expr of walk(roots)) {
    const node = expr["~node"];
    if (!("placeholder" in node)) continue;
    direct.set(expr, node.body);
    direct.set(node.placeholder, node.argument);
  }
  return (expr) => {
    let source = expr;
    for (let next = direct.get(source); next !== undefined; next = direct.get(source)) source = next;
    return source;
  };
};
