/** Removes moves of data that do nothing or undo each other. */
import { applyRulesFully } from "../rewrite/rule.js";
import { partRules } from "../rewrite/simplify-parts.js";
import { simplifications } from "../rewrite/simplify.js";
import type { Pass } from "./pass.js";

export const simplify: Pass = {
  name: "simplify",
  purpose: "Removes reshapes, transposes, slices and pads that do nothing or undo each other.",
  requires: "nothing",
  ensures: "no rule of rewrite/simplify.ts applies",
  run: (graph, { registry }) => applyRulesFully(graph, registry, [...simplifications, ...partRules]),
};
