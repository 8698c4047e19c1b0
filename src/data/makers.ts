/** The makers of maps that worker threads can run, by the names in their recipes: one line each. */
import type { BatchMap, ExampleMap } from "./pipeline/map.js";
import { normalize, rescale } from "./normalize.js";

type Maker = (options: never) => ExampleMap<never, never, unknown, unknown> | BatchMap<never, never, unknown, unknown>;

export const makers = { normalize, rescale } satisfies Readonly<Record<string, Maker>>;
