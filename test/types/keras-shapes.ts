/** Reads the golden files of shapes, and builds what they describe. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isPoisoned } from "../../src/shape/shape.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { asLayer, type AnyLayer } from "../../src/dsl/layer.js";
import { model } from "../../src/dsl/model.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { applied } from "./applications.js";
import type { KerasCase } from "./keras-differences.js";
import type { Axes } from "./random-options.js";
import * as words from "./vocabulary.js";

const folder = join(import.meta.dirname, "..", "fixtures", "shapes");

type Options = KerasCase["options"];
/** `[word, options]`, `["residual", steps]`, or a merge with its branches, which begin at the same tensor. */
type Step =
  | readonly [word: string, options: Options]
  | readonly ["residual", readonly Step[]]
  | readonly [word: string, options: Options, branches: readonly (readonly Step[])[]];

export interface KerasNet {
  readonly input: Axes;
  readonly steps: readonly Step[];
  readonly output: Axes | null;
  readonly weights: number;
}

const read = (name: string): string => readFileSync(join(folder, `${name}.json`), "utf8");

export const kerasCases = (): readonly KerasCase[] => {
  const cases: readonly (readonly [string, Options, readonly Axes[], Axes | null, number])[] = JSON.parse(
    read("layers"),
  );
  return cases.map(([word, options, shapes, output, weights]) => ({ word, options, shapes, output, weights }));
};
export const kerasNets = (): readonly KerasNet[] => {
  const nets: readonly (readonly [Axes, readonly Step[], Axes | null, number])[] = JSON.parse(read("nets"));
  return nets.map(([input, steps, output, weights]) => ({ input, steps, output, weights }));
};

/** What svertka makes of a case. */
export const built = ({ word, options, shapes }: KerasCase): AnyExpr =>
  applied(
    { word, options },
    shapes.map((shape) => words.input(shape)),
  );

const isResidual = (step: Step): step is readonly ["residual", readonly Step[]] => step[0] === "residual";

const stepped = (x: AnyExpr, step: Step): AnyExpr => {
  if (isResidual(step)) return layerOfAll(words.residual(asLayer<AnyLayer>((y) => run(y, step[1]))), x);
  const [word, options, branches] = step;
  return applied({ word, options }, branches === undefined ? [x] : branches.map((branch) => run(x, branch)));
};
const layerOfAll = (layer: unknown, x: AnyExpr): AnyExpr => (layer as (x: AnyExpr) => AnyExpr)(x); // sound: a layer is applied
const run = (x: AnyExpr, steps: readonly Step[]): AnyExpr => steps.reduce(stepped, x);

export const builtNet = ({ input, steps }: KerasNet): AnyExpr => run(words.input(input), steps);

/** The shape, or null for a refusal. */
export const verdictOf = ({ shape }: AnyExpr): Axes | null => (isPoisoned(shape) ? null : shape);

/** The graph's output shape and the number of its weights. */
export const graphOf = (expr: AnyExpr): { readonly output: readonly unknown[]; readonly weights: number } => {
  const graph = orThrow(toGraph(model(expr)["~model"], { registry: operators, mode: "inference", seed: 0 }));
  const counts = graph.weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return {
    output: graph.outputs[0]?.value.type.shape.slice(1) ?? [],
    weights: counts.reduce((a, b) => a + b, 0),
  };
};
