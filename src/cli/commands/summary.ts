/** `svertka summary`: what a model consists of. */
import { orReject, orThrow } from "../../errors.js";
import type { Run } from "../command.js";
import { switchFlag } from "../flags.js";
import { loadModel } from "../load-model.js";
import { summaryTable } from "../summary-table.js";

export const summary: Run = async ({ argument, flags, terminal }) => {
  const model = await orReject(loadModel(argument, { typeCheck: switchFlag(flags, "typeCheck") }));
  const found = orThrow(model.summary);
  terminal.result(switchFlag(flags, "json") ? JSON.stringify(found, undefined, 2) : summaryTable(found));
};
