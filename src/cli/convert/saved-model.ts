/** `svertka convert … .savedmodel`: a folder that TensorFlow and TensorFlow Serving load. */
import { join } from "node:path";
import { E, TE, pipe } from "../../fp.js";
import { savedModelOf } from "../../io/tensorflow/of-model.js";
import { singleFile, type Format } from "./format.js";

export const savedModel: Format = {
  name: "savedmodel",
  title: "SavedModel",
  ending: ".savedmodel",
  isFolder: true,
  files: ({ model, weights, output }) =>
    TE.fromEither(
      pipe(
        savedModelOf(model.graph, weights),
        E.map((bytes) => singleFile(join(output, "saved_model.pb"), bytes)),
      ),
    ),
};
