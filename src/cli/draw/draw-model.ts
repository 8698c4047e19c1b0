/** `svertka draw MODEL`: the graph of a model. */
import { basename } from "node:path";
import { orReject, orThrow } from "../../errors.js";
import type { Drawing } from "../../viz/drawing.js";
import { modelGraph } from "../../viz/model-graph.js";
import { switchFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";
import { layeredModel } from "./layered-model.js";

const draw = async ({ argument, flags, theme }: DrawCall): Promise<Drawing> => {
  const loaded = await orReject(loadModel(argument, modelOptions(flags)));
  // Its weights are not needed but where constants of a graph become layers.
  const weights = loaded.weights.kind === "trained" ? loaded.weights.values : new Map();
  const { model } = orThrow(layeredModel(loaded, weights));
  return orThrow(modelGraph(model, { title: basename(argument), unfold: switchFlag(flags, "unfold"), theme }));
};

export const drawModel: DrawKind = {
  name: "a model's graph",
  isMeant: ({ flags }) => !("image" in flags) && !("layer" in flags),
  flags: ["unfold", ...modelFlags],
  draw,
};
