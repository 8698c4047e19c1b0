/** An .onnx file as MODEL of the command line: its graph with its weights. */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { readBytes } from "../io/node.js";
import { onnxInputs, readOnnx, type OnnxModel } from "../io/onnx/read/index.js";
import { singleGraph } from "../run/graph-family.js";
import { summarizeGraph } from "./graph-summary.js";
import { inputShapesOf } from "./input-shapes.js";
import type { LoadedModel } from "./loaded-model.js";

/** A file beside the model's, links that lead elsewhere followed: undefined outside the model's folder. */
const fileBeside =
  (path: string) =>
  (location: string): Uint8Array | undefined => {
    try {
      const folder = realpathSync(dirname(path));
      const file = realpathSync(join(folder, location));
      return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? readFileSync(file) : undefined;
    } catch {
      // No such file, or none that can be read: the reader says which it is.
      return undefined;
    }
  };

const loaded = ({ graph, weights }: OnnxModel): LoadedModel => ({
  graph,
  graphs: singleGraph(graph),
  summary: E.right(summarizeGraph(graph)),
  weights: { kind: "trained", values: weights },
  isForeign: true,
});

export const fromOnnx = (path: string, shapes: readonly string[]): TaskEither<SvertkaError, LoadedModel> =>
  pipe(
    readBytes(path),
    TE.flatMapEither((bytes): Either<SvertkaError, LoadedModel> =>
      pipe(
        inputShapesOf(shapes, onnxInputs(bytes)),
        E.flatMap((inputShapes) => readOnnx(bytes, { where: path, inputShapes, externalData: fileBeside(path) })),
        E.map(loaded),
      ),
    ),
  );
