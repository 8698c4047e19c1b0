/** A model's graph in inference mode; of one with unknown axes, its layers and weights. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import { toGraph, type ModelGraph } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";

type AnyModel = Model<unknown, unknown>;

export interface InferenceGraph {
  readonly graph: Graph;
  readonly model: ModelGraph;
}

/** The graph of a model in inference mode, with a result for each output; every axis of its inputs must be known. */
export const inferenceGraph = (model: AnyModel): Either<SvertkaError, InferenceGraph> =>
  pipe(
    toGraph(model["~model"], { registry: operators, mode: "inference", seed: 0 }),
    E.map((graphOfModel) => {
      const outputs = graphOfModel.outputs.map(({ name, value }) => ({
        kind: "result" as const,
        name,
        value: value.id,
      }));
      return { graph: graphOfModel.builder.finish(outputs), model: graphOfModel };
    }),
  );

/** What no size changes: the layers with their shapes, `null` where an axis is unknown, and the weights. */
export type ModelOutline = Pick<ModelGraph, "layers" | "weights" | "builder">;

export const outlineOf = (model: AnyModel): Either<SvertkaError, ModelOutline> =>
  toGraph(model["~model"], { registry: operators, mode: "inference", seed: 0, anySize: true });

export const hasUnknownAxes = (model: AnyModel): boolean =>
  Object.values(model["~model"].inputs).some(({ shape }) => shape.includes(null));
