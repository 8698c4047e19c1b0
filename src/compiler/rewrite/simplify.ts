/** Rules that remove work without arithmetic: moves that do nothing, or that undo each other. */
import { sameShape } from "../ir/type.js";
import type { Value } from "../ir/graph.js";
import { rule, type Rule } from "./rule.js";
import type { Site } from "./walk.js";

const first = ({ inputs }: Site): Value | undefined => inputs[0];

/** The input itself, when the node gives it back unchanged. */
const unchangedWhen =
  (holds: (site: Site, input: Value) => boolean) =>
  (site: Site): Value | undefined => {
    const input = first(site);
    return input !== undefined && holds(site, input) ? input : undefined;
  };

const keepsShape = ({ node }: Site, input: Value): boolean => sameShape(node.type.shape, input.type.shape);

/** This node applied to the input of an earlier node of the same operator, with attributes made from both. */
const merged = (site: Site, attrsOf: (earlier: Site["node"]) => Site["node"]["attrs"]): Value | undefined => {
  const input = first(site);
  if (input === undefined) return undefined;
  const earlier = site.producer(input);
  const [source] = site.inputsOf(earlier);
  return earlier.op === site.node.op && source !== undefined
    ? site.emit(site.node.op, [source], attrsOf(earlier))
    : undefined;
};

const axesOf = (attrs: Site["node"]["attrs"], name: string): readonly number[] => {
  const axes = attrs[name];
  return Array.isArray(axes) ? axes.map(Number) : [];
};

export const simplifications: readonly Rule[] = [
  rule("reshape to the same shape", "reshape", unchangedWhen(keepsShape)),
  rule("reshape of a reshape", "reshape", (site) => merged(site, () => site.node.attrs)),
  rule("broadcast to the same shape", "broadcastTo", unchangedWhen(keepsShape)),
  rule("slice of everything", "slice", unchangedWhen(keepsShape)),
  rule("pad by nothing", "pad", unchangedWhen(keepsShape)),
  rule(
    "transpose that moves no axis",
    "transpose",
    unchangedWhen(({ node }) => axesOf(node.attrs, "permutation").every((axis, i) => axis === i)),
  ),
  rule("transpose of a transpose", "transpose", (site) =>
    merged(site, (earlier) => {
      const before = axesOf(earlier.attrs, "permutation");
      return { permutation: axesOf(site.node.attrs, "permutation").map((axis) => before[axis] ?? axis) };
    }),
  ),
  rule(
    "cast to the same type",
    "cast",
    unchangedWhen(({ node }, input) => node.type.dtype === input.type.dtype),
  ),
];
