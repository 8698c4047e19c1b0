/** All formats that `svertka convert` writes: the only list. */
import type { Format } from "./format.js";
import { keras } from "./keras.js";
import { onnx } from "./onnx.js";
import { safetensors } from "./safetensors.js";
import { savedModel } from "./saved-model.js";
import { source } from "./source.js";

export const formats: readonly Format[] = [keras, onnx, savedModel, safetensors, source];

export const formatOf = (file: string): Format | undefined =>
  formats.find(({ ending }) => file.toLowerCase().replace(/\/+$/, "").endsWith(ending));
