/** All formats that `svertka convert` writes: the only list. */
import { extname } from "node:path";
import type { Format } from "./format.js";
import { keras } from "./keras.js";
import { onnx } from "./onnx.js";
import { safetensors } from "./safetensors.js";
import { savedModel } from "./saved-model.js";
import { source } from "./source.js";
import { tensorFlowJs } from "./tensorflow-js.js";

export const formats: readonly Format[] = [keras, onnx, savedModel, safetensors, source, tensorFlowJs];

/** An ending is letters: `net.onnx`, not `run.2`. */
export const endingOf = (path: string): string =>
  /^\.[a-z]\w*$/i.exec(extname(path.replace(/\/+$/, "")))?.[0].toLowerCase() ?? "";

export const formatOf = (path: string): Format | undefined => {
  const ending = endingOf(path);
  return formats.find((one) => one.ending === ending);
};

/** As sentences list them. */
export const formatNames: string = formats
  .map(({ ending }) => (ending === "" ? "a folder" : `FILE${ending}`))
  .join(", ");
