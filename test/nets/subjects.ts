/** The graphs of a net that passes are tried on, and numbers for all that they read. */
import type { Graph, Node } from "../../src/compiler/ir/graph.js";
import { sourceName } from "../../src/compiler/ir/graph.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import { f32, i32 } from "../../src/data/nd-array.js";
import type { Model } from "../../src/dsl/model.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { fillNormal, fillUniform, foldIn, keyOf } from "../../src/random/index.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import {
  adam,
  lion,
  rmsprop,
  sgd,
  sparseCategoricalCrossentropy,
  type Loss,
  type Optimizer,
} from "../../src/train/index.js";
import { labelsName, trainingGraph } from "../../src/train/step-graph.js";
import type { NamedRun } from "../support/run-named.js";
import { randomNet, type Recipe } from "./random-net.js";

export interface Subject {
  readonly mode: "inference" | "training";
  readonly graph: Graph;
  /** Class numbers below this are labels. */
  readonly classes: number;
}

/** One by one over the nets: with slots, without, with scalars of their own. */
const optimizers: readonly Optimizer[] = [
  adam(),
  sgd({ learningRate: 0.1 }),
  sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, clipNorm: 1 }),
  rmsprop(),
  lion(),
];

interface Trained {
  readonly loss: Loss;
  readonly classes: number;
  readonly seed: number;
}

/** Prediction, and a whole step: gradients and the optimiser's updates. */
export const subjectsOf = (net: Model<unknown, unknown>, { loss, classes, seed }: Trained): readonly Subject[] => {
  const optimizer = optimizers[seed % optimizers.length] ?? adam();
  const request = { model: net["~model"], registry: operators, seed, loss, metrics: [], optimizer };
  return [
    { mode: "inference", graph: orThrow(inferenceGraph(net)).graph, classes },
    { mode: "training", graph: orThrow(trainingGraph(request)).graph, classes },
  ];
};

export const randomSubjects = (recipe: Recipe): readonly Subject[] => {
  const { model, loss, classes = 2 } = randomNet(recipe);
  return subjectsOf(model, { loss, classes, seed: recipe.seed });
};

/** Of an architecture that classifies, or labels each pixel. */
export const classifierSubjects = (net: Model<unknown, unknown>, seed: number): readonly Subject[] => {
  const classes = net["~model"].outputs["output"]?.shape.at(-1) ?? 2;
  return subjectsOf(net, { loss: sparseCategoricalCrossentropy(), classes, seed });
};

/** Nothing is 0 or on a kink; scales, variances and what optimisers keep are positive and below 1.5. */
export const feedsOf = ({ graph, classes }: Subject, batch: number, seed: number): NamedRun["feeds"] =>
  new Map(
    graph.nodes
      .filter(({ op }) => op === "input" || op === "parameter" || op === "state")
      .map((node) => [sourceName(node), arrayFor(node, { classes, batch, seed })]),
  );

const positive = /^optimizer:|^step:learningRate$|gamma$|movingVariance$/;

const arrayFor = (
  node: Node,
  { classes, batch, seed }: { readonly classes: number; readonly batch: number; readonly seed: number },
): ReturnType<typeof f32> | ReturnType<typeof i32> => {
  const name = sourceName(node);
  const shape = concreteShape(node.type.shape, batch);
  const size = shape.reduce((a, b) => a * b, 1);
  const key = foldIn(keyOf(seed), name);
  const uniform = new Float32Array(size);
  fillUniform(uniform, key);
  if (node.type.dtype === "i32")
    return i32(
      shape,
      Int32Array.from(uniform, (value) => Math.floor(value * (name.startsWith(labelsName) ? classes : 3))),
    );
  if (name.startsWith(labelsName)) return f32(shape, uniform);
  if (positive.test(name))
    return f32(
      shape,
      uniform.map((value) => (name.startsWith("optimizer:") ? 0.05 + 0.9 * value : 0.5 + value)),
    );
  const normal = new Float32Array(size);
  const isWeight = node.op === "parameter" && shape.length > 1;
  // Kernels keep the size of what goes through them.
  fillNormal(normal, key, { standardDeviation: isWeight ? 1 / Math.sqrt(size / (shape.at(-1) ?? 1)) : 0.3 });
  return f32(shape, normal);
};
