/** `svertka draw MODEL --passes`: operators before the passes, and the backend's calls after them. */
import { basename } from "node:path";
import { orReject, orThrow } from "../../errors.js";
import { operators } from "../../ops/registry.js";
import { compileGraph } from "../../run/compiled-graph.js";
import { explain } from "../../run/explain.js";
import { inferenceGraph } from "../../run/inference-graph.js";
import type { Drawing } from "../../viz/drawing.js";
import { passesGraph } from "../../viz/passes-graph.js";
import { chooseBackend } from "../choose-backend.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";

const draw = async ({ argument, flags, terminal, theme }: DrawCall): Promise<Drawing> => {
  const { graph, model } = await orReject(loadModel(argument, modelOptions(flags)));
  // A backend that runs kernels shows more than one that takes whole graphs.
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "training");
  const device = await orReject(backend.load);
  const made = model === undefined ? undefined : orThrow(inferenceGraph(model));
  const compiled = compileGraph(made?.graph ?? graph, { registry: operators, device, stableWeights: true });
  const explanation = orThrow(explain(compiled, device, { batch: 1, layers: made?.model.layers ?? [] }));
  compiled.dispose();
  return orThrow(
    passesGraph({ title: `${basename(argument)}, before and after the passes`, compiled, explanation, theme }),
  );
};

export const drawPasses: DrawKind = {
  name: "the passes' work",
  isMeant: ({ flags }) => switchFlag(flags, "passes"),
  flags: ["passes", ...modelFlags],
  draw,
};
