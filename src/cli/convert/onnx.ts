/** `svertka convert … .onnx`. */
import { E, TE, pipe } from "../../fp.js";
import { writeAtomically } from "../../io/node.js";
import { onnxOf } from "../../io/onnx/of-model.js";
import type { Format } from "./format.js";

export const onnx: Format = {
  name: "onnx",
  title: "ONNX",
  ending: ".onnx",
  write: ({ model, weights, output }) =>
    pipe(
      TE.fromEither(
        pipe(
          onnxOf(model.graph, weights),
          E.map(({ bytes }) => bytes),
        ),
      ),
      TE.flatMap((bytes) =>
        pipe(
          writeAtomically(output, bytes),
          TE.map(() => ({ bytes: bytes.byteLength })),
        ),
      ),
    ),
};
