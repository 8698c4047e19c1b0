/** MODEL of `svertka draw`: loaded, with its weights, as layers. */
import { orReject, orThrow } from "../../errors.js";
import { chooseWeights, weightFiles } from "../choose-weights.js";
import type { Call } from "../command.js";
import { loadModel, modelOptions } from "../load-model.js";
import type { LoadedModel } from "../loaded-model.js";
import { layeredModel, type LayeredModel } from "./layered-model.js";

export interface OpenedModel extends LayeredModel {
  readonly loaded: LoadedModel;
}

/** It throws what is wrong, as commands do. */
export const openedModel = async ({ argument, flags, terminal }: Call): Promise<OpenedModel> => {
  const loaded = await orReject(loadModel(argument, modelOptions(flags)));
  const weights = orThrow(await chooseWeights(loaded, weightFiles(flags), terminal));
  return { loaded, ...orThrow(layeredModel(loaded, weights)) };
};
