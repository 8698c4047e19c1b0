/** The mappings to TensorFlow by operator name, found in tensorflow-index.ts; only a backend that needs them carries them. */
import type { TensorFlowMapping } from "./tensorflow.js";
import * as index from "./tensorflow-index.js";

const list: readonly TensorFlowMapping[] = Object.values(index);

export const tensorFlowMappings: ReadonlyMap<string, TensorFlowMapping> = new Map(
  list.map((mapping) => [mapping.operator, mapping]),
);
