/** The names that weights have in a model's own source, where layers are named by themselves. */
import { E, pipe, type Either } from "../../fp.js";
import type { SvertkaError } from "../../errors.js";
import { makeExpr, type AnyExpr } from "../../dsl/expr.js";
import { kindOf, makeExprOf } from "../../dsl/probabilities.js";
import { outlineOf } from "../../run/inference-graph.js";
import { weightName, type LayerCall, type LayerGraph } from "../layers/layer-graph.js";
import { modelWith } from "../layers/model-of.js";

/** Paths of layers with weights that are applied more than once. */
export const sharedPaths = ({ calls }: LayerGraph): ReadonlySet<string> => {
  const seen = new Set<string>();
  return new Set(
    calls.flatMap(({ name, weights, word }) => {
      if (Object.keys(weights).length === 0 || word === "parameter") return [];
      const again = seen.has(name);
      seen.add(name);
      return again ? [name] : [];
    }),
  );
};

/** For each weight of the source's model: the name that the graph has for it. The source's model is built for that. */
export const weightsOfSource = (graph: LayerGraph): Either<SvertkaError, ReadonlyMap<string, string>> => {
  const shared = sharedPaths(graph);
  const tokens = new Map<string, object>();
  const calls = new Map<AnyExpr, LayerCall>();
  const model = modelWith(graph, (expr, call) => {
    const node = expr["~node"];
    const [argument] = node.inputs;
    if (!shared.has(call.name) || argument === undefined) {
      calls.set(expr, call);
      return expr;
    }
    const token = tokens.get(call.name) ?? {};
    tokens.set(call.name, token);
    const placeholder = makeExpr(argument.shape, { kind: "placeholder" });
    const body = makeExprOf(kindOf(expr), expr.shape, { ...node, inputs: [placeholder] });
    calls.set(body, call);
    return makeExprOf(kindOf(expr), expr.shape, { kind: "shared", token, argument, placeholder, body });
  });
  return pipe(
    model,
    E.flatMap(outlineOf),
    E.map(
      ({ layers }) =>
        new Map(
          layers.flatMap(({ name, expr }) =>
            Object.entries(calls.get(expr)?.weights ?? {}).map(
              ([own, known]) => [weightName(name, own), known] as const,
            ),
          ),
        ),
    ),
  );
};
