/** What is done to a concatenation goes into the calls that make its parts, where those can take it. */
import { operatorOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { rewriteFully } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import { couldJoin } from "./fuse-epilogue.js";
import type { Pass, PassContext } from "./pass.js";

/** f([a, b, …])  =  [f(a), f(b), …]: no call for f where each part's call has room for it. A bias is cut as the parts are. */
export const sinkIntoJoins: Pass = {
  name: "sinkIntoJoins",
  purpose: "Puts a bias or activation of a concatenation into the calls that make its parts.",
  requires: "operators are the target's own: legalize ran",
  ensures: "no bias or activation reads a concatenation alone of which every part's call could take it",
  run: (graph, context) => rewriteFully(graph, context.registry, (site) => sunk(site, context)),
};

const sunk = (site: Site, context: PassContext): Value | undefined => {
  const { node, inputs, emit } = site;
  const { traits } = operatorOf(context.registry, node.op);
  const [joined, bias, ...others] = inputs;
  if (!(traits.includes("activation") || traits.includes("bias")) || node.epilogue !== undefined) return undefined;
  if (joined === undefined || others.length > 0 || !site.readOnce(joined)) return undefined;
  const join = site.producer(joined);
  const axis = joinedAxis(join, context);
  const parts = site.inputsOf(join);
  const isLast = axis === joined.type.shape.length - 1;
  if (axis === undefined || (bias !== undefined && !(isLast && site.isFixed(bias)))) return undefined;
  if (!parts.every((part) => couldJoin(part, node, site, context))) return undefined;
  let from = 0;
  const changed = parts.map((part) => {
    const size = part.type.shape[axis] ?? 1;
    const own = bias === undefined ? [] : [emit("slice", [bias], { begin: [from], size: [size] })];
    from += Number(size);
    return emit(node.op, [part, ...own], node.attrs);
  });
  return emit(join.op, changed, join.attrs);
};

const joinedAxis = ({ op, attrs, epilogue }: Node, { registry }: PassContext): number | undefined =>
  epilogue === undefined && operatorOf(registry, op).traits.includes("joins") ? Number(attrs["axis"]) : undefined;
