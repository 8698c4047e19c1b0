/** `svertka draw runs/x/history.json`: loss and metrics by epoch. */
import { basename, dirname, resolve } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { readText } from "../../io/node.js";
import type { Drawing } from "../../viz/drawing.js";
import { historyChart } from "../../viz/history-chart.js";
import { historyPanels, type HistoryColumns } from "../../viz/history-panels.js";
import type { DrawCall, DrawKind } from "./kind.js";

const noHistory = (path: string, what: string): Either<SvertkaError, never> =>
  fail("BadFile", path, `history: ${what}, { "loss": [0.81, 0.52], … } is needed: give history.json of svertka train`);

/** Keras writes NaN as `NaN`, which is no JSON; a gap in the line is drawn for it, as for `null`. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/(?<=[[,]\s*)-?(?:NaN|Infinity)(?=\s*[\],])/g, "null"));
  } catch {
    return undefined;
  }
};

/** One number an epoch under each name, with `null` for what is none. */
const columnsOf = (text: string, path: string): Either<SvertkaError, HistoryColumns> => {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return noHistory(path, value === undefined ? "it is no JSON" : "it is no object of lists");
  const columns = Object.entries(value);
  if (columns.length === 0) return noHistory(path, "it is empty");
  const bad = columns.find(
    ([, list]) =>
      !Array.isArray(list) || list.length === 0 || !list.every((one) => one === null || typeof one === "number"),
  );
  if (bad !== undefined) return noHistory(path, `'${bad[0].slice(0, 40)}' is no list of numbers`);
  if (columns.length > 200) return noHistory(path, `${columns.length} names`);
  return E.right(
    Object.fromEntries(
      columns.map(([name, list]) => [
        name,
        Array.isArray(list) ? list.map((one) => (typeof one === "number" ? one : Number.NaN)) : [],
      ]),
    ),
  );
};

/** A file itself, or history.json in a folder that holds one. */
const historyFile = (argument: string): string | undefined => {
  if (/\.json$/i.test(argument)) return basename(argument) === "model.json" ? undefined : argument;
  return undefined;
};

const draw = async ({ argument, theme }: DrawCall): Promise<Drawing> => {
  const path = historyFile(argument) ?? argument;
  const columns = orThrow(columnsOf(await orReject(readText(path)), path));
  const title = `Training history: ${basename(dirname(resolve(path)))}`;
  return orReject(historyChart({ title, panels: historyPanels(columns), theme }));
};

export const drawHistory: DrawKind = {
  name: "a history",
  isMeant: ({ argument }) => historyFile(argument) !== undefined,
  flags: [],
  draw,
};
