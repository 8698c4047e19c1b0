/** The expression that a graph of layers describes: a model like any other. Nothing in the graph is trusted. */
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { AnyExpr, ExprNode } from "../../dsl/expr.js";
import { input } from "../../dsl/input.js";
import { model, type Model } from "../../dsl/model.js";
import { isPathPart } from "../../dsl/param.js";
import { isPoisoned } from "../../shape/shape.js";
import type { LayerCall, LayerGraph } from "./layer-graph.js";
import { applicationOf } from "./words.js";

/**
 * The model of a graph of layers. Its weights are named `<name>/<own name>`; shapes are found anew, so that `shape` of the
 * calls is not read.
 *
 * Errors  a word that the DSL has not; options, inputs or shapes that do not fit, with the layer's path; a value that is
 *         read before it is made, or made twice; a path that cannot name weights, or that two different layers have.
 */
export const modelOf = (graph: LayerGraph): Either<SvertkaError, Model<unknown, unknown>> => modelWith(graph, named);

/** What becomes of an application: it is given its path, or another form of it takes its place. */
export type Finish = (application: Application, call: LayerCall) => AnyExpr;
/** An expression that is one layer's. */
type Application = AnyExpr & { readonly "~node": LayerNode };
type LayerNode = Extract<ExprNode, { kind: "layer" }>;

/** The model, each of its applications finished in some way. */
export const modelWith = (graph: LayerGraph, finish: Finish): Either<SvertkaError, Model<unknown, unknown>> => {
  const values = new Map<string, AnyExpr>();
  const inputs: [string, AnyExpr][] = [];
  for (const { name, value, shape } of graph.inputs) {
    if (values.has(value)) return madeTwice(name, value);
    const expr: AnyExpr = input(shape, { name });
    if (isPoisoned(expr.shape)) return fail("ShapeMismatch", name, expr.shape.error);
    values.set(value, expr);
    inputs.push([name, expr]);
  }
  const first = new Map<string, LayerCall>();
  for (const call of graph.calls) {
    const problem = badCall(call, values, first.get(call.name));
    if (problem !== undefined) return E.left(problem);
    if (!first.has(call.name)) first.set(call.name, call);
    const expr = exprOf(call, values, finish);
    if (E.isLeft(expr)) return expr;
    values.set(call.value, expr.right);
  }
  const outputs: [string, AnyExpr][] = [];
  for (const { name, value } of graph.outputs) {
    const expr = values.get(value);
    if (expr === undefined) return notMade(name, value);
    outputs.push([name, expr]);
  }
  const twice = [inputs, outputs].flatMap((ends) =>
    ends.map(([name]) => name).filter((name, i, all) => all.indexOf(name) !== i),
  );
  if (twice[0] !== undefined)
    return fail(
      "BadModel",
      twice[0].slice(0, 80),
      "model: two of its inputs or outputs have this name: give each its own",
    );
  const made = model({ inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) });
  const { problem } = made["~model"];
  return problem === undefined ? E.right(made) : E.left(problem);
};

const madeTwice = (where: string, value: string): Either<SvertkaError, never> =>
  fail(
    "BadModel",
    where.slice(0, 80),
    `model: the value '${value.slice(0, 40)}' is made twice: give each layer's value a name of its own`,
  );
const notMade = (where: string, value: string): Either<SvertkaError, never> =>
  fail(
    "BadModel",
    where.slice(0, 80),
    `model: it reads '${value.slice(0, 40)}', which nothing before it makes: list each layer after what it reads, without cycles`,
  );

/** What is wrong with a call before its word is asked. */
const badCall = (
  call: LayerCall,
  values: ReadonlyMap<string, AnyExpr>,
  first: LayerCall | undefined,
): SvertkaError | undefined => {
  const { name, word, value, inputs } = call;
  const said = (one: Either<SvertkaError, never>): SvertkaError | undefined => (E.isLeft(one) ? one.left : undefined);
  if (!name.split("/").every(isPathPart))
    return mistake(
      "BadModel",
      name.slice(0, 80),
      `${word.slice(0, 40)}: this is no path of a layer: use parts that are not empty and have no ":", with "/" between them`,
    );
  if (values.has(value)) return said(madeTwice(name, value));
  const missing = inputs.find((one) => !values.has(one));
  if (missing !== undefined) return said(notMade(name, missing));
  return first === undefined ||
    (first.word === word && sameData(first.options, call.options) && sameData(first.arguments, call.arguments))
    ? undefined
    : mistake(
        "BadModel",
        name.slice(0, 80),
        `${word.slice(0, 40)}: another layer, ${first.word.slice(0, 40)}, has this path: layers of one path share weights, so make them the same, or rename one`,
      );
};

/** The same options, in any order. */
const sameData = (a: unknown, b: unknown): boolean => {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [keys, others] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return (
    keys.length === others.size && keys.every(([key, value]) => others.has(key) && sameData(value, others.get(key)))
  );
};

const exprOf = (
  call: LayerCall,
  values: ReadonlyMap<string, AnyExpr>,
  finish: Finish,
): Either<SvertkaError, AnyExpr> => {
  const apply = applicationOf(call.word);
  if (apply === undefined)
    return fail(
      "Unsupported",
      call.name,
      `'${call.word.slice(0, 40)}' is no layer of svertka: use one of its own layers in its place`,
    );
  const inputs = call.inputs.map((one) => values.get(one)).filter((expr) => expr !== undefined);
  const made = apply(call, inputs);
  if (E.isLeft(made)) return fail("BadOption", call.name, made.left);
  const expr = made.right;
  if (isPoisoned(expr.shape)) return fail("ShapeMismatch", call.name, expr.shape.error);
  return isApplication(expr)
    ? E.right(finish(expr, call))
    : fail(
        "Unsupported",
        call.name,
        `${call.word.slice(0, 40)}: it is no single layer: write the layers that it is made of`,
      );
};

const isApplication = (expr: AnyExpr): expr is Application => expr["~node"].kind === "layer";

/** The application with its path; training leaves a frozen one's weights as they are. */
const named: Finish = (expr, { name, frozen }) => ({
  ...expr,
  "~node": { ...expr["~node"], path: name, ...(frozen ? { frozen } : {}) },
});
