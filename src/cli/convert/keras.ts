/** `svertka convert … .keras`. */
import { failTask } from "../../errors.js";
import { TE, pipe } from "../../fp.js";
import { writeAtomically } from "../../io/node.js";
import { writeKeras } from "../../io/keras/write.js";
import type { Format } from "./format.js";

export const keras: Format = {
  name: "keras",
  title: "Keras 3",
  ending: ".keras",
  write: ({ model: { model }, weights, output }) =>
    model === undefined
      ? failTask(
          "Unsupported",
          output,
          "convert: a checkpoint or an ONNX file has operators and no layers, which Keras needs: give the module, with --weights",
        )
      : pipe(
          writeKeras(model, weights),
          TE.flatMap((bytes) =>
            pipe(
              writeAtomically(output, bytes),
              TE.map(() => ({ bytes: bytes.byteLength })),
            ),
          ),
        ),
};
