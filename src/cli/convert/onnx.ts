/** `svertka convert … .onnx`. */
import { E, TE, pipe } from "../../fp.js";
import { onnxOf } from "../../io/onnx/of-model.js";
import { singleFile, type Format } from "./format.js";

export const onnx: Format = {
  name: "onnx",
  title: "ONNX",
  ending: ".onnx",
  files: ({ model, weights, output }) =>
    TE.fromEither(
      pipe(
        onnxOf(model.graph, weights),
        E.map(({ bytes }) => singleFile(output, bytes)),
      ),
    ),
};
