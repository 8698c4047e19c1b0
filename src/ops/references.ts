/** The oracles by operator name, found in reference-index.ts; a predictor on a fast backend does not carry them. */
import type { Reference } from "./operator.js";
import * as index from "./reference-index.js";

const list: readonly Reference[] = Object.values(index);

export const references: ReadonlyMap<string, Reference> = new Map(
  list.map((reference) => [reference.operator, reference]),
);
