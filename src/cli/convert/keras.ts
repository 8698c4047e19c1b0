/** `svertka convert … .keras`. */
import { TE, pipe } from "../../fp.js";
import { writeKerasLayers } from "../../io/keras/write.js";
import { foundLayers } from "../found-layers.js";
import { singleFile, type Format } from "./format.js";

export const keras: Format = {
  name: "keras",
  title: "Keras 3",
  ending: ".keras",
  files: ({ model, weights, output }) =>
    pipe(
      TE.fromEither(foundLayers(model, weights)),
      TE.flatMap((found) => writeKerasLayers(found.layers, found.weights)),
      TE.map((bytes) => singleFile(output, bytes)),
    ),
};
