/** How a classifier's score for a class depends on what a layer gives, or on the input: the score's gradient, in inference mode. */
import { fail, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { appendGradient } from "../compiler/autodiff/gradient.js";
import { operatorOf, registryOf } from "../compiler/ir/builder.js";
import type { Graph, Value } from "../compiler/ir/graph.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { LayerInfo } from "../dsl/to-graph.js";
import { withInputShape } from "../dsl/with-input-shape.js";
import { mul } from "../formula/formula.js";
import { operators } from "../ops/registry.js";
import type { CompileOptions } from "./compile.js";
import { inferenceGraph, type InferenceGraph } from "./inference-graph.js";
import { initialWeights } from "./initial-weights.js";
import { predictor } from "./predictor.js";
import { checkWeights } from "./weight-store.js";

export interface ScoreGradientOptions extends Pick<CompileOptions, "backend" | "weights" | "seed"> {
  /** The layer whose output the gradient is by, chosen of the model's; the input where it chooses none. */
  readonly layer: (layers: readonly LayerInfo[]) => Either<SvertkaError, LayerInfo | undefined>;
  /** The class whose score it is; of each example the one that the net says when not given. */
  readonly classIndex?: number | undefined;
}

/** For all examples together. */
export interface ScoreGradient {
  /** Scores before softmax or sigmoid, `[n, classes]`. */
  readonly scores: NdArray<"f32">;
  /** Of each example the class whose score was differentiated. */
  readonly classes: readonly number[];
  /** What the layer gives, or the input. */
  readonly values: NdArray<"f32">;
  /** dS/dvalues, of the values' shape. */
  readonly gradient: NdArray<"f32">;
  /** The layer's name; `input` where it is that. */
  readonly by: string;
}

/** The input that says which score counts: 1 at its class, 0 elsewhere. */
const choiceName = "step:class";

/** The score itself, not the probability: softmax makes a class's gradient depend on the others' (Simonyan et al. 2013, §3). */
const scoreNode = ({ model }: InferenceGraph): Either<SvertkaError, Value> => {
  const [output] = model.outputs;
  if (output === undefined || model.outputs.length > 1 || output.value.type.shape.length !== 2)
    return fail(
      "BadModel",
      output?.name ?? "model",
      "score: one output [n, classes] is needed, a number for each class: choose a classifier",
    );
  const { builder } = model;
  const node = builder.node(output.value.id);
  const { traits } = operatorOf(registryOf(builder, operators), node.op);
  const isProbability = traits.includes("categoricalProbabilities") || traits.includes("binaryProbabilities");
  const [before] = node.inputs;
  return E.right(
    isProbability && before !== undefined ? { id: before, type: builder.node(before).type } : output.value,
  );
};

interface GradientGraph {
  readonly graph: Graph;
  readonly classes: number;
  readonly by: string;
}

const gradientGraph = (
  model: Model<unknown, unknown>,
  { layer }: ScoreGradientOptions,
): Either<SvertkaError, GradientGraph> =>
  pipe(
    inferenceGraph(model),
    E.bindTo("made"),
    E.bind("score", ({ made }) => scoreNode(made)),
    E.bind("chosen", ({ made }) => layer(made.model.layers)),
    E.flatMap(({ made: { model: described }, score, chosen }) => {
      const { builder, inputs } = described;
      const wrt = chosen?.output ?? inputs[0]?.value;
      const by = chosen?.name ?? "input";
      if (wrt === undefined || inputs.length > 1)
        return fail("BadModel", "model", `score: the model has ${inputs.length} inputs: choose one of a single input`);
      const choice = builder.emit("input", [], { name: choiceName, dtype: "f32", shape: score.type.shape });
      const counted = builder.emit("elementwise", [score, choice], { formula: mul("x0", "x1") });
      const loss = builder.emit("reduceSum", [counted], { axes: [0, 1], keepDims: false });
      const nodes = builder.finish([]).nodes.slice();
      const [gradient] = appendGradient({ nodes, builder, registry: operators, loss, wrt: [wrt] });
      if (gradient === undefined)
        return fail("BadOption", by, `score: it does not depend on '${by}': choose a layer between input and output`);
      const results = { scores: score, values: wrt, gradient };
      const graph = builder.finish(
        Object.entries(results).map(([name, { id }]) => ({ kind: "result" as const, name, value: id })),
      );
      return E.right({ graph, classes: Number(score.type.shape[1]), by });
    }),
  );

const argMax = (row: Float32Array): number =>
  row.reduce((best, value, at) => (value > (row[best] ?? -Infinity) ? at : best), 0);

const choices = (classes: readonly number[], count: number): NdArray<"f32"> => {
  const data = new Float32Array(classes.length * count);
  classes.forEach((chosen, row) => (data[row * count + chosen] = 1));
  return f32([classes.length, count], data);
};

/**
 * Runs the net on examples `[n, …]`, and its gradient: S is the score of the chosen class, the gradient is dS by the layer's
 * output, of each example by its own. On any backend that trains.
 *
 * Errors  BadOption for a class that is not there; BadModel for what is no classifier of one input.
 */
export const scoreGradient = (
  given: Model<unknown, unknown>,
  x: NdArray<"f32">,
  options: ScoreGradientOptions,
): TaskEither<SvertkaError, ScoreGradient> => {
  const { backend, weights, seed = 0, classIndex } = options;
  const [input = "input"] = Object.keys(given["~model"].inputs);
  const model = withInputShape(given, { [input]: x.shape.slice(1) });
  return pipe(
    E.Do,
    E.bind("made", () => gradientGraph(model, options)),
    E.bind("values", () =>
      pipe(
        inferenceGraph(model),
        E.flatMap(({ model: { weights: infos } }) =>
          weights === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, weights, "weights"),
        ),
      ),
    ),
    E.chainFirst(({ made: { classes } }) =>
      classIndex === undefined || (Number.isInteger(classIndex) && classIndex >= 0 && classIndex < classes)
        ? E.right(undefined)
        : fail(
            "BadOption",
            "class",
            `class: ${classIndex} of ${classes}, 0 to ${classes - 1} are there: give one of these`,
          ),
    ),
    TE.fromEither,
    TE.bind("ready", ({ made: { graph }, values }) => predictor({ graph, weights: values, backend })),
    TE.flatMap(({ made: { classes, by }, ready }) => async () => {
      try {
        const run = (chosen: NdArray<"f32">) => ready.predict({ [input]: x, [choiceName]: chosen })();
        const count = x.shape[0] ?? 0;
        const none = f32([count, classes], new Float32Array(count * classes));
        const first = classIndex === undefined ? await run(none) : undefined;
        if (first !== undefined && E.isLeft(first)) return first;
        const said = first?.right["scores"]?.data;
        const chosen = Array.from({ length: count }, (_, row) =>
          said === undefined ? (classIndex ?? 0) : argMax(said.subarray(row * classes, (row + 1) * classes)),
        );
        const results = await run(choices(chosen, classes));
        if (E.isLeft(results)) return results;
        const { scores, values, gradient } = results.right;
        if (scores === undefined || values === undefined || gradient === undefined)
          return fail("BadModel", by, "score: the graph gave no gradient: choose another layer");
        return E.right({ scores, values, gradient, classes: chosen, by });
      } finally {
        ready.dispose();
      }
    }),
  );
};
