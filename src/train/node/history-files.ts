/** A training history as files: numbers as JSON after each epoch, and drawn. The drawing libraries are loaded when used. */
import { join } from "node:path";
import type { SvertkaError } from "../../errors.js";
import { E, TE, pipe, type TaskEither } from "../../fp.js";
import { makeDirectory, writeAtomically } from "../../io/node/whole-files.js";
import type { Drawing } from "../../viz/index.js";
import type { History } from "../fit.js";

/** `{ "loss": [0.81, 0.52], "val_loss": […] }`: a number an epoch under each name. */
export const writeHistory = (folder: string, history: History): TaskEither<SvertkaError, void> => {
  const columns = Object.entries(history).map(
    ([name, values]) => `  ${JSON.stringify(name)}: ${JSON.stringify(values)}`,
  );
  return pipe(
    makeDirectory(folder),
    TE.flatMap(() => writeAtomically(join(folder, "history.json"), `{\n${columns.join(",\n")}\n}\n`)),
  );
};

/** A drawing as SVG and as PNG, under one name; gives the paths. */
export const writePicture =
  (folder: string, name: string, drawing: Drawing): TaskEither<SvertkaError, readonly string[]> =>
  async () => {
    const { svgToPng } = await import("../../viz/node.js");
    const files = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) };
    return pipe(
      svgToPng(drawing),
      TE.flatMap((png) => writeAtomically(files.png, png)),
      TE.flatMap(() => writeAtomically(files.svg, `${drawing.svg}\n`)),
      TE.map(() => [files.svg, files.png]),
    )();
  };

/** `history.svg` and `history.png`. */
export const drawHistory =
  (folder: string, title: string, history: History): TaskEither<SvertkaError, readonly string[]> =>
  async () => {
    const { historyChart, historyPanels } = await import("../../viz/index.js");
    const chart = await historyChart({ title, panels: historyPanels(history) })();
    return E.isLeft(chart) ? chart : writePicture(folder, "history", chart.right)();
  };
