/** `svertka convert … FOLDER`: model.json and its weights, which `tf.loadLayersModel` of TensorFlow.js reads. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either } from "../../fp.js";
import { writeTensorFlowJsLayers } from "../../io/tensorflow-js/write.js";
import { foundLayers } from "../found-layers.js";
import type { Format } from "./format.js";

/** A new or empty folder, or one that such a model is in already. */
const checkFolder = (folder: string): Either<SvertkaError, void> => {
  if (!existsSync(folder)) return E.right(undefined);
  if (!statSync(folder).isDirectory())
    return fail("BadFile", folder, "convert: a file is in the way: give another folder, or a file with an ending");
  const others = readdirSync(folder);
  return others.length === 0 || others.includes("model.json")
    ? E.right(undefined)
    : fail(
        "BadFile",
        folder,
        "convert: the folder holds other files: give a new folder for model.json and its weights",
      );
};

/** Files of weights of the model that is in the folder already, which the new one has not: fewer of them, or other numbers. */
const surplusIn = (folder: string, names: readonly string[]): readonly string[] => {
  const page = join(folder, "model.json");
  if (!existsSync(page)) return [];
  const former = E.tryCatch(() => readFileSync(page, "utf8"), String);
  return E.isLeft(former)
    ? []
    : readdirSync(folder).filter(
        (name) =>
          /^group\d+-shard\d+of\d+\.bin$/.test(name) && !names.includes(name) && former.right.includes(`"${name}"`),
      );
};

export const tensorFlowJs: Format = {
  name: "tensorflowjs",
  title: "TensorFlow.js",
  ending: "",
  isFolder: true,
  files: ({ model, weights, output }) =>
    TE.fromEither(
      pipe(
        checkFolder(output),
        E.flatMap(() => foundLayers(model, weights)),
        E.flatMap((found) => writeTensorFlowJsLayers(found.layers, found.weights)),
        E.map((files) => ({
          files: files.map(({ name, bytes }) => ({ path: join(output, name), content: bytes })),
          bytes: files.reduce((sum, { size }) => sum + size, 0),
          surplus: surplusIn(
            output,
            files.map(({ name }) => name),
          ).map((name) => join(output, name)),
        })),
      ),
    ),
};
