/** `svertka summary`: what a model consists of. */
import { orReject, orThrow } from "../../errors.js";
import type { Run } from "../command.js";
import { switchFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import { summaryTable } from "../summary-table.js";
import { weightShapes, weightTypes } from "../weight-types.js";

export const summary: Run = async ({ argument, flags, terminal }) => {
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const show = <A>(found: A, text: (found: A) => string): void =>
    terminal.result(switchFlag(flags, "json") ? JSON.stringify(found, undefined, 2) : text(found));
  if (switchFlag(flags, "types")) show(weightShapes(model), weightTypes);
  else show(orThrow(model.summary), summaryTable);
};
