/** The makers of maps that worker threads can run, by the names in their recipes. */
import * as augment from "./augment/index.js";
import { normalize, rescale } from "./normalize.js";

export const makers: Readonly<Record<string, unknown>> = { normalize, rescale, ...augment };
