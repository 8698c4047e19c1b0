/** The passes of a training step with `memory: "small"`: apart from the others, so that who only predicts does not carry them. */
import { joinCalls } from "./passes/join-calls.js";
import type { Pass } from "./passes/pass.js";
import { recompute } from "./passes/recompute.js";
import { defaultPasses } from "./pipeline.js";

export const smallMemoryPasses: readonly Pass[] = defaultPasses.flatMap((pass) =>
  pass === joinCalls ? [recompute, pass] : [pass],
);
