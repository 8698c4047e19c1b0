/** What is timed: a prediction, or a step of a task's training, on made-up numbers of the right shapes. */
import { orReject } from "../../errors.js";
import type { Backend } from "../../backends/backend.js";
import { sourceName } from "../../compiler/ir/graph.js";
import { concreteShape } from "../../compiler/ir/type.js";
import { f32, i32, type NdArray } from "../../data/nd-array.js";
import { initialWeights, type Weights } from "../../run/initial-weights.js";
import { familyPredictor } from "../../run/predictor.js";
import { labelsName } from "../../train/step-graph.js";
import { trainerOptionsOf, type Task } from "../../train/task.js";
import { trainer } from "../../train/trainer.js";
import type { LoadedModel } from "../loaded-model.js";

export interface Subject {
  readonly once: () => Promise<unknown>;
  readonly dispose: () => void;
}

/** Numbers between -1 and 1, the same each time. */
export const numbers = (shape: readonly number[]): NdArray<"f32"> =>
  f32(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898)),
  );

export const weightsFor = ({ weights }: LoadedModel): Weights =>
  weights.kind === "trained" ? weights.values : initialWeights(weights.infos, 0);

export const inputsFor = ({ graphs }: LoadedModel, batch: number): Readonly<Record<string, NdArray<"f32">>> =>
  Object.fromEntries(graphs.inputs.map(({ name, shape }) => [name, numbers([batch, ...shape.map(Number)])]));

/** A prediction of that many examples. */
export const prediction = async (model: LoadedModel, backend: Backend, batch: number): Promise<Subject> => {
  const ready = await orReject(familyPredictor({ graphs: model.graphs, weights: weightsFor(model), backend }));
  const x = inputsFor(model, batch);
  return { once: () => orReject(ready.predict(x)), dispose: ready.dispose };
};

/** A step of training on that many examples, each of class 0, or labelled with zeros. */
export const trainingStep = async (task: Task, backend: Backend, batch: number): Promise<Subject> => {
  const made = await orReject(trainer({ ...trainerOptionsOf(task), backend }));
  const fed = made.training.source.nodes.filter(({ op }) => op === "input");
  const arrays = fed.map((node) => {
    const shape = concreteShape(node.type.shape, batch);
    const size = shape.reduce((a, b) => a * b, 1);
    return [
      sourceName(node),
      node.type.dtype === "i32"
        ? i32(shape, new Int32Array(size))
        : sourceName(node).startsWith(labelsName)
          ? f32(shape, new Float32Array(size))
          : numbers(shape),
    ] as const;
  });
  const isLabels = (name: string): boolean => name.startsWith(labelsName);
  const x = Object.fromEntries(
    arrays.flatMap(([name, array]) => (array.dtype === "f32" && !name.startsWith("step:") ? [[name, array]] : [])),
  );
  const labels = arrays.filter(([name]) => isLabels(name));
  const [only] = labels;
  // Of several outputs each has labels of its own, fed as `step:labels/<output>`.
  const y =
    labels.length === 1 && only !== undefined
      ? only[1]
      : Object.fromEntries(labels.map(([name, array]) => [name.slice(labelsName.length + 1), array]));
  return { once: () => orReject(made.step({ x, y })), dispose: made.dispose };
};
