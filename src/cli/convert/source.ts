/** `svertka convert … .ts`: the model as TypeScript, and its weights beside it. */
import { basename } from "node:path";
import { fail } from "../../errors.js";
import { E, TE, pipe } from "../../fp.js";
import { encodeSafetensors } from "../../io/safetensors.js";
import { sourceOf } from "../../io/source/index.js";
import { foundLayers, renamed } from "../found-layers.js";
import type { Format } from "./format.js";

export const source: Format = {
  name: "source",
  title: "TypeScript",
  ending: ".ts",
  files: ({ model, weights, output, from }) => {
    const weightsFile = output.replace(/\.ts$/i, ".safetensors");
    return pipe(
      TE.fromEither(foundLayers(model, weights)),
      TE.flatMapEither(({ layers, weights: known }) =>
        pipe(
          sourceOf(layers, { from: basename(from), weightsFile: basename(weightsFile) }),
          E.flatMap(({ text, weights: names }) => {
            const own = renamed(known, names);
            const missing = [...names].find(([name]) => !own.has(name))?.[1];
            return missing === undefined
              ? E.right({ text, own })
              : fail(
                  "BadData",
                  missing.slice(0, 80),
                  "convert: the model's weights have none of this name: give all of them",
                );
          }),
        ),
      ),
      TE.map(({ text, own }) => {
        const bytes = encodeSafetensors([...own].map(([name, array]) => ({ ...array, name })));
        return {
          files: [
            { path: weightsFile, content: bytes },
            { path: output, content: text },
          ],
          bytes: bytes.byteLength + new TextEncoder().encode(text).byteLength,
        };
      }),
    );
  },
};
