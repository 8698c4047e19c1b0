/** `svertka convert … .savedmodel`: a folder that TensorFlow and TensorFlow Serving load. */
import { join } from "node:path";
import { TE, pipe } from "../../fp.js";
import { makeDirectory, writeAtomically } from "../../io/node.js";
import { savedModelOf } from "../../io/tensorflow/of-model.js";
import type { Format } from "./format.js";

export const savedModel: Format = {
  name: "savedmodel",
  title: "SavedModel",
  ending: ".savedmodel",
  write: ({ model, weights, output }) =>
    pipe(
      TE.fromEither(savedModelOf(model.graph, weights)),
      TE.flatMap((bytes) =>
        pipe(
          makeDirectory(output),
          TE.flatMap(() => writeAtomically(join(output, "saved_model.pb"), bytes)),
          TE.map(() => ({ bytes: bytes.byteLength })),
        ),
      ),
    ),
};
