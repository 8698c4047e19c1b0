/** The graph of one layer as a model of its own, with the gradient of Σ outputGradient ⊙ output. */
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import type { Graph, Output, Value } from "../../src/compiler/ir/graph.js";
import { i32, type NdArray } from "../../src/data/nd-array.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { input } from "../../src/dsl/input.js";
import { toGraph, type ModelGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import * as vocabulary from "../../src/ops/index.js";
import { operators } from "../../src/ops/registry.js";
import type { NamedRun } from "../support/run-named.js";
import type { GoldenTensor, LayerCase, LayerFixture } from "./fixture.js";

const words: Readonly<Record<string, unknown>> = vocabulary;

const callable = (value: unknown, what: string): ((...args: readonly unknown[]) => unknown) => {
  if (typeof value !== "function") throw new Error(`${what} is no word of the vocabulary`);
  return value as (...args: readonly unknown[]) => unknown; // sound: what it is called with decides, below
};

/** A merge is called with its inputs, or with a list of them and its options, or made by options (`addOf`); a layer value with its input. */
export const applied = (
  layer: LayerFixture["layer"],
  { options, inputs }: LayerCase,
): { exprs: readonly AnyExpr[]; result: AnyExpr } => {
  const exprs: readonly AnyExpr[] = inputs.map(({ shape }) => input(shape.slice(1)));
  const word = callable(words[layer], layer);
  const result =
    options === null
      ? word(...exprs)
      : exprs.length === 1 || layer.endsWith("Of")
        ? callable(word(options), `${layer}(…)`)(...exprs)
        : word(exprs, options);
  return { exprs, result: result as AnyExpr }; // sound: every word gives an expression
};

export const inputName = (index: number): string => `input${index}`;
export const outputGradientName = "outputGradient";

export interface GoldenGraph {
  /** The results `output`, `input0` … and `gradient/kernel` …, and the updates of states. */
  readonly graph: Graph;
  readonly model: ModelGraph;
  /** A weight's name without the layer's path. */
  readonly ownName: (weight: string) => string;
}

/** Forward only, as prediction runs it; or with gradients, as training runs it. */
export const goldenGraph = (fixture: LayerFixture, one: LayerCase, gradients: boolean): GoldenGraph => {
  const { exprs, result } = applied(fixture.layer, one);
  const inputs = Object.fromEntries(exprs.map((expr, i) => [inputName(i), expr]));
  const model = orThrow(
    toGraph({ inputs, outputs: { output: result } }, { registry: operators, mode: one.mode, seed: 0 }),
  );
  const path = model.layers.at(-1)?.name ?? "";
  const ownName = (weight: string): string => weight.slice(path.length + 1);
  const [{ value: output } = missing()] = model.outputs;
  const results: Output[] = [{ kind: "result", name: "output", value: output.id }];
  for (const [name, { id }] of model.updates) results.push({ kind: "update", name: ownName(name), value: id });
  if (gradients) results.push(...gradientOutputs(model, output, ownName));
  return { graph: model.builder.finish(results), model, ownName };
};

const fed = ({ shape, data }: GoldenTensor) => ({ dtype: "f32", shape, data: Float64Array.from(data) }) as const;

/** The case's inputs, weights and output gradient under the graph's names; a graph with random numbers is in its fourth step. */
export const feedsOf = (one: LayerCase, { model, ownName }: GoldenGraph): NamedRun["feeds"] => {
  const feeds = new Map<string, ReturnType<typeof fed> | NdArray<"i32">>([
    [outputGradientName, fed(one.outputGradient)],
  ]);
  one.inputs.forEach((tensor, i) => feeds.set(inputName(i), fed(tensor)));
  for (const { name } of model.weights) {
    const weight = one.weights.find((given) => given.name === ownName(name));
    if (weight === undefined) throw new Error(`the fixture has no weight ${ownName(name)}`);
    feeds.set(name, fed(weight));
  }
  if (model.step !== undefined) feeds.set("step", i32([], Int32Array.of(3)));
  return feeds;
};

const missing = (): never => {
  throw new Error("a model has an output");
};

const gradientOutputs = (
  { builder, inputs, weights }: ModelGraph,
  output: Value,
  ownName: GoldenGraph["ownName"],
): Output[] => {
  const outputGradient = builder.emit("input", [], {
    name: outputGradientName,
    dtype: "f32",
    shape: output.type.shape,
  });
  const product = builder.emit("multiply", [output, outputGradient]);
  const loss = builder.emit("reduceSum", [product], {
    axes: output.type.shape.map((_, axis) => axis),
    keepDims: false,
  });
  const wanted = [
    ...inputs.map(({ name, value }) => ({ name, value })),
    ...weights
      .filter(({ kind }) => kind === "parameter")
      .map(({ name, value }) => ({ name: `gradient/${ownName(name)}`, value })),
  ];
  const wrt = wanted.map(({ value }) => value);
  const made = appendGradient({ nodes: builder.finish([]).nodes.slice(), builder, registry: operators, loss, wrt });
  return wanted.flatMap(({ name }, i): Output[] => {
    const gradient = made[i];
    return gradient === undefined ? [] : [{ kind: "result", name, value: gradient.id }];
  });
};
